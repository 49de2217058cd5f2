--- A run under test: its row in the test's database, its world, its attempts.

local homes = require("testing.home")
local observer = require("run.observer")
local worlds = require("testing.world")

---@class testing.Session
---@field home testing.Home
---@field world testing.World
---@field run integer
---@field workspace string
---@field options table
---@field ran string[]
---@field runner? run.Runner
---@field crashed? boolean
local Session = {}
Session.__index = Session

local KEYS <const> = { "at", "params", "event", "processes", "http", "git",
	"env", "secrets", "files", "workspace", "locks", "runs", "seed",
	"approvals", "crash_after", "crash_during", "cancel_during", "cancel_after",
	"from" }

local function check_options(options)
	for key in pairs(options) do
		local known = false
		for _, name in ipairs(KEYS) do known = known or name == key end
		if not known then
			local near = type(key) == "string"
				and require("nearest")(key, KEYS)
			error(("a run under test has no option '%s'%s"):format(
				tostring(key), near
				and (" (did you mean '%s'?)"):format(near)
				or ""), 0)
		end
	end
end

--- Kills the runner, as far as the record can tell.
local function crash(self)
	local runner = self.runner

	self.crashed = true
	self.world:crash()
	runner.parked, runner.park_reason = "crashed", "its runner was killed"
	if runner.idle then runner.idle:set() end
end

