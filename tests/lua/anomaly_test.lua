-- The module anomaly, and the verb.

local anomaly = require("anomaly")
local fs = require("fs")
local json = require("json")
local proc = require("proc")
local test = require("test")

local tests = {}

local function series()
	local lines = { "timestamp,value" }

	for i = 1, 400 do
		local value = i == 300 and 500 or 100 + i * 7 % 11
		lines[#lines + 1] = ("2026-05-01 %02d:%02d:00,%d"):format(
			i // 60, i % 60, value)
	end
	return table.concat(lines, "\n") .. "\n"
end

local function tidemill(dir, ...)
	return proc.run { "/proc/self/exe", "anomaly", check = false, cwd = dir,
		... }
end

function tests.a_detector_says_why()
	local detector, point = anomaly.new(), nil

	for i = 1, 200 do point = detector:add(i % 5) end
	test.equal(point.alert, false)
	test.equal(point.upper, 4.0)
	point = detector:add(40)
	test.equal(point.alert, true)
	test.ok(point.reason:find("40 is higher", 1, true))
	test.equal(detector:add(nil).reason, "no value")
end

function tests.the_command_line_writes_csv()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.csv", series())
	local result = tidemill(dir, "a.csv")
	local rows = require("csv").decode(result.stdout)
	test.equal(result.status, 0)
	test.equal(#rows, 400)
	test.equal(rows[300].timestamp, "2026-05-01 05:00:00")
	test.equal(rows[300].alert, "1")
	test.equal(rows[200].alert, "0")
	test.equal(rows[1].lower, "")
	local answer = json.decode(tidemill(dir, "a.csv", "--json").stdout)
	test.equal(answer.alerts, 1)
	test.ok(answer.points[300].reason:find("higher", 1, true))
end

function tests.wrong_files_are_told()
	local dir = test.temp_dir()
	local function fails(text, status, wanted)
		if text then fs.write(dir .. "/a.csv", text) end
		local result = tidemill(dir, text and "a.csv" or "none.csv")
		test.equal(result.status, status)
		test.ok(result.stderr:find(wanted, 1, true), result.stderr)
	end

	fails(nil, 3, "none.csv: No such file")
	fails("", 2, "a.csv:1: the file is empty")
	fails("a,b\n1,2\n", 2, "a.csv:1: the columns are 'a,b', expected")
	fails("timestamp,value\n1,2\n2,x\n", 2,
		"a.csv:3: 'x' in column 'value', expected a number")
end

return tests
