--- tidemill run: a recipe in the foreground, or (--attach) a runner's life.

local function read_params(words)
	local params, file = {}, nil

	for i, word in ipairs(words) do
		local key, value = word:match("^([%a_][%w_.-]*)=(.*)$")
		if key then
			params[key] = value
		elseif i == 1 then
			file = word
		else
			error({ code = "invalid", usage = true, message =
				("'%s' is no parameter: write name=value")
				:format(word) }, 0)
		end
	end
	return params, file
end

--- Ends the process at once: to free all memory takes a while, and a runner
--- that was forked would first have to copy it.
local function leave(db, code)
	if not io.stdout:flush() then return code end
	db:close()
	require("proc").release()
	os.exit(code)
end

local function attach(call)
	local db = call:store("write")

	return leave(db, require("run.foreground").attach(db,
		call.options.attach, { home = call.home }) or 0)
end

local function run(call)
	if call.options.attach then return attach(call) end
	local foreground = require("run.foreground")
	local given, file = read_params(call.args)
	local db = call:store("write")
	local path = foreground.find(db, file)
	local recipe = require("recipe.load").file(path,
		{ shown = file or "tidemill.lua" })
	local params = require("recipe.load").resolve(recipe, given, true)
	local runner = require("run.open").new(db, recipe, params, {
		home = call.home, foreground = true,
		workspace = path:match("^(.*)/[^/]*$"),
		observer = foreground.observer(call, db) })
	return leave(db, runner:main())
end

---@type cli.Verb
return {
	summary = "run a recipe here and now, durably",
	description = "Needs no server. What is finished is recorded: a run"
		.. " that was killed goes on with 'tidemill resume'. Ctrl-C"
		.. " cancels it, with its hooks and undo; a second one kills.",
	usage = "run [OPTIONS] [FILE|DIR|NAME] [NAME=VALUE…]",
	arguments = {
		{ name = "FILE", optional = true, complete = "file",
			help = "the recipe, a directory that has a"
			.. " tidemill.lua, or a recipe's name [tidemill.lua]" },
		{ name = "NAME=VALUE", optional = true, many = true,
			help = "a parameter" },
	},
	options = {
		{ name = "quiet", short = "q", help = "print nothing unless it fails" },
		{ name = "attach", argument = "RUN", type = "integer",
			help = "be the runner of a queued run (the server"
			.. " calls this)" },
	},
	examples = {
		{ "tidemill run", "the recipe of this directory" },
		{ "tidemill run deploy.lua environment=prod",
			"a file, with a parameter" },
		{ "tidemill run --json ci/", "one line of JSON an event" },
	},
	exits = { [1] = "the run failed", [4] = "it was cancelled",
		[5] = "it ran out of time", [6] = "it waits for a person" },
	run = run,
}
