--- tidemill render: a Jinja2 template and values become text.

local function read(call, file)
	if file ~= "-" then return require("fs").read(file) end
	local text = io.stdin:read("a")
	if not text then call:misused("there is nothing to read on stdin") end
	return text
end

local function list(value)
	if value == nil then return nil end
	return type(value) == "table" and value or { value }
end

--- A mistyped directory or name would only show as something that is missing.
local function check(call, given)
	local fs = require("fs")

	for _, dir in ipairs(list(given.search) or {}) do
		if not fs.exists(dir) or fs.stat(fs.real(dir)).kind ~= "dir" then
			call:misused("--search: '%s' is no directory", dir)
		end
	end
	for _, item in ipairs(list(given.set) or {}) do
		local name = item:match("^([^=]*)=")
		if not name or ("." .. name .. "."):find("..", 1, true) then
			call:misused("--set wants NAME=VALUE or A.B=VALUE,"
				.. " not '%s'", item)
		end
	end
end

local function options_of(call)
	local given = call.options

	check(call, given)

	return {
		values_files = list(given.values),
		set = list(given.set),
		search = list(given.search),
		undefined = given.undefined,
		autoescape = given.autoescape or nil,
		trim_blocks = given.trim_blocks or nil,
		lstrip_blocks = given.lstrip_blocks or nil,
		keep_trailing_newline = given.keep_trailing_newline or nil,
	}
end

local function render(call, file)
	local template = require("template")
	local options = options_of(call)

	if file ~= "-" then
		return template.render_file(file, nil, options)
	end
	options.name = "<stdin>"
	return template.render(read(call, "-"), nil, options)
end

--- Everything wrong with a template or its values is status 2, so that
--- scripts tell it from a failure of ours.
local function guarded(fn, ...)
	local ok, result = pcall(fn, ...)

	if ok then return result end
	if type(result) == "table" and result.code ~= "cancelled" then
		result.exit_code = 2
	end
	error(result, 0)
end

local function run(call)
	local text

	if call.options.batch then
		if #call.args > 0 then
			call:misused("--batch takes no TEMPLATE")
		end
		text = guarded(function()
			local ok, result = pcall(require("template").batch,
				read(call, call.options.batch))
			if ok then return result end
			result.message = call.options.batch .. ": "
				.. result.message
			error(result, 0)
		end)
	else
		if not call.args[1] then
			call:misused("'render' wants a TEMPLATE")
		end
		text = guarded(render, call, call.args[1])
	end
	if call.options.output then
		require("fs").write(call.options.output, text)
	elseif call.json and not call.options.batch then
		call:print_json { output = text }
	else
		call:write(text)
	end
end

---@type cli.Verb
return {
	summary = "render a Jinja2 template",
	description = "Prints the template with the values filled in. Names that"
		.. " are not defined are errors unless --undefined says"
		.. " otherwise. Templates that it includes, imports or extends"
		.. " are searched in the directories of --search, or beside it,"
		.. " and nowhere else.",
	arguments = {
		{ name = "TEMPLATE", optional = true, complete = "file",
			help = "its file; '-' reads stdin" },
	},
	options = {
		{ name = "values", argument = "FILE", complete = "file",
			many = true, help = "values: .json, .yaml or .toml;"
			.. " later files change earlier ones" },
		{ name = "set", argument = "NAME=VALUE", many = true,
			help = "one more value; a.b=1 sets b in a. What is no"
			.. " JSON is a string" },
		{ name = "search", argument = "DIR", complete = "dir",
			many = true, help = "where other templates are"
			.. " [beside TEMPLATE]" },
		{ name = "undefined", argument = "MODE",
			choices = { "strict", "lenient", "chainable" },
			help = "what a missing name is: an error; nothing;"
			.. " nothing, and its parts, too [strict]" },
		{ name = "autoescape", help = "escape values for HTML" },
		{ name = "trim-blocks", help = "no newline after a block tag" },
		{ name = "lstrip-blocks", help = "no blanks before one" },
		{ name = "keep-trailing-newline",
			help = "the template's last newline counts" },
		{ name = "output", short = "o", argument = "FILE",
			complete = "file", help = "write there, at once or not"
			.. " at all" },
		{ name = "batch", argument = "FILE", complete = "file",
			help = "render the cases of a JSON file, a line of"
			.. " JSON each" },
	},
	examples = {
		{ "tidemill render nginx.conf.j2 --values prod.yaml",
			"with the values of a file" },
		{ "tidemill render app.ini.j2 --values base.json --values"
			.. " prod.toml --set port=8080", "later ones win" },
	},
	exits = { [2] = "the template or a value is wrong" },
	run = run,
}
