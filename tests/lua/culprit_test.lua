-- Which metric moved first: the module culprit and the verb.

local culprit = require("culprit")
local fs = require("fs")
local json = require("json")
local path = require("path")
local proc = require("proc")
local test = require("test")

local tests = {}

local function noise(length, level, spread)
	local list = {}

	for i = 1, length do
		list[i] = level + spread * (math.random() + math.random()
			+ math.random() - 1.5)
	end
	return list
end

local function shifted(list, from, by)
	for i = from, #list do list[i] = list[i] + by end
	return list
end

function tests.the_first_that_moves_is_first()
	local right = 0

	math.randomseed(11)
	for _ = 1, 40 do
		local metrics = { noise(200, 5, 1),
			shifted(noise(200, 100, 8), 126, 40),
			shifted(noise(200, 2, .2), 121, 1),
			shifted(noise(200, 50, 4), 132, -30) }
		local found = culprit.find(metrics, { calm = 100 })
		local best = 1
		for i, one in ipairs(found) do
			if one.score > found[best].score then best = i end
		end
		right = right + (best == 3 and not found[1].moved
			and math.abs(found[3].onset - 121) <= 2 and 1 or 0)
	end
	test.ok(right >= 36, right)
end

function tests.what_stays_as_it_was_is_not_blamed()
	local alarms = 0

	math.randomseed(12)
	for _ = 1, 200 do
		local one = culprit.find({ noise(300, 10, 2) })[1]
		alarms = alarms + (one.moved and 1 or 0)
	end
	test.ok(alarms <= 10, alarms)
end

function tests.a_spike_alone_is_no_change()
	local list = noise(100, 10, 1)

	list[70] = 14
	test.equal(culprit.find({ list })[1].moved, false)
end

function tests.odd_series_are_answered()
	local flat, none, step = {}, {}, {}

	for i = 1, 50 do
		flat[i], none[i], step[i] = 3, 0 / 0, i > 30 and 5 or 3
	end
	local found = culprit.find({ flat, none, step,
		shifted(noise(50, 0, 1), 40, math.huge) })
	test.equal(found[1].moved, false)
	test.equal(found[2].moved, false)
	test.equal(found[2].before, nil)
	test.equal(found[3].onset, 31)
	test.equal(#culprit.find {}, 0)
	local ok, problem = pcall(culprit.find, { { 1, 2, 3 } })
	test.ok(not ok and problem.code == "invalid", tostring(problem))
	ok, problem = pcall(culprit.find, { flat, { 1 } })
	test.ok(not ok and problem.message:find("metric 2"), tostring(problem))
end

local function verb(...)
	return proc.run { "/proc/self/exe", "culprit", check = false, ... }
end

function tests.the_verb_ranks_the_columns()
	local file = path.join(test.temp_dir(), "m.csv")
	local lines = { "timestamp,cpu,errors,users" }

	for i = 1, 60 do
		lines[#lines + 1] = ("2024-05-01T10:%02d:00,%d,%d,%d"):format(
			i - 1, 20 + i % 4 + (i > 40 and 50 or 0),
			i % 2 + (i > 45 and 30 or 0), 100 + i % 5)
	end
	fs.write(file, table.concat(lines, "\n") .. "\n")
	local run = verb(file, "--at", "2024-05-01T10:35")
	test.equal(run.status, 0)
	test.ok(run.stdout:find("1%s+cpu .- 2024%-05%-01T10:40:00"), run.stdout)
	local list = json.decode(verb(file, "--json").stdout)
	test.equal(#list, 2)
	test.equal(list[1].metric, "cpu")
	test.equal(list[1].onset, 41)
	test.equal(list[2].metric, "errors")
	test.ok(list[2].reason:find("5 rows later", 1, true), list[2].reason)
	run = verb(file, "--at", "noon")
	test.equal(run.status, 2)
	test.ok(run.stderr:find("no row of the file", 1, true), run.stderr)
	run = verb(file, "--at", "4")
	test.equal(run.status, 2)
	test.ok(run.stderr:find("m.csv: 3 of its 60 rows are before", 1, true),
		run.stderr)
	fs.write(file, "timestamp\n1\n")
	run = verb(file)
	test.ok(run.status ~= 0 and run.stderr:find("m.csv:1: ", 1, true),
		run.stderr)
end

return tests
