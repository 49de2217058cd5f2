--- One step, durably: replayed when it is recorded, else run and recorded.

local failure = require("run.failure")
local kinds = require("step.kinds")
local scopes = require("run.scope")
local specs = require("step.spec")
local task = require("task")
local time = require("time")

local step = {}

--- What a recipe gets of a step.
---@class run.Result
---@field name string
---@field state string
---@field status? integer
---@field signal? string
---@field output string the last bytes that it printed, without the newline
---@field outputs table<string, string>
---@field value any what its function returned
---@field error? table
---@field tests? table how the tests of its reports ended

local function result_of(key, outcome)
	return { name = key, state = outcome.state, status = outcome.status,
		signal = outcome.signal, output = outcome.output or "",
		outputs = outcome.outputs or {}, value = outcome.value,
		tests = outcome.tests, error = outcome.error }
end

local function encode(outcome)
	if not outcome.output and not outcome.outputs
		and outcome.value == nil and not outcome.tests then
		return nil
	end
	return require("json").encode { output = outcome.output,
		outputs = outcome.outputs, value = outcome.value,
		tests = outcome.tests }
end

local function decode(row)
	local recorded = row.result and require("json").decode(row.result) or {}

	local problem = row.state ~= "passed" and row.state ~= "skipped"
		and failure.decode(row.error) or nil

	return { state = row.state, status = row.status, class = row.class,
		signal = problem and problem.signal, output = recorded.output,
		outputs = recorded.outputs, value = recorded.value,
		tests = recorded.tests, error = problem }
end

--- A replay gets what is recorded, so the recipe gets the same now.
local function hide_secrets(run, outcome)
	local value = require("run.masking").value

	outcome.value = value(run, outcome.value)
	outcome.outputs = value(run, outcome.outputs)
end

local function record_end(run, self, outcome)
	if run.mask then hide_secrets(run, outcome) end
	local usage = outcome.usage
	local problem = outcome.error and failure.encode(outcome.error, run)
	local how = { state = outcome.state, finished = time.now(),
		attempt = self.attempt, status = outcome.status,
		signal = outcome.signal and outcome.status - 128 or nil,
		class = outcome.class, error = problem, result = encode(outcome),
		log_bytes = outcome.log_bytes,
		log_truncated = outcome.log_truncated }

	if usage then
		how.wall, how.cpu_user = usage.wall, usage.cpu_user
		how.cpu_system, how.max_rss = usage.cpu_system, usage.max_rss
		how.read_bytes = usage.read_bytes
		how.write_bytes = usage.write_bytes
		run.cpu = run.cpu + (usage.cpu_user or 0)
			+ (usage.cpu_system or 0)
		run.max_rss = math.max(run.max_rss, usage.max_rss or 0)
	end
	if self.work and self.work:at_end() and how.state == "passed" then
		run.unrecorded = { self.id, how }
	else
		run.db:step_finish(self.id, how)
	end
	local view = self.view
	view.state, view.finished, view.error = how.state, how.finished, problem
	view.status, view.signal = outcome.status, outcome.signal
	run.observer:step_finished(view)
end

local function record_start(run, self)
	local options, started = self.options, time.now()
	local command = self.spec.command

	if run.mask and command then command = run.mask:apply(command) end
	self.id = run.db:step_start { run = run.id, name = self.key,
		kind = self.kind, parent = self.scope.parent,
		soft = options.soft, once = options.once,
		attempt = self.attempt, source = self.spec.source,
		command = command, started = started }
	self.log = run.logs .. self.id .. ".log"
	self.view = { id = self.id, name = self.key, kind = self.kind,
		parent = self.scope.parent, state = "running",
		attempt = self.attempt, soft = options.soft or false,
		command = command, started = started }
	run.observer:step_started(self.view)
	if options.once then run.db:commit() end
end

--- Calls its kind in a task of its own, so that this step alone can be
--- cancelled.
local function run_apart(run, self)
	local handle = task.spawn(kinds[self.spec.kind].run, run, self)
		:observe()

	run.cancellable[self.key] = handle
	local ok, outcome = pcall(handle.await, handle)
	run.cancellable[self.key] = nil
	if ok and outcome then return outcome end
	if ok or failure.is_cancel(outcome) then
		return { state = "cancelled", error = outcome
			or { code = "cancelled", message = "cancelled" } }
	end
	return { state = "failed", class = "script",
		error = failure.of(outcome) }
end

