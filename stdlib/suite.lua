--- Runs test files, for `tidemill test`.

local task = require("task")
local time = require("time")

local suite = {}

---@class suite.Result
---@field file string
---@field name string
---@field state "passed"|"failed"|"skipped"
---@field ms integer
---@field message? string
---@field traceback? string
---@field where? string FILE:LINE of the claim that failed

--- Loads a test file: text only, with the globals of the library.
local function load_file(file)
	local input <close> = assert(io.open(file, "rb"))
	local chunk = assert(load(input:read("a"), "@" .. file, "t"))
	local tests = chunk()

	if type(tests) ~= "table" then
		error(("%s: a test file returns a table of functions, this "
			.. "one a %s"):format(file, type(tests)), 0)
	end
	return tests
end

--- The tests by the lines that they begin at.
local function in_order(tests)
	local list = {}

	for name, fn in pairs(tests) do
		if type(fn) ~= "function" then
			error(("test '%s' is a %s, not a function"):format(
				name, type(fn)), 0)
		end
		list[#list + 1] = { name = tostring(name), fn = fn,
			line = debug.getinfo(fn, "S").linedefined }
	end
	table.sort(list, function(a, b)
		if a.line ~= b.line then return a.line < b.line end
		return a.name < b.name
	end)
	return list
end

local function with_cleanups(fn)
	local cleanups = {}
	local _guard <close> = setmetatable({}, { __close = function()
		task.shield(function()
			for i = #cleanups, 1, -1 do cleanups[i]() end
		end)
	end })

	task.context().cleanups = cleanups
	fn()
end

local function run_one(file, name, fn, limit)
	local began = time.monotonic()
	local ok, problem = pcall(task.timeout, limit, with_cleanups, fn)
	local result = { file = file, name = name, state = "passed",
		ms = time.monotonic() - began }

	if ok then return result end
	result.state = "failed"
	result.message = require("command.failure").text(problem)
	if type(problem) == "table" then
		if problem.code == "skip" then result.state = "skipped" end
		result.traceback = problem.traceback
		result.where = problem.where
	end
	return result
end

--- Runs the tests of a file; `report` gets each result at once.
---@async
---@param file string
---@param options { timeout?: integer|string, filter?: string }
---@param report fun(result: suite.Result)
function suite.run(file, options, report)
	local limit = options.timeout or "30s"
	local ok, tests = pcall(task.timeout, limit, function()
		return in_order(load_file(file))
	end)

	if not ok then
		report { file = file, name = "(the file)", state = "failed",
			ms = 0, message = require("command.failure").text(tests),
			traceback = type(tests) == "table" and tests.traceback
				or nil }
		return
	end
	for _, item in ipairs(tests) do
		if not options.filter or item.name:find(options.filter) then
			report(run_one(file, item.name, item.fn, limit))
		end
	end
end

--- Where tests of recipes are, besides the directory itself.
local PLACES <const> = { "tests", "test", "recipes", "ci" }

--- Returns the test files of a repository: those in its directory, and below
--- tests/, test/, recipes/ and ci/. Raises `not_found` when there are none.
---@param dir? string ["."]
---@return string[]
function suite.found(dir)
	local fs = require("fs")
	local prefix = dir and dir .. "/" or ""
	local found = {}

	for _, name in ipairs(fs.glob("*_test.lua", dir or ".")) do
		found[#found + 1] = prefix .. name
	end
	for _, place in ipairs(PLACES) do
		if fs.exists(prefix .. place) then
			for _, file in ipairs(suite.files(prefix .. place)) do
				found[#found + 1] = file
			end
		end
	end
	if #found == 0 then
		error({ code = "not_found", message = "there are no tests:"
			.. " they are called NAME_test.lua, and looked for"
			.. " here and below " .. table.concat(PLACES, "/, ")
			.. "/", advice = "docs/modules/testing.md shows one." },
			0)
	end
	return found
end

--- Returns the test files below `path` (NAME_test.lua), or `path` itself when
--- it is a file. Raises `not_found`.
---@param path string
---@return string[]
function suite.files(path)
	local fs = require("fs")
	local found = {}

	local function visit(at, given)
		local info = fs.stat(at)
		if not info then
			error({ code = "not_found", message =
				("there is no file '%s'"):format(at) }, 0)
		elseif info.kind == "dir" then
			for _, name in ipairs(fs.list(at)) do
				visit(at:gsub("/+$", "") .. "/" .. name, false)
			end
		elseif given or at:find("_test%.lua$") then
			found[#found + 1] = at
		end
	end
	visit(path, true)
	return found
end

return suite
