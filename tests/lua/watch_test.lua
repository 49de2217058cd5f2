local fs = require("fs")
local task = require("task")
local test = require("test")
local watch = require("watch")

local tests = {}

local function has(list, name)
	for _, path in ipairs(list) do
		if path:find(name, 1, true) then return true end
	end
end

function tests.changes_are_waited_for()
	local dir = test.temp_dir()
	local watcher <close> = watch.open(dir, { delay = 0 })
	local handle = task.spawn(watcher.wait, watcher)

	fs.write(dir .. "/a", "1")
	test.ok(has(handle:await(), dir .. "/a"))
	fs.write(dir .. "/b", "1")
	require("time").sleep("20ms")
	test.ok(has(watcher:wait(), dir .. "/b"))
end

function tests.directories_below_count_when_wanted()
	local dir = test.temp_dir()

	fs.mkdir(dir .. "/deep/er")
	local watcher <close> = watch.open({ dir }, { recursive = true,
		delay = "1ms" })
	fs.write(dir .. "/deep/er/x", "1")
	test.ok(has(watcher:wait(), "/deep/er/x"))
end

function tests.a_watcher_can_be_cancelled_and_closed()
	local watcher = watch.open(test.temp_dir())

	test.raises("timeout", task.timeout, "5ms", watcher.wait, watcher)
	local handle = task.spawn(watcher.wait, watcher):observe()
	require("time").sleep(1)
	watcher:close()
	test.raises("cancelled", handle.await, handle)
	watcher:close()
	test.raises("is closed", watcher.wait, watcher)
end

function tests.wrong_paths_are_errors()
	test.raises("not_found", watch.open, test.temp_dir() .. "/none/x")
	test.raises("must be paths", watch.open, { {} })
	test.raises("invalid", watch.open, ".", { delay = "soon" })
end

return tests
