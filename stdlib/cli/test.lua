--- tidemill test: run test files.

local suite = require("suite")

local function indent(text)
	return (text:gsub("[^\n]+", "    %0"))
end

--- Prints what went wrong, and nothing for what went well.
local function printer(call, name)
	return function(result)
		if result.state == "passed" then
			if call.verbose then
				call:print(("  %s %s (%d ms)"):format(
					call.paint("green", "passed"),
					result.name, result.ms))
			end
			return
		end
		local colour = result.state == "failed" and "red" or "yellow"
		call:print(("  %s %s: %s"):format(
			call.paint(colour, result.state), name, result.name))
		call:print(indent(result.message))
		if result.state == "failed" and result.traceback
			and (call.verbose or not result.where) then
			call:print(indent(result.traceback))
		end
		io.stdout:flush()
	end
end

local function files_of(call)
	local files = {}

	if #call.args == 0 then return suite.found() end
	for _, path in ipairs(call.args) do
		for _, file in ipairs(suite.files(path)) do
			files[#files + 1] = file
		end
	end
	return files
end

--- Runs all files; returns the results, and how many there are by state.
local function run_all(call)
	local counts = { passed = 0, failed = 0, skipped = 0 }
	local results = {}

	for _, file in ipairs(files_of(call)) do
		local show = printer(call, file)
		suite.run(file, call.options, function(result)
			counts[result.state] = counts[result.state] + 1
			results[#results + 1] = result
			if not call.json then show(result) end
		end)
	end
	return results, counts
end

local function read_coverage(call)
	local coverage = require("testing.coverage")
	local report = coverage.report()

	coverage.stop()
	if not call.json then call:print(coverage.text(report)) end
	return report
end

--- Is less covered than was asked for?
local function is_too_little(call, report)
	local least = call.options.min_coverage

	if not least or not report or report.lines >= least then return false end
	call:say(("tidemill: %.1f %% of lines are covered, %g %% are wanted")
		:format(report.lines, least))
	return true
end

local function print_json(call, results, counts, report)
	local json = require("json")
	local files = report and json.array(report.files)

	for _, one in ipairs(files or {}) do
		one.lines.missed = json.array(one.lines.missed)
		one.branches.missed = json.array(one.branches.missed)
		one.steps.missed = json.array(one.steps.missed)
	end
	call:print_json { passed = counts.passed, failed = counts.failed,
		skipped = counts.skipped, tests = json.array(results),
		coverage = report and { files = files, lines = report.lines,
			branches = report.branches } or nil }
end

local function run_once(call)
	local options = call.options
	local counted = options.coverage or options.min_coverage

	if counted then require("testing.coverage").start() end
	local results, counts = run_all(call)
	local report = counted and read_coverage(call) or nil
	if options.junit then
		require("fs").write(options.junit,
			require("testing.junit")(results))
	end
	if call.json then
		print_json(call, results, counts, report)
	else
		if counts.skipped > 0 then
			call:print(("%d skipped"):format(counts.skipped))
		end
		call:print(("%d passed, %d failed"):format(counts.passed,
			counts.failed))
	end
	local short = is_too_little(call, report)
	return counts.failed == 0 and not short and 0 or 1
end

local function run(call)
	if call.options.watch then
		return require("testing.again_and_again")(call)
	end
	return run_once(call)
end

---@type cli.Verb
return {
	summary = "run test files",
	description = "A test file is called NAME_test.lua and returns a table "
		.. "of named functions. Each is run as a task, in the order in "
		.. "which they are written; it fails when it raises or takes "
		.. "too long. 'require(\"testing\")' has what tests of recipes "
		.. "need: fakes, a virtual clock, claims. Without PATH: the "
		.. "tests here and below tests/, test/, recipes/ and ci/.",
	arguments = {
		{ name = "PATH", many = true, optional = true,
			complete = "file",
			help = "a test file, or a directory to look for them" },
	},
	options = {
		{ name = "filter", argument = "PATTERN",
			help = "only tests whose name matches the Lua pattern" },
		{ name = "timeout", argument = "TIME", type = "duration",
			default = "30s", help = "how long each test may take" },
		{ name = "coverage", help = "say which lines, branches and"
			.. " steps of the recipes never ran" },
		{ name = "min-coverage", argument = "PERCENT", type = "number",
			help = "fail when fewer lines of the recipes ran" },
		{ name = "junit", argument = "FILE", complete = "file",
			help = "write the results as JUnit XML, too" },
		{ name = "watch", short = "w",
			help = "run them again whenever a file changes" },
	},
	exits = { [0] = "all passed", [1] = "at least one failed",
		[3] = "there are no tests" },
	examples = {
		{ "tidemill test", "the tests of this repository" },
		{ "tidemill test tests/shop_test.lua --filter price",
			"run some of a file's" },
		{ "tidemill test --coverage --watch", "while writing a recipe" },
	},
	run = run,
}
