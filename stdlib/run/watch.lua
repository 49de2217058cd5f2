--- Watches for what others tell a runner: signals, its row in the database,
--- the end of its time.

local task = require("task")
local time = require("time")

--- How often a runner looks at its row although nobody poked it.
local LOOK <const> = 5000

local function cancel_steps(run)
	for name, handle in pairs(run.cancellable) do
		local key = ("cancel:%d/%s"):format(run.id, name)
		local who = run.db:setting(key)
		if who then
			run.db:run("DELETE FROM settings WHERE key = ?", key)
			run:note("cancelled by " .. who, name)
			handle:cancel()
		end
	end
end

--- Looks at the row, and lets everybody who waits look again.
local function look(run)
	local row = run.db:row("SELECT cancel FROM runs WHERE id = ?", run.id)

	if row and row.cancel then run:cancel(row.cancel) end
	if next(run.cancellable) then cancel_steps(run) end
	for wait in pairs(run.waits) do
		if wait.event then wait.event:set() end
	end
end

local function end_of_time(run)
	local limit = run.recipe.timeout

	return limit and run.row.started + limit
end

local function pause_length(run)
	local pause = LOOK
	local till = end_of_time(run)

	if till then pause = math.min(pause, till - time.now()) end
	for wait in pairs(run.waits) do
		if wait.wake_at then
			pause = math.min(pause, wait.wake_at - time.now())
		end
	end
	return math.max(pause, 0)
end

local function on_signal(run, name)
	if name == "USR1" then return look(run) end
	if run.stopping then
		run.db:close()
		os.exit(130)
	end
	local who = "signal " .. name
	run.db:run("UPDATE runs SET cancel = coalesce(cancel, ?) WHERE id = ?",
		who, run.id)
	run:cancel(who)
end

--- Waits for signals; the queue in between loses none.
local function listen(run)
	while true do on_signal(run, task.signal { "USR1", "TERM", "INT" }) end
end

--- Watches until it is cancelled.
---@async
---@param run run.Runner
return function(run)
	task.context().background = true
	task.spawn(listen, run)
	while true do
		time.sleep(pause_length(run))
		local till = end_of_time(run)
		if till and time.now() >= till and not run.stopping then
			run:note(("out of time: it may take %s"):format(
				time.describe(run.recipe.timeout)))
			run:cancel("out of time", "timed_out")
		end
		look(run)
	end
end