--- Watches the steps, and interferes where the test wants it.
local function watcher(self)
	local options = self.options
	local watching = setmetatable({}, { __index = observer.silent })

	function watching.step_started(_, view)
		if view.attempt == 1 or not self.seen[view.name] then
			self.ran[#self.ran + 1] = view.name
			self.seen[view.name] = true
		end
		if view.name == options.crash_during then crash(self) end
		if view.name == options.cancel_during then
			self.runner:cancel("the test")
		end
	end
	function watching.asked(_, question)
		require("testing.approvals")(self, question)
	end
	function watching.step_finished(_, view)
		if view.name == options.crash_after then crash(self) end
	end
	return watching
end

--- Without a way on, the run parks, as it does under a server.
local function stalled(self)
	local runner = self.runner

	if not runner or runner.parked or not next(runner.waits) then
		if #self.world.clock.entries > 0 and runner
			and (runner.recipe.timeout or runner.over) then
			return false
		end
		self.world:fail("everything waits, and nothing that could"
			.. " end it is left")
	end
	for wait in pairs(runner.waits) do
		if wait.wake_at then return false end
	end
	if runner.recipe.timeout then return false end
	runner.foreground = false
	runner.idle:set()
	return true
end

local function claim(self, id)
	local db = self.home.db
	local row = db:run_claim(id)

	if not row then
		error(("run %d cannot go on: it is %s"):format(id, db:row(
			"SELECT state FROM runs WHERE id = ?", id).state), 0)
	end
	local started = self.started[id] or self.world.clock:now()
	self.started[id] = started
	db:run("UPDATE runs SET started = ? WHERE id = ?", started, id)
	row.started = started
	return row
end

--- Runs run `id` to its end; `own` is the session's own run.
local function perform(self, id, watching)
	local open = require("run.open")
	local db = self.home.db
	local row = claim(self, id)
	local ok, runner = pcall(open.claimed, db, row, { home = self.home.dir,
		foreground = true, observer = watching })

	if not ok then
		open.failed(db, id, runner)
		if watching then error(runner, 0) end
		return
	end
	if watching then self.runner = runner end
	local after = watching and self.options.cancel_after
	if after then
		self.world.clock:at(self.world.clock:now()
			+ require("time").duration(after), function()
			runner:cancel("the test")
		end)
	end
	runner:main()
	local coverage = require("testing.coverage")
	if coverage.is_on() then
		coverage.steps(row.path, runner.recipe.nodes,
			require("testing.result").steps(db, id))
	end
end

--- What a fake sub-run ends as, nil when it is to be run.
local function fake_child(self, row)
	local base = row.path:match("[^/]+$")

	for name, state in pairs(self.options.runs or {}) do
		if name == row.name or name == base then
			if type(state) == "function" then
				state = state(require("json").decode(row.params))
			end
			return state
		end
	end
end

--- Takes the place of the process of a sub-run.
local function on_spawn(self, options)
	local db = self.home.db
	local id = options[1] == "/proc/self/exe"
		and options[5] == "--attach" and math.tointeger(
		tonumber(options[6]))

	if not id then return false end
	local row = db:row("SELECT * FROM runs WHERE id = ?", id)
	local state = fake_child(self, row)
	self.world:start(function()
		if not state then return perform(self, id) end
		claim(self, id)
		db:run_finish(id, { state = state,
			status = state == "passed" and 0 or 1 })
		db:poke_run(row.parent)
	end)
	return true
end

--- Makes the locks that somebody else holds.
local function hold_locks(self)
	local db, clock = self.home.db, self.world.clock

	for name, how in pairs(self.options.locks or {}) do
		local other = db:run_create { name = "another", path = "/another",
			state = "waiting", waits_for = "the test" }
		if not db:lock_try { name = name, run = other, step = "test" } then
			error(("the lock '%s' is held already"):format(name), 0)
		end
		if how ~= true then
			clock:at(clock:now() + require("time").duration(how),
				function()
				db:lock_release(name, other, "test")
				if self.runner then
					db:poke_run(self.run)
				end
			end)
		end
	end
end

--- Goes on with the run until it ends, waits or crashes; returns the result.
---@async
---@return testing.Result
function Session:attempt()
	self.ran, self.seen, self.crashed = {}, {}, nil
	self.world.crashed, self.runner = nil, nil
	self.world.stalled = function() return stalled(self) end
	self.world.processes.on_spawn = function(options)
		return on_spawn(self, options)
	end
	self.world:call(function()
		hold_locks(self)
		perform(self, self.run, watcher(self))
	end)
	local result = require("testing.result").read(self)
	return setmetatable(result, { __index = require("testing.again"),
		session = self })
end

--- Takes new options for the next attempt: fakes and interference.
---@param options table
function Session:renew(options)
	check_options(options)
	local world = self.world

	self.options = options
	if options.at then
		local at = options.at
		world.clock.ms = type(at) == "string"
			and require("time").parse(at) or at
	end
	world.clock.entries = {}
	if options.processes then
		world.processes = require("testing.processes")(world,
			options.processes, world.processes.calls)
	end
	if options.http then
		world.http = require("testing.http")(world, options.http,
			world.http.calls)
	end
	for name, value in pairs(options.env or {}) do
		world.env[name] = value
	end
	for name, value in pairs(options.secrets or {}) do
		world.env[name] = value
	end
end

local function make_workspace(self, options)
	local fs, path = require("fs"), require("path")
	local dir = homes.place(self.home, "workspaces")

	if options.workspace then
		fs.remove(dir)
		fs.copy(options.workspace, dir)
	end
	for name, text in pairs(options.files or {}) do
		local file = path.join(dir, name)
		fs.mkdir(path.dir(file))
		fs.write(file, text)
	end
	return dir
end

local session = {}

--- Returns a session for a new run, created but not begun.
---@param recipe testing.Recipe
---@param options table
---@return testing.Session
function session.new(recipe, options)
	check_options(options)
	local self = setmetatable({ home = homes.get(), recipe = recipe,
		options = options, started = {} }, Session)
	local env = {}
	for name, value in pairs(options.env or {}) do env[name] = value end
	for name, value in pairs(options.secrets or {}) do env[name] = value end
	self.world = worlds.new { at = options.at, env = env, git = options.git,
		processes = options.processes, http = options.http }
	self.workspace = make_workspace(self, options)
	self.world.workspace = self.workspace
	return self
end

return session
