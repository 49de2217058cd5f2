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
		if result.state == "failed" and result.traceback then
			call:print(indent(result.traceback))
		end
		io.stdout:flush()
	end
end

local function run(call)
	local counts = { passed = 0, failed = 0, skipped = 0 }
	local results = {}

	for _, path in ipairs(call.args) do
		for _, file in ipairs(suite.files(path)) do
			local show = printer(call, file)
			suite.run(file, call.options, function(result)
				counts[result.state] = counts[result.state] + 1
				results[#results + 1] = result
				if not call.json then show(result) end
			end)
		end
	end
	if call.json then
		local json = require("json")
		call:print_json { passed = counts.passed,
			failed = counts.failed, skipped = counts.skipped,
			tests = json.array(results) }
	else
		if counts.skipped > 0 then
			call:print(("%d skipped"):format(counts.skipped))
		end
		call:print(("%d passed, %d failed"):format(counts.passed,
			counts.failed))
	end
	return counts.failed == 0 and 0 or 1
end

---@type cli.Verb
return {
	summary = "run test files",
	description = "A test file is called NAME_test.lua and returns a table "
		.. "of named functions. Each is run as a task, in the order in "
		.. "which they are written; it fails when it raises or takes "
		.. "too long. 'require(\"test\")' has what tests need: equal, "
		.. "ok, match, raises, eventually, temp_dir, finally, skip.",
	arguments = {
		{ name = "PATH", many = true, complete = "file",
			help = "a test file, or a directory to look for them" },
	},
	options = {
		{ name = "filter", argument = "PATTERN",
			help = "only tests whose name matches the Lua pattern" },
		{ name = "timeout", argument = "TIME", type = "duration",
			default = "30s", help = "how long each test may take" },
	},
	exits = { [0] = "all passed", [1] = "at least one failed" },
	examples = {
		{ "tidemill test tests", "run all tests below tests/" },
		{ "tidemill test tests/shop_test.lua --filter price",
			"run some of a file's" },
	},
	run = run,
}