local function run_once(run, self)
	local wanted = self.options.reports

	record_start(run, self)
	if wanted then require("reports.collect").before(self) end
	local outcome = self.options.cancellable == false
		and task.shield(kinds[self.spec.kind].run, run, self)
		or run_apart(run, self)

	if wanted and not run.parked and outcome.state ~= "cancelled" then
		task.shield(require("reports.collect").of_step, run, self,
			outcome, wanted)
	end
	return outcome
end

--- Runs and records it, again when `retry` says so.
local function perform(run, self)
	run:check_alive(self.scope)
	local tries = 1
	local outcome = run_once(run, self)

	while outcome.state ~= "passed" and self.options.retry do
		local delay = require("run.retry")(self.options.retry, outcome,
			tries)
		if not delay or run.stopping then break end
		run:note(("attempt %d failed (%s), trying again in %s"):format(
			self.attempt, outcome.error and outcome.error.message
			or outcome.state, time.describe(delay)), self.key)
		time.sleep(delay)
		tries, self.attempt = tries + 1, self.attempt + 1
		outcome = run_once(run, self)
	end
	if run.parked then error(outcome.error, 0) end
	record_end(run, self, outcome)
	if not self.scope.leaf and outcome.state ~= "cancelled" then
		run.db:commit()
	end
	return outcome
end

--- An unfinished step in the record: it was running when its runner died.
local function go_on(run, self, row)
	self.attempt = row.attempt + 1
	if row.once == 1 and row.class ~= "again" then
		local outcome = require("run.once")(run, self, row)
		if outcome then return outcome end
	end
	return perform(run, self)
end

local UNFINISHED <const> = { running = true, waiting = true }

local function replay(run, self, row)
	if row.source and row.source ~= self.spec.source
		and row.class ~= "again" then
		run:stop(("the code of step '%s' is not what it was when the"
			.. " step was recorded"):format(self.key))
	end
	if UNFINISHED[row.state] or row.class == "again" then
		return go_on(run, self, row)
	end
	self.id = row.id
	return decode(row)
end

local function is_wanted(when, context)
	if type(when) == "function" then return when(context) end
	return when
end

local function skip(run, self)
	record_start(run, self)
	record_end(run, self, { state = "skipped" })
	return { state = "skipped" }
end

local function outcome_of(run, self)
	local row = run.journal[self.key]

	if row then
		run.journal[self.key] = nil
		return replay(run, self, row)
	end
	if self.options.when ~= nil
		and not is_wanted(self.options.when, run.context) then
		return skip(run, self)
	end
	return perform(run, self)
end

local function error_of(self, outcome)
	local problem = outcome.error or {}

	if outcome.state == "cancelled" then
		return failure.new { code = "cancelled", message =
			("step '%s' was cancelled"):format(self.key) }
	end
	local raised = failure.new { code = problem.code or "exit",
		message = problem.message, cause = problem.cause,
		traceback = problem.traceback, step = problem.step or self.key,
		status = outcome.status, signal = outcome.signal,
		class = outcome.class }
	if not problem.step then
		raised.message = ("step '%s' failed: %s"):format(self.key,
			tostring(problem.message))
	end
	raised.result = result_of(self.key, outcome)
	return raised
end

--- Runs `self`, a step whose name and spec are settled; returns its result or
--- raises.
---@async
---@param run run.Runner
---@param self table
---@return run.Result
function step.execute(run, self)
	self.attempt = 1
	self.options = self.spec.options
	local outcome = outcome_of(run, self)
	local options = self.options

	if outcome.state == "passed" and options.undo then
		require("run.undo").register(run, self, outcome)
	end
	if outcome.state ~= "skipped" and next(options) then
		require("run.hooks").of_step(run, self, outcome)
	end
	if outcome.state == "passed" or outcome.state == "skipped"
		or options.soft and outcome.state ~= "cancelled" then
		return result_of(self.key, outcome)
	end
	error(error_of(self, outcome), 0)
end

--- Implements ctx:step.
---@async
---@param run run.Runner
---@param name string
---@param what any
---@param more? table
---@return run.Result
function step.run(run, name, what, more)
	local scope = scopes.current()

	run:check_alive(scope)
	local spec = specs.read(tostring(name), what, more)
	if spec.options.needs then
		failure.raise("invalid", "step '%s': 'needs' is for steps of a"
			.. " list, here the order of the calls decides", name)
	end
	return step.execute(run, { key = scope:name(name), scope = scope,
		spec = spec, kind = spec.kind })
end

return step
