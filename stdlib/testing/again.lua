--- What can be done with a result: go on after a crash or a wait, run again
--- what failed, fork.

local again = {}

local function session_of(result)
	return getmetatable(result).session
end

--- Goes on with a run that crashed or waits; what is recorded is replayed.
--- `options` are those of `run`: fakes replace the former ones when given.
---@async
---@param options? table
---@return testing.Result
function again:resume(options)
	local session = session_of(self)

	if self.state ~= "crashed" and self.state ~= "waiting" then
		error(("the run has ended (%s): 'retry' runs it again"):format(
			self.state), 2)
	end
	session:renew(options or {})
	if not (options and options.at) and self.wake_at then
		local clock = session.world.clock
		clock.ms = math.max(clock.ms, self.wake_at)
	end
	session.home.db:run_requeue(self.run, "resumed by the test")
	return session:attempt()
end

--- Says what a person says about a `once` step that may have happened, and
--- goes on.
---@async
---@param step string
---@param decision "done"|"again"
---@param options? table
---@return testing.Result
function again:answer(step, decision, options)
	local session = session_of(self)
	local db = session.home.db
	local row = require("record").step(db, self.run, step)

	if row.state ~= "waiting" and row.state ~= "running" then
		error(("step '%s' waits for no answer: it is %s"):format(step,
			row.state), 2)
	elseif decision ~= "done" and decision ~= "again" then
		error("the answer is \"done\" or \"again\"", 2)
	end
	db:run(decision == "done"
		and "UPDATE steps SET state = 'passed' WHERE id = ?"
		or "UPDATE steps SET state = 'failed', class = 'again'"
		.. " WHERE id = ?", row.id)
	return again.resume(self, options)
end

--- Runs the same run again: what did not pass, or with `from` that step and
--- all that began after it.
---@async
---@param options? table those of `run`, and `from`
---@return testing.Result
function again:retry(options)
	local session = session_of(self)
	local rerun = require("run.rerun")
	local db = session.home.db
	local row = require("record").run(db, self.run)

	options = options or {}
	if not require("record").ENDED[row.state] then
		error(("the run has not ended (%s): 'resume' goes on with it")
			:format(self.state), 2)
	end
	session:renew(options)
	if options.from then
		rerun.reopen_from(db, row, options.from)
	else
		rerun.reopen_failed(db, row)
	end
	return session:attempt()
end

--- Starts a new run that keeps what passed before the step `from` (without:
--- all that passed).
---@async
---@param options? table those of `run`, and `from`
---@return testing.Result
function again:fork(options)
	local session = session_of(self)
	local db = session.home.db

	options = options or {}
	session:renew(options)
	session.run = require("run.rerun").fork(db, require("record").run(db,
		self.run), options.from)
	return session:attempt()
end

return again
