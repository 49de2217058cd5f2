--- tidemill config render: the files of a project, on the terminal or in a
--- directory.

local options = require("config.options")

local function write_all(call, rendered, out)
	local fs, path = require("fs"), require("path")

	for _, one in ipairs(rendered) do
		local file = path.join(out, (one.to:gsub("^/+", "")))
		fs.mkdir(path.dir(file))
		fs.write(file, one.text, 384)
		call:say("wrote " .. file)
	end
end

---@type cli.Verb
return {
	summary = "render the files of a project",
	description = "On the terminal secrets are shown as ***; --out writes the"
		.. " files as they are, readable by you alone.",
	options = options.list {
		{ name = "root", argument = "DIR", complete = "dir",
			help = "what ${root} is in the files' places" },
		{ name = "out", short = "o", argument = "DIR", complete = "dir",
			help = "write them below this directory" },
	},
	exits = { [2] = "a layer, template or file is wrong" },
	examples = { { "tidemill config render --env prod --out staged" } },
	run = function(call)
		local project, given = options.open(call)
		local rendered, values = require("config.render").all(project,
			given)
		local list = {}

		options.warn(call, values)
		if call.options.out then
			write_all(call, rendered, call.options.out)
		end
		for i, one in ipairs(rendered) do
			list[i] = { to = one.to, template = one.template,
				text = one.masked }
		end
		if call.json then
			call:print_json(require("json").array(list))
		elseif not call.options.out then
			for _, one in ipairs(list) do
				call:print("# " .. one.to .. " from "
					.. one.template)
				call:write(one.text)
				if not one.text:find("\n$") then
					call:write("\n")
				end
			end
		end
		return 0
	end,
}
