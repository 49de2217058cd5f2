--- What the verbs of `tidemill config` share.

local options = {}

local COMMON <const> = {
	{ name = "project", short = "C", argument = "DIR", complete = "dir",
		help = "where its config.lua is [.]" },
	{ name = "env", short = "e", argument = "NAME",
		help = "the environment" },
	{ name = "host", argument = "NAME", help = "the host" },
	{ name = "set", argument = "PATH=VALUE", many = true,
		help = "one more value, over all layers" },
}

--- The common options, and more.
---@param more? cli.Option[]
---@return cli.Option[]
function options.list(more)
	local all = table.move(COMMON, 1, #COMMON, 1, {})

	return table.move(more or {}, 1, #(more or {}), #all + 1, all)
end

--- Opens the project that the command line means.
---@param call cli.Call
---@return config.Project
---@return config.Options
function options.open(call)
	local given = call.options
	local set = given.set

	return require("config.project").open(given.project), {
		env = given.env, host = given.host, root = given.root,
		store = function() return call:store() end,
		set = type(set) == "string" and { set } or set }
end

--- Says what the layers' readers warn of.
---@param call cli.Call
---@param values config.Values
function options.warn(call, values)
	for _, warning in ipairs(values.warnings) do
		call:say("warning: " .. warning)
	end
end

return options
