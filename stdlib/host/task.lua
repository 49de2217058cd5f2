--- What the module `task` has beside its native half: waiting for several.

local task = ...

--- Spawns what are functions in `list`; handles stay as they are.
local function handles_of(list)
	local handles = {}

	for index, item in ipairs(list) do
		handles[index] = type(item) == "function"
			and task.spawn(item):observe() or item
	end
	return handles
end

--- Cancels what still runs and waits until all of it has ended.
local function stop(handles)
	for _, handle in ipairs(handles) do handle:cancel() end
	task.shield(function()
		for _, handle in ipairs(handles) do pcall(handle.await, handle) end
	end)
end

function task.all(list)
	local handles = handles_of(list)
	local ok, decided = pcall(task.join, handles)

	if not ok or decided > 0 then
		stop(handles)
		if not ok then error(decided, 0) end
		handles[decided]:await()
	end
	local results = {}
	for index, handle in ipairs(handles) do results[index] = handle:await() end
	return results
end

function task.any(list)
	if #list == 0 then error("task.any needs at least one task", 2) end
	local handles = handles_of(list)
	local ok, decided = pcall(task.join, handles, true)

	stop(handles)
	if not ok then error(decided, 0) end
	return decided, handles[decided]:await()
end

function task.shield(fn, ...)
	task.protect(true)
	local _guard <close> = setmetatable({}, { __close = function()
		task.protect(false)
	end })
	return fn(...)
end

function task.timeout(delay, fn, ...)
	local time = require("time")
	local body = task.spawn(fn, ...):observe()
	local clock = task.spawn(time.sleep, delay):observe()
	local ok, decided = pcall(task.join, { body, clock }, true)

	clock:cancel()
	if ok and decided == 1 then return body:await() end
	body:cancel()
	task.shield(pcall, body.await, body)
	if not ok then error(decided, 0) end
	if not body:failed() then return body:await() end
	error({ code = "timeout", message = ("not done after %s"):format(
		type(delay) == "number" and delay .. " ms" or delay) }, 0)
end
