--- Recipes under test: run in a world of fakes, in milliseconds.

local homes = require("testing.home")
local json = require("json")

---@class testing.Recipe
---@field path string
local Recipe = {}
Recipe.__index = Recipe

local function load(self)
	return require("recipe.load").file(self.path,
		{ dir = self.path:match("^(.*)/[^/]*$") })
end

--- The event in full: { kind, ref, old, new, payload }.
local function read_event(given)
	local subject = require("testing.triggers").subject(given)
	local payload = {}

	for key, value in pairs(subject) do
		if key ~= "ref" and key ~= "old" and key ~= "new"
			and key ~= "kind" then
			payload[key] = value
		end
	end
	return { kind = subject.kind, ref = subject.ref, old = subject.old,
		new = subject.new, payload = json.encode(payload) }
end

local function add_event(db, given)
	if not given then return nil end
	local event = read_event(given)

	event.dedupe = ("test:%d"):format(math.random(1, math.maxinteger))
	event.id = db:event_add(event)
	return event
end

--- The parameters of the trigger that the event would fire.
local function params_of(self, recipe, options)
	local params = {}

	if options.event then
		local list = self:triggers(options.event)
		for key, value in pairs(list.fires and list.fires.params or {}) do
			params[key] = value
		end
	end
	for key, value in pairs(options.params or {}) do params[key] = value end
	return require("recipe.load").resolve(recipe, params)
end

---@class testing.RunOptions
---@field at? integer|string when it begins [2026-01-01T00:00:00Z]
---@field params? table<string, any>
---@field event? table { kind = "push", branch = "main", … }
---@field processes? table|"real" fakes of programs
---@field http? table|"real" fakes of servers
---@field git? table|"real" a fake repository ["real"]
---@field env? table<string, string|false> of os.getenv
---@field secrets? table<string, string> values of the recipe's secrets
---@field files? table<string, string> in the workspace
---@field workspace? string a directory that is copied into it
---@field locks? table<string, true|integer|string> held by another run; for
--- how long
---@field runs? table<string, string|function> states of fake sub-runs
---@field seed? integer of math.random [1]
---@field crash_after? string the runner is killed when this step has ended
---@field crash_during? string … when it has begun
---@field cancel_during? string the run is cancelled when this step has begun
---@field cancel_after? integer|string … after so long

--- Runs the recipe and returns what became of it. Raises when it does what no
--- fake answers.
---@async
---@param options? testing.RunOptions
---@return testing.Result
function Recipe:run(options)
	options = options or {}
	local session = require("testing.session").new(self, options)
	local recipe = load(self)
	local params = params_of(self, recipe, options)
	local db = session.home.db
	local event = add_event(db, options.event)
	local last = db:row("SELECT max(id) AS id FROM events")

	session.last_event = last.id or 0
	session.run = db:run_create { name = recipe.name, path = self.path,
		hash = recipe.hash, params = json.encode(params),
		priority = recipe.priority, timeout = recipe.timeout,
		on_crash = recipe.on_crash, seed = options.seed or 1,
		event = event and event.id, ref = event and event.ref,
		oid = event and event.new, workspace = session.workspace }
	return session:attempt()
end

--- Returns what each trigger says to an event: a list of { kind, verdict
--- ("run" or "filtered"), reason, params }, and in `fires` the first that
--- wants it.
---@async
---@param event table { kind = "push", … }, or { push = { … } }
---@return table
function Recipe:triggers(event)
	return require("testing.triggers").judge(load(self), event)
end

--- Returns when its cron and interval triggers fire: { at, text, kind, trigger,
--- params }, in order.
---@param range? { from?: integer|string, to?: integer|string, count?: integer }
---@return table[]
function Recipe:due(range)
	return require("testing.triggers").due(load(self), range or {})
end

--- Runs the recipe at each time at which it is due; returns the results.
---@async
---@param range { from?: integer|string, to?: integer|string, count?: integer }
---@param options? testing.RunOptions
---@return testing.Result[]
function Recipe:run_due(range, options)
	local results = {}

	for i, one in ipairs(self:due(range)) do
		local copy = {}
		for key, value in pairs(options or {}) do copy[key] = value end
		copy.at = one.at
		copy.params = copy.params or one.params
		copy.event = { kind = one.kind, time = one.at }
		results[i] = self:run(copy)
	end
	return results
end

--- Writes a recipe that is given as text beside nothing.
local function write(given)
	local name = given.name or "tidemill"
	local place = homes.place(homes.get(), "recipes")
	local path = ("%s/%s.lua"):format(place, name)

	require("fs").write(path, given.text)
	for file, text in pairs(given.modules or {}) do
		local target = place .. "/" .. file
		require("fs").mkdir(require("path").dir(target))
		require("fs").write(target, text)
	end
	return path
end

local recipe = {}

--- Returns the recipe in a file; or one that is given as { text, name }.
---@param given string|{ text: string, name?: string, modules?: table }
---@return testing.Recipe
function recipe.new(given)
	local path = type(given) == "table" and write(given)
		or require("run.foreground").find(nil, given)

	if type(given) == "string" then
		require("testing.coverage").expect(path)
	end
	return setmetatable({ path = path }, Recipe)
end

return recipe
