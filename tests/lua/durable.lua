-- What the tests of durable runs share: a home, runs in it, and a crash.

local failure = require("run.failure")
local open = require("run.open")
local recipes = require("recipe.load")
local scopes = require("run.scope")
local store = require("store")
local test = require("test")

local durable = {}

--- A home with its database, and what happened in it.
function durable.new_home()
	local home = test.temp_dir()
	local db = store.open { home = home }
	local seen = {}

	test.finally(function() db:close() end)
	return { home = home, db = db, seen = seen, mark = function(what)
		seen[#seen + 1] = what
	end }
end

local function runner_of(place, given, params)
	if type(given) == "function" then given = { run = given } end
	given.name = given.name or "test"
	local recipe = recipes.read(given, { file = "test" })

	recipe.path, recipe.hash = place.home .. "/test.lua", "0"
	return open.new(place.db, recipe, params or {}, { home = place.home,
		foreground = true, workspace = place.home })
end

function durable.run(place, given, params)
	local runner = runner_of(place, given, params)

	place.recipe, place.id = runner.recipe, runner.id
	return runner:main()
end

--- Ends the runner as a SIGKILL would: nothing more is recorded.
function durable.crash()
	local runner = scopes.current().run

	runner.parked = "crash"
	failure.raise("cancelled", "crash")
end

--- A new runner for the run that crashed.
function durable.again(place, given)
	place.db:run_requeue(place.id)
	local row = test.ok(place.db:run_claim(place.id))
	if type(given) == "function" then given = { run = given } end
	local recipe = given and recipes.read(given, { file = "test" })
		or place.recipe
	local runner = require("run.runner") { db = place.db, row = row,
		recipe = recipe, home = place.home, workspace = place.home,
		params = {}, event = { kind = "manual" }, foreground = true,
		observer = require("run.observer").silent, cancellable = {} }

	for _, step in ipairs(place.db:steps(place.id)) do
		runner.journal[step.name] = step
	end
	return runner:main()
end

function durable.step_row(place, name)
	return place.db:row("SELECT * FROM steps WHERE run = ? AND name = ?",
		place.id, name)
end

function durable.run_row(place)
	return place.db:row("SELECT * FROM runs WHERE id = ?", place.id)
end

return durable
