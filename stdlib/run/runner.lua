--- A runner: one run, from its claim to its end.

local environment = require("run.environment")
local failure = require("run.failure")
local scopes = require("run.scope")
local task = require("task")
local time = require("time")

---@class run.Runner
---@field id integer
---@field db store.Db
---@field row table of runs, as claimed
---@field recipe recipe.Recipe
---@field observer run.Observer
---@field foreground boolean no server waits for this process
---@field journal table<string, table> recorded steps that were not met yet
---@field undos table[]
---@field children run.Handle[]
---@field waits table<run.Wait, true>
---@field active integer tasks that do something else than wait durably
---@field parked? string why: everything unwinds, nothing is recorded
---@field stopping? "cancelled"|"timed_out"
---@field env table<string, string>
---@field root run.Scope
---@field unrecorded? table what is to be recorded of the last step
local Runner = {}
Runner.__index = Runner

local PARK_AFTER <const> = 5000

--- Prepares processes: whatever this run starts dies with it.
function Runner:guard()
	if self.guarded then return end
	self.guarded = true
	require("proc").isolate { run = self.cookie }
end

--- Returns `name` relative to the workspace.
---@param name string
---@return string
function Runner:path(name)
	if name:sub(1, 1) == "/" then return name end
	return self.workspace .. "/" .. name
end

--- Returns the file of a recipe named in this one: relative to it.
---@param name string
---@return string
function Runner:path_of_recipe(name)
	if name:sub(1, 1) == "/" then return name end
	if self.row.repo > 0 then return self.workspace .. "/" .. name end
	return self.row.path:match("^(.*)/[^/]*$") .. "/" .. name
end

--- Adds the run's directory and environment to a recipe's proc.run.
---@param options table
---@return table
function Runner:program_options(options)
	local copy, env = {}, {}

	self:guard()
	for key, value in pairs(options) do copy[key] = value end
	for name, value in pairs(self.env) do env[name] = value end
	copy.env = environment.add(env, options.env)
	copy.cwd = options.cwd and self:path(options.cwd) or self.workspace
	return copy
end

--- Raises in a run that stops, so that nothing new begins in it.
---@param scope run.Scope
function Runner:check_alive(scope)
	if self.parked then failure.raise("cancelled", "parked") end
	if self.stopping and not scope.cleanup then
		failure.raise("cancelled", "the run was %s",
			self.stopping == "timed_out" and "timed out"
			or "cancelled")
	end
end

function Runner:note(text, step)
	if self.mask then text = self.mask:apply(text) end
	self.db:note(self.id, step, text)
	self.observer:note(text, step)
end

function Runner:enter()
	self.active = self.active + 1
end

function Runner:leave()
	self.active = self.active - 1
	if self.active == 0 then self.idle:set() end
end

function Runner.new_seed()
	return math.random(1, math.maxinteger)
end

--- Asks the run to stop; `who` says who did and why.
---@param who string
---@param state? "cancelled"|"timed_out"
function Runner:cancel(who, state)
	if self.stopping or self.over then return end
	self.stopping = state or "cancelled"
	self.stopped_by = who
	if self.body then self.body:cancel() end
end

--- Ends this process but not the run: a person must decide. Raises.
---@param reason string
function Runner:stop(reason)
	self.park_reason = reason .. ("; 'tidemill fork %d' starts anew and"
		.. " keeps earlier results, 'tidemill cancel %d' ends it")
		:format(self.id, self.id)
	self.parked = "stopped"
	if self.idle then self.idle:set() end
	failure.raise("cancelled", "%s", reason)
end

--- May the process end, because only durable waits are left?
function Runner:can_park()
	local now, count = time.now(), 0

	if self.active > 0 then return false end
	for wait in pairs(self.waits) do
		count = count + 1
		if self.foreground and wait.kind ~= "person" then return false end
		if wait.wake_at and wait.wake_at - now < PARK_AFTER then
			return false
		end
	end
	return count > 0
end

local function describe_waits(self)
	local reason, wake_at

	for wait in pairs(self.waits) do
		if wait.wake_at and (not wake_at or wait.wake_at < wake_at) then
			wake_at = wait.wake_at
		end
		if not reason or wait.kind == "person"
			or reason > wait.reason then
			reason = wait.reason
		end
	end
	return reason, wake_at
end

--- Steps that wait for sub-runs say so: whose end wakes this run.
local function mark_subruns(self)
	for wait in pairs(self.waits) do
		for _, step in ipairs(wait.steps or {}) do
			self.db:step_wait(step)
		end
	end
end

--- Waits until the body has ended or the run can be parked.
local function await_body(self)
	while not self.body:done() do
		task.join { self.body, self.parking }
		if self.parking:done() and not self.body:done() then
			break
		end
	end
end

--- A task that ends when the run may be parked.
local function watch_idle(self)
	while true do
		self.idle:wait()
		self.idle:clear()
		if self.parked then return end
		time.sleep(0)
		if self:can_park() then
			self.park_reason, self.park_till = describe_waits(self)
			mark_subruns(self)
			self.parked = "waiting"
			return
		end
	end
end

local function body(self)
	task.context().scope = self.root
	if self.recipe.nodes then
		return require("run.parallel").perform(self,
			require("run.branches").of_nodes(self.recipe.nodes),
			{ limit = self.recipe.limit,
				fail_fast = self.recipe.fail_fast,
				last = not next(self.recipe.hooks) })
	end
	return self.recipe.run(self.context)
