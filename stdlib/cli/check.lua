--- tidemill check: validates recipes; prints their spec; asks a predicate.

local function read_input()
	return io.stdin:read("a") or ""
end

--- Loads FILE, or stdin for "-", with nothing of the outside world.
local function load(file)
	local recipes = require("recipe.load")

	if file == "-" then
		return recipes.text(read_input(), "recipe.lua",
			{ shown = "recipe.lua" })
	end
	local path = require("run.foreground").find(nil, file)
	return recipes.file(path, { shown = file or "tidemill.lua" })
end

local function print_spec(call)
	local recipe = load(call.options.spec)

	call:print_json(require("recipe.spec").of(recipe))
	return 0
end

local function match(call)
	local number = call.options.trigger or 0
	local recipe = load(call.options.match)
	local trigger = recipe.triggers[number + 1]

	if not trigger then
		call:misused("the recipe has no trigger %d", number)
	end
	if not trigger.when then
		call:print_json { run = true, reason = "it has no predicate" }
		return 0
	end
	local event = require("json").decode(read_input())
	local run, reason = trigger.when(event)
	call:print_json { run = run and true or false, reason = reason
		and tostring(reason) or run and "its predicate said yes"
		or "its predicate said no" }
	return 0
end

local function describe(recipe)
	local kinds = {}

	for i, trigger in ipairs(recipe.triggers) do kinds[i] = trigger.kind end
	return ("%s: %s"):format(recipe.name, #kinds > 0
		and "on " .. table.concat(kinds, ", ") or "no triggers")
end

local function check_one(call, file)
	local ok, recipe = pcall(load, file)

	if ok then
		return { file = file, ok = true, name = recipe.name,
			text = describe(recipe) }
	end
	if type(recipe) ~= "table" then error(recipe, 0) end
	return { file = file, ok = false, code = recipe.code,
		text = require("command.failure").text(recipe), call = call }
end

local function check(call)
	local files = #call.args > 0 and call.args or { "tidemill.lua" }
	local code, list = 0, require("json").array {}

	for i, file in ipairs(files) do
		local result = check_one(call, file)
		list[i] = { file = file, ok = result.ok, name = result.name,
			message = not result.ok and result.text or nil }
		if not result.ok then
			code = result.code == "not_found" and 3 or 2
		end
		if not call.json and result.ok then
			call:print(("%s: ok (%s)"):format(file, result.text))
		elseif not call.json then
			call:say("tidemill: " .. result.text)
		end
	end
	if call.json then call:print_json(list) end
	return code
end

--- Without limits a recipe could keep the server's child forever.
local function run(call)
	if call.options.spec then return print_spec(call) end
	if call.options.match then return match(call) end
	return check(call)
end

---@type cli.Verb
return {
	summary = "check recipes without running them",
	description = "Reads each file in the sandbox and checks every key,"
		.. " trigger, parameter and step. Nothing of the recipe runs.",
	arguments = {
		{ name = "FILE", optional = true, many = true,
			complete = "file", help = "[tidemill.lua]" },
	},
	options = {
		{ name = "spec", argument = "FILE", complete = "file",
			help = "print its triggers as the server sees them"
			.. " (JSON); '-' reads stdin" },
		{ name = "match", argument = "FILE", complete = "file",
			help = "ask the 'when' of a trigger; the event is read"
			.. " from stdin as JSON" },
		{ name = "trigger", argument = "N", type = "integer",
			help = "with --match: which one, from 0" },
	},
	examples = {
		{ "tidemill check", "the recipe of this directory" },
		{ "tidemill check --spec ci.lua", "what would start it" },
	},
	exits = { [2] = "a recipe is wrong" },
	run = run,
}
