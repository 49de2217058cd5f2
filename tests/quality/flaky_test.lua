-- Are flaky tests found, and only those? Runs are simulated from the failure
-- rates of 16,399 real tests in 10,000 reruns each (FlakeFlagger).
--
-- A run: every test once, those that failed a second time (`retry = 1`). Tests
-- also break because of the code, for some runs, and everything at once because
-- of the machine. After 200 runs the verdicts are compared with the rates.

local flaky = require("flaky")
local fs = require("fs")
local proc = require("proc")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/flaky/rerun_10000.csv.gz"
local RUNS <const> = 200
local BREAKS <const> = 0.002 -- of a test and run: the code breaks it
local MENDED <const> = 0.3   -- a run later
local STORM <const> = 0.02   -- of a run: the machine fails …
local HIT <const> = 0.3      -- … so many of its tests

--- Random numbers that are the same on every machine.
local function dice(seed)
	return function()
		seed = (seed * 6364136223846793005 + 1442695040888963407)
		return (seed >> 11) / 9007199254740992
	end
end

--- Returns the failure rate of each test.
local function rates()
	local plain = test.temp_dir() .. "/rates.csv"
	proc.run { "sh", "-c", 'gzip -dc "$1" >"$2"', "sh", DATA, plain }
	local rows = require("csv").decode(fs.read(plain))
	local list = {}

	for i, row in ipairs(rows) do
		local failed = tonumber(row.NumFailingRuns)
		list[i] = failed / (failed + tonumber(row.NumPassingRuns))
	end
	return list
end

--- What a test does in a run: its first result, and that of a second try.
local function throw(one, random, storm)
	if one.broken then
		one.broken = random() >= MENDED
	else
		one.broken = random() < BREAKS
	end
	local failed = one.broken or random() < one.rate
		or storm and random() < HIT
	return failed, one.broken or random() < one.rate
end

--- Enters a run of all tests, as the server does it.
local function run_all(tests, random, retried)
	local storm, broken = random() < STORM, 0
	local first, second = {}, {}

	for i, one in ipairs(tests) do
		first[i], second[i] = throw(one, random, storm)
		if first[i] and not one.state.failed then
			broken = broken + 1
		end
	end
	if flaky.mass(broken, #tests) then return end
	for i, one in ipairs(tests) do
		flaky.update(one.state, first[i], false)
		if first[i] and retried then
			flaky.update(one.state, second[i], true)
		end
	end
end

local function judge(tests)
	local right, wrong, wanted, found = 0, 0, 0, 0

	for _, one in ipairs(tests) do
		local between = one.rate >= 0.01 and one.rate <= 0.99
		if between then wanted = wanted + 1 end
		if one.state.flaky then
			if between then found = found + 1 end
			if one.rate > 0 and one.rate < 1 then
				right = right + 1
			else
				wrong = wrong + 1
			end
		end
	end
	return right / (right + wrong), found / wanted, wanted, wrong
end

local function measure(list, seed, retried)
	local tests, random = {}, dice(seed)

	for i, rate in ipairs(list) do
		tests[i] = { rate = rate, state = {} }
	end
	for _ = 1, RUNS do run_all(tests, random, retried) end
	return judge(tests)
end

local function show(what, precision, recall, wanted, wrong)
	print(("  %-24s precision %.3f  recall %.3f  (%d flaky of 1 to 99 %%,"
		.. " %d others taken for it)"):format(what, precision, recall,
		wanted, wrong))
end

local tests = {}

function tests.flaky_tests_are_found_within_200_runs()
	if not fs.exists(DATA) then test.skip("no data: " .. DATA) end
	local list = rates()

	for seed = 1, 3 do
		local precision, recall, wanted, wrong = measure(list, seed,
			true)
		show("with a retry, seed " .. seed, precision, recall, wanted,
			wrong)
		test.ok(precision >= 0.95, "precision " .. precision)
		test.ok(recall >= 0.90, "recall " .. recall)
	end
	show("without retries", measure(list, 1, false))
end

return tests
