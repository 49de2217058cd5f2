--- Tests: what a test file uses. Recipes are tested with `testing`, which has
--- all of this and more.
---
--- A test file returns a table of named functions. `tidemill test` runs each
--- as a task with a time-out, in the order in which they are written.

local task = require("task")

local check = require("testing.check")

---@class test
local test = { equal = check.equal, ok = check.ok, match = check.matches,
	raises = check.raises, fail = check.fail, contains = check.contains,
	differs = check.differs, near = check.near }

--- Waits until `fn` returns something true, and returns that. Raises when it
--- does not within the time.
---@async
---@generic T
---@param fn async fun(): T?
---@param within? integer|string a duration (default "10s")
---@return T
function test.eventually(fn, within)
	local time = require("time")
	local last = time.monotonic() + time.duration(within or "10s")

	repeat
		local result = fn()
		if result then return result end
		time.sleep(2)
	until time.monotonic() > last
	check.fail("it did not happen within %s", within or "10s")
end

--- Ends the test without a verdict: this machine cannot run it.
---@param reason string
function test.skip(reason)
	error({ code = "skip", message = reason }, 0)
end

--- Calls `fn` when the test ends, however it does; the last one first.
---@param fn async fun()
function test.finally(fn)
	local cleanups = task.context().cleanups

	if not cleanups then error("test.finally works in tests only", 2) end
	cleanups[#cleanups + 1] = fn
end

--- Returns the path of a new, empty directory that is gone after the test.
---@return string
function test.temp_dir()
	local fs = require("fs")
	local dir = fs.temp_dir()

	test.finally(function() fs.remove(dir) end)
	return dir
end

return test
