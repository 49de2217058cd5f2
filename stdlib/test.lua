--- Tests: what a test file uses.
---
--- A test file returns a table of named functions. `tidemill test` runs each
--- as a task with a time-out, in the order in which they are written.

local task = require("task")

local test = {}

local SHOWN <const> = 200

local function show(value)
	if type(value) == "string" then
		local text = ("%q"):format(value):gsub("\\\n", "\\n")
		return #text > SHOWN and text:sub(1, SHOWN) .. "…" or text
	elseif type(value) ~= "table" or getmetatable(value) then
		return tostring(value)
	end
	local parts = {}
	for key, item in pairs(value) do
		if #parts == 8 then
			parts[9] = "…"
			break
		end
		parts[#parts + 1] = type(item) == "table"
			and ("%s = {…}"):format(key)
			or ("%s = %s"):format(key, show(item))
	end
	return ("{ %s }"):format(table.concat(parts, ", "))
end

--- Returns where `got` differs from `wanted` and how, nil when it does not.
local function difference(got, wanted, at)
	if got == wanted and math.type(got) == math.type(wanted) then
		return nil
	elseif type(got) ~= "table" or type(wanted) ~= "table" then
		return ("%s is %s, not %s"):format(at, show(got), show(wanted))
	end
	for key, item in pairs(wanted) do
		local found = difference(got[key], item,
			("%s[%s]"):format(at, show(key)))
		if found then return found end
	end
	for key, item in pairs(got) do
		if wanted[key] == nil then
			return ("%s[%s] is %s, not nil"):format(at, show(key),
				show(item))
		end
	end
end

local function fail(message, format, ...)
	local text = format:format(...)

	error({ code = "test", message = message and message .. ": " .. text
		or text }, 0)
end

--- Fails the test.
---@param format string as of string.format
---@param ... any
function test.fail(format, ...)
	fail(nil, format, ...)
end

--- Raises unless both are the same: tables are compared by what is in them,
--- and 1 is not 1.0.
---@param got any
---@param wanted any
---@param message? string
function test.equal(got, wanted, message)
	local found = difference(got, wanted, "it")

	if found then fail(message, "%s", found) end
end

--- Raises unless `value` is neither nil nor false. Returns it.
---@generic T
---@param value T
---@param message? string
---@return T
function test.ok(value, message)
	if not value then fail(message, "it is %s", show(value)) end
	return value
end

--- Raises unless `text` has the Lua pattern in it. Returns the captures.
---@param text string
---@param pattern string
---@param message? string
---@return string …
function test.match(text, pattern, message)
	if not tostring(text):find(pattern) then
		fail(message, "%s does not match %q", show(text), pattern)
	end
	return tostring(text):match(pattern)
end

--- Raises unless `fn` raises an error with this code ("not_found"), or whose
--- text matches this pattern. Returns the error.
---@async
---@param wanted string
---@param fn async fun(...)
---@param ... any its arguments
---@return any
function test.raises(wanted, fn, ...)
	local ok, problem = pcall(fn, ...)

	if ok then fail(nil, "nothing was raised (wanted: %s)", wanted) end
	if type(problem) == "table" and problem.code == wanted then
		return problem
	end
	local text = require("command.failure").text(problem)
	if not text:find(wanted) then
		fail(nil, "%s was raised, not %s", show(text), wanted)
	end
	return problem
end

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
	fail(nil, "it did not happen within %s", within or "10s")
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
