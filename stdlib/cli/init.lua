--- tidemill init: write a recipe for the project that is here.

local function disk_tree(dir)
	local fs = require("fs")

	return {
		read = function(path)
			local file = io.open(dir .. "/" .. path, "rb")
			local text = file and file:read("a")
			if file then file:close() end
			return text
		end,
		list = function(path)
			local ok, names = pcall(fs.list, dir .. "/" .. path)
			return ok and names or {}
		end,
	}
end

local function recipe_name(dir)
	local full = require("fs").real(dir)
	local name = full:match("([^/]+)/*$") or "project"

	return (name:gsub("[^%w._-]", "-"))
end

--- For projects of a kind that is not known: a recipe that runs, to be filled.
local TEMPLATE <const> = {
	{ name = "hello", command = "echo 'Put your build commands here.'" },
}

local function describe(call, path, steps, kinds)
	if call.json then
		local json = require("json")
		call:print_json { path = path, kinds = json.array(kinds),
			steps = json.array(steps) }
		return
	end
	call:print(#kinds > 0 and ("recognised %s; wrote %s"):format(
		table.concat(kinds, ", "), path)
		or ("recognised no build system; wrote %s to fill in")
		:format(path))
	for _, step in ipairs(steps) do
		call:print(("  %-16s %s"):format(step.name, step.command))
	end
	call:print("'tidemill run' runs it now.")
end

local function run(call)
	local fs, project = require("fs"), require("project")
	local dir = call.args[1] or "."
	local path = (dir == "." and "" or dir:gsub("/+$", "") .. "/")
		.. "tidemill.lua"

	if not fs.exists(dir) then
		error({ code = "not_found", message = ("there is no directory"
			.. " '%s'"):format(dir) }, 0)
	end
	local steps, kinds = project.recognise(disk_tree(dir))
	local text = project.recipe(call.options.name or recipe_name(dir),
		#steps > 0 and steps or TEMPLATE)

	if call.options.print then return call:write(text) end
	if fs.exists(path) and not call.options.force then
		error({ code = "invalid", message = ("'%s' is there already"
			.. " (--force replaces it)"):format(path) }, 0)
	end
	fs.write(path, text)
	describe(call, path, #steps > 0 and steps or TEMPLATE, kinds)
end

---@type cli.Verb
return {
	summary = "write a recipe that builds and tests this project",
	description = "Recognises Make, CMake, Cargo, npm (pnpm, yarn), Go,"
		.. " Python and Maven, also several at once, and uses only"
		.. " what is there: a test target, a script in package.json."
		.. " Where the top directory tells nothing, those below it"
		.. " are looked at.",
	arguments = {
		{ name = "DIR", optional = true, complete = "dir",
			help = "the project [.]" },
	},
	options = {
		{ name = "name", argument = "NAME",
			help = "of the recipe [the directory's]" },
		{ name = "force", short = "f",
			help = "replace a recipe that is there" },
		{ name = "print", help = "print it, write nothing" },
	},
	examples = {
		{ "tidemill init && tidemill run" },
		{ "tidemill init --print ~/src/shop", "only look" },
	},
	run = function(call) run(call) end,
}
