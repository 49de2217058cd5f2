-- The modules csv and canary, and the command line of the judge.

local canary = require("canary")
local csv = require("csv")
local fs = require("fs")
local json = require("json")
local proc = require("proc")
local test = require("test")

local tests = {}

local function tidemill(dir, ...)
	return proc.run { "/proc/self/exe", check = false, cwd = dir, ... }
end

function tests.rows_have_names()
	local rows = csv.decode('a,b\n1,"x, ""y"""\n2,\n')

	test.equal(rows, { { a = "1", b = 'x, "y"' }, { a = "2", b = "" } })
	test.equal(csv.decode("1;2\n", { header = false, separator = ";" }),
		{ { "1", "2" } })
end

function tests.columns_are_numbers_unless_they_are_texts()
	local names, columns = csv.columns("t,v\nmon,1.5\ntue,\n",
		{ text = { "t" } })

	test.equal(names, { "t", "v" })
	test.equal(columns.t, { "mon", "tue" })
	test.equal(columns.v[1], 1.5)
	test.ok(columns.v[2] ~= columns.v[2])
end

function tests.wrong_numbers_have_a_place()
	local problem = test.raises("invalid", function()
		csv.columns("a\n1\nten\n", { file = "f.csv" })
	end)

	test.equal(problem.message,
		"f.csv:3: 'ten' in column 'a', expected a number")
end

local function wobble(level)
	local list = {}

	for i = 1, 40 do list[i] = level + (i * 7 % 5) / 10 end
	return list
end

function tests.a_rise_is_high_and_explained()
	local metric = canary.metric(wobble(10), wobble(20),
		{ direction = "increase" })

	test.equal(metric.classification, "high")
	test.ok(metric.reason:find("higher: mean 10.2 -> 20.2 (+98.0 %)", 1,
		true))
	test.ok(metric.sequential_p < .01)
	test.equal(canary.metric(wobble(10), wobble(20),
		{ direction = "decrease" }).classification, "pass")
end

function tests.options_are_checked()
	test.raises("invalid", function()
		canary.metric({ 1 }, { 1 }, { tolerence = 1 })
	end)
	test.raises("invalid", function()
		canary.metric({ 1 }, { "x" })
	end)
	test.raises("invalid", function()
		canary.metric({ 1 }, { 1 }, { confidence = 2 })
	end)
end

local function write(dir, name, level, errors)
	local lines = { "time,latency,errors" }

	for i, value in ipairs(wobble(level)) do
		lines[#lines + 1] = ("2026-05-01T10:00:%02d,%g,%d"):format(i,
			value, errors)
	end
	fs.write(dir .. "/" .. name, table.concat(lines, "\n") .. "\n")
end

function tests.the_command_line_judges_files()
	local dir = test.temp_dir()

	write(dir, "old.csv", 10, 0)
	write(dir, "same.csv", 10.1, 0)
	write(dir, "bad.csv", 20, 0)
	local same = tidemill(dir, "canary", "--baseline", "old.csv", "--canary",
		"same.csv", "--json")
	local answer = json.decode(same.stdout)

	test.equal(same.status, 0)
	test.equal(answer.verdict, "pass")
	test.equal(#answer.metrics, 2)
	local bad = tidemill(dir, "canary", "--baseline", "old.csv", "--canary",
		"bad.csv", "--critical", "latency")
	test.equal(bad.status, 7)
	test.ok(bad.stdout:find("latency +high!"))
	test.ok(bad.stdout:find("fail: score 0"))
	local part = tidemill(dir, "canary", "--baseline", "old.csv", "--canary",
		"bad.csv", "--marginal", "40")
	test.equal(part.status, 1)
end

function tests.the_command_line_says_what_is_wrong()
	local dir = test.temp_dir()

	write(dir, "old.csv", 10, 0)
	fs.write(dir .. "/other.csv", "x,y\n1,2\n")
	fs.write(dir .. "/broken.csv", "time,latency,errors\n1,2\n")
	local function fails(wanted, ...)
		local result = tidemill(dir, "canary", ...)
		test.equal(result.status, 2)
		test.ok(result.stderr:find(wanted, 1, true), result.stderr)
	end

	fails("--canary FILE is missing", "--baseline", "old.csv")
	fails("have no column of numbers in common", "--baseline", "old.csv",
		"--canary", "other.csv")
	fails("broken.csv:2: 2 fields, expected 3", "--baseline", "old.csv",
		"--canary", "broken.csv")
	fails("did you mean 'latency'?", "--baseline", "old.csv", "--canary",
		"old.csv", "--critical", "latancy")
end

return tests
