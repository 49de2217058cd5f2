--- Waiting that outlives the process: sleeps, locks, sub-runs, people. When
--- nothing but such waits is left, the runner may park the run and exit.

local failure = require("run.failure")
local scopes = require("run.scope")
local task = require("task")
local time = require("time")

local waits = {}

---@class run.Wait
---@field kind "sleep"|"lock"|"run"|"person"
---@field reason string for people
---@field wake_at? integer
---@field ready? fun(): any looks whether it is over
---@field event? any

--- Calls `fn` while `wait` is known as what this task waits for.
local function while_waiting(run, wait, fn)
	run.waits[wait] = true
	run:leave()
	local _guard <close> = setmetatable({}, { __close = function()
		run.waits[wait] = nil
		run:enter()
	end })
	return fn()
end

--- Waits until `wait.ready()` returns something, and returns that. It is asked
--- whenever somebody pokes this runner, and every few seconds.
---@async
---@param run run.Runner
---@param wait run.Wait
---@return any
function waits.wait(run, wait)
	local value = wait.ready()

	if value then return value end
	run:check_alive(scopes.current())
	wait.event = task.event()
	return while_waiting(run, wait, function()
		repeat
			wait.event:wait()
			wait.event:clear()
			local answer = wait.ready()
		until answer
		return wait.ready()
	end)
end

--- Waits until `wake_at`.
---@async
function waits.till(run, wake_at, reason)
	while_waiting(run, { kind = "sleep", wake_at = wake_at,
		reason = reason }, function()
		local left = wake_at - time.now()
		while left > 0 do
			time.sleep(left)
			left = wake_at - time.now()
		end
	end)
end

--- Takes the record of `key` out of the journal.
local function recorded(run, key)
	local row = run.journal[key]

	run.journal[key] = nil
	return row
end

--- Implements ctx:sleep.
---@async
---@param run run.Runner
---@param delay integer|string
function waits.sleep(run, delay)
	local ms = require("recipe.duration")(delay)
	local scope = scopes.current()

	if not ms then
		failure.raise("invalid", "ctx:sleep wants a duration such as"
			.. " \"90s\", not %s",
			require("recipe.problem").describe(delay))
	end
	local key = scope:name("sleep")
	local row = recorded(run, key)
	if row and row.state == "passed" then return end
	run:check_alive(scope)
	local wake_at = row and row.wake_at or time.now() + ms
	local id = row and row.id or run.db:step_start { run = run.id,
		name = key, kind = "sleep", parent = scope.parent,
		wake_at = wake_at, command = time.describe(ms) }
	if ms > 0 then
		waits.till(run, wake_at, "sleeps until "
			.. time.format(wake_at, "%Y-%m-%d %H:%M:%S"))
	end
	run.db:step_finish(id, { state = "passed" })
end

local function take(run, request, options)
	local limit = options.timeout
		and time.now() + require("recipe.duration")(options.timeout)
	local held = waits.wait(run, { kind = "lock", wake_at = limit,
		reason = ("waits for the lock '%s'"):format(request.name),
		ready = function()
			if run.db:lock_try(request) then return "held" end
			return limit and time.now() >= limit and "late"
		end })

	if held == "late" then
		run.db:lock_release(request.name, request.run, request.step)
		failure.raise("timeout", "the lock '%s' was not free within %s",
			request.name, time.describe(options.timeout))
	end
end

local check_lock

local function read_lock(name, options, fn)
	if type(options) == "function" then options, fn = {}, options end
	if not check_lock then
		local shape = require("recipe.shape")
		check_lock = shape.record { capacity = shape.count,
			count = shape.by_type({ number = shape.count,
				string = shape.one_of("all") },
				"a number or \"all\""),
			lease = shape.duration, timeout = shape.duration }
	end
	check_lock(options, "ctx:lock", require("recipe.here")())
	if type(name) ~= "string" or type(fn) ~= "function" then
		failure.raise("invalid", "ctx:lock wants a name and a function")
	end
	return options, fn
end

--- Calls `fn` with the lock held, and gives it back in any case.
local function hold(run, request, id, fn)
	local results = table.pack(pcall(fn, run.context))

	if run.parked then error(results[2], 0) end
	run.db:step_finish(id, { state = results[1] and "passed"
		or failure.is_cancel(results[2]) and "cancelled" or "failed" })
	task.shield(run.db.commit, run.db)
	run.db:lock_release(request.name, request.run, request.step)
	if not results[1] then error(results[2], 0) end
	return table.unpack(results, 2, results.n)
end

--- Implements ctx:lock. A section that ended before a crash is replayed
--- without the lock: everything in it is recorded.
---@async
function waits.lock(run, name, options, fn)
	options, fn = read_lock(name, options, fn)
	local scope = scopes.current()
	local key = scope:name("lock " .. name)
	local row = recorded(run, key)

	if row and row.state ~= "running" and row.class ~= "again" then
		return fn(run.context)
	end
	run:check_alive(scope)
	local request = { name = name, run = run.id, step = key,
		count = options.count, capacity = options.capacity,
		lease = options.lease
			and require("recipe.duration")(options.lease) }
	local id = run.db:step_start { run = run.id, name = key, kind = "lock",
		parent = scope.parent, attempt = row and row.attempt + 1 }
	run.db:commit()
	local ok, why = pcall(take, run, request, options)
	if not ok then
		if run.parked then error(why, 0) end
		run.db:step_finish(id, { state = failure.is_cancel(why)
			and "cancelled" or "timed_out",
			error = failure.encode(failure.of(why), run) })
		error(why, 0)
	end
	return hold(run, request, id, fn)
end

return waits