end

local function traced(fn, self)
	return xpcall(fn, function(problem)
		if type(problem) == "table" then return problem end
		return failure.new { code = "script",
			message = tostring(problem),
			traceback = debug.traceback("", 2) }
	end, self)
end

--- Undo and hooks of the run, which go on although it was cancelled.
local function clean_up(self, outcome)
	task.context().scope = self.root:child("", { cleanup = true })
	if outcome.state ~= "passed" then
		require("run.subrun").cancel_all(self)
		local problem = require("run.undo").all(self)
		if problem and outcome.error then
			outcome.undo_failed = true
		end
	end
	if next(self.recipe.hooks) then
		local problem = require("run.hooks").all(self,
			self.recipe.hooks, outcome, "")
		if problem and outcome.state == "passed" then
			outcome.state = "failed"
			outcome.error = failure.of(problem)
		end
	end
end

--- Calls `fn` in a task of its own, whose scope is nobody else's.
local function apart(fn, ...)
	return task.spawn(fn, ...):observe():await()
end

--- Runs the recipe to its end; returns the outcome, nil when it was parked.
local function run_recipe(self)
	self.idle = task.event()
	self.active = 1
	self.body = task.spawn(traced, body, self):observe()
	self.parking = task.spawn(watch_idle, self):observe()
	await_body(self)
	self.parking:cancel()
	if self.parked then
		self.body:cancel()
		pcall(self.body.await, self.body)
		return nil
	end
	local awaited, ok, problem = pcall(self.body.await, self.body)
	if not awaited then ok, problem = false, ok end
	local outcome = { state = "passed" }
	if not ok then
		problem = failure.of(problem)
		outcome.error = problem
		outcome.state = self.stopping
			or failure.is_cancel(problem) and "cancelled" or "failed"
	end
	self.over = true
	if self.undos[1] or self.children[1] or next(self.recipe.hooks) then
		local clean, why = pcall(apart, clean_up, self, outcome)
		if self.parked then return nil end
		if not clean then error(why, 0) end
	end
	return outcome
end

local END_CODES <const> = { passed = 0, failed = 1, cancelled = 4,
	superseded = 4, timed_out = 5 }

--- The last step of a run and the run itself end with one commit.
local function record_last_step(self)
	if not self.unrecorded then return end
	self.db:step_finish(table.unpack(self.unrecorded))
	self.unrecorded = nil
end

local function record_end(self, outcome)
	local state = outcome.state
	local problem = outcome.error and failure.encode(outcome.error, self)

	if state == "cancelled"
		and (self.stopped_by or ""):find("^superseded by run") then
		state = "superseded"
	end
	self.db:run_finish(self.id, { state = state, error = problem,
		status = END_CODES[state], cpu = self.cpu,
		max_rss = self.max_rss > 0 and self.max_rss or nil })
	self.observer:run_finished { id = self.id, name = self.row.name,
		state = state, path = self.row.path, error = problem,
		attempt = self.row.attempt, started = self.row.started,
		finished = time.now() }
	if self.row.parent then self.db:poke_run(self.row.parent) end
	self.db:poke_server()
	return END_CODES[state]
end

--- The code of a run that waits for a person or a later time.
local EXIT_WAITS <const> = 6

local function record_wait(self)
	self.db:run_wait(self.id, { wake_at = self.park_till,
		waits_for = self.park_reason })
	self.observer:run_finished { id = self.id, name = self.row.name,
		state = "waiting", path = self.row.path,
		attempt = self.row.attempt, started = self.row.started,
		error = require("json").encode { code = "busy",
			message = self.park_reason } }
	self.db:poke_server()
	return EXIT_WAITS
end

--- Runs to the end, or until it is parked; returns the exit code.
---@async
---@return integer
function Runner:main()
	local watcher = task.spawn(require("run.watch"), self):observe()

	self.observer:run_started { id = self.id, name = self.row.name,
		state = "running", path = self.row.path,
		attempt = self.row.attempt, started = self.row.started }
	local outcome
	if self.changed then
		pcall(self.stop, self, self.changed)
	else
		outcome = run_recipe(self)
	end
	watcher:cancel()
	record_last_step(self)
	if outcome then return record_end(self, outcome) end
	return record_wait(self)
end

---@class run.RunnerOptions
---@field db store.Db
---@field row table of runs, claimed
---@field recipe recipe.Recipe
---@field home string
---@field workspace string
---@field params table
---@field event table
---@field observer run.Observer
---@field foreground boolean
---@field mask? steplog.Mask

--- Returns the runner of a claimed run.
---@param options run.RunnerOptions
---@return run.Runner
return function(options)
	local row = options.row
	local self = setmetatable({ id = row.id, undos = {}, children = {},
		waits = {}, journal = {}, open_logs = {}, active = 0,
		cpu = 0, max_rss = 0,
		root = scopes.root(), log_cap = options.recipe.log_cap
			or math.tointeger(options.db:setting("log_bytes")),
		logs = ("%s/logs/%d/"):format(options.home, row.id) }, Runner)

	for key, value in pairs(options) do self[key] = value end
	row.workspace = options.workspace
	row.started = row.started or time.now()
	self.root.run = self
	self.cookie = environment.cookie(options.db, row.id)
	self.env = environment.add(environment.base(row, self.cookie,
		options.event), options.recipe.env)
	self.context = require("run.context")(self)
	return self
end
