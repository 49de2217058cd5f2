-- Are tests split into parts of the same time? On the histories of real test
-- suites (Apache Commons, ABB's IOF/ROL): each cycle is split by the times of
-- earlier cycles alone, and judged by those that it really took.
--
-- The optimum of a cycle is not known; no split is better than the longest
-- test, or the whole time in equal parts. What is measured is the sum of the
-- longest parts of all cycles over the sum of these bounds, so it is at least 1
-- and at least as far from the optimum as it says.

local csv = require("csv")
local fs = require("fs")
local proc = require("proc")
local reports = require("reports")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data") .. "/tcp"
local PARTS <const> = { 2, 4, 8 }
local CYCLES <const> = 20 -- earlier ones whose times count
local LEARN <const> = 0.2 -- of the cycles are not judged: there is no history

local FILES <const> = {
	{ "Commons_compress", "test_class_name", "cycle_id", "time", "," },
	{ "Commons_lang", "test_class_name", "cycle_id", "time", "," },
	{ "Commons_math", "test_class_name", "cycle_id", "time", "," },
	{ "iofrol", "Name", "Cycle", "Duration", ";" },
}

--- Returns the cycles in their order: lists of { name, seconds }.
local function read(name, test_column, cycle_column, time_column, separator)
	local plain = test.temp_dir() .. "/plain.csv"

	proc.run { "sh", "-c", 'gzip -dc "$1" >"$2"', "sh",
		("%s/%s.csv.gz"):format(DATA, name), plain }
	local cycles, by = {}, {}
	for _, row in ipairs(csv.decode(fs.read(plain, 256 << 20),
		{ separator = separator })) do
		local id = row[cycle_column]
		if not by[id] then
			by[id] = {}
			cycles[#cycles + 1] = by[id]
		end
		table.insert(by[id], { name = row[test_column],
			took = tonumber(row[time_column]) or 0 })
	end
	return cycles
end

--- The mean of a test's last times, nil for a new test.
local function expected(past)
	local sum, first = 0, math.max(1, #(past or {}) - CYCLES + 1)

	if not past then return nil end
	for i = first, #past do sum = sum + past[i] end
	return sum / (#past - first + 1)
end

local function longest(parts)
	local most = 0

	for _, part in ipairs(parts) do
		local sum = 0
		for _, one in ipairs(part) do sum = sum + one.took end
		most = math.max(most, sum)
	end
	return most
end

local function bound(cycle, parts)
	local sum, most = 0, 0

	for _, one in ipairs(cycle) do
		sum, most = sum + one.took, math.max(most, one.took)
	end
	return math.max(sum / parts, most)
end

--- Returns the ratio with the real times, by the history, and by count alone.
local function measure(cycles, parts)
	local past, best = {}, 0
	local known, learnt, blind = 0, 0, 0

	for at, cycle in ipairs(cycles) do
		local real = {}
		for i, one in ipairs(cycle) do
			one.seconds = expected(past[one.name])
			real[i] = { took = one.took, seconds = one.took }
		end
		if at > #cycles * LEARN then
			local equal = {}
			for i, one in ipairs(cycle) do
				equal[i] = { took = one.took }
			end
			best = best + bound(cycle, parts)
			known = known + longest(reports.split(real, parts))
			learnt = learnt + longest(reports.split(cycle, parts))
			blind = blind + longest(reports.split(equal, parts))
		end
		for _, one in ipairs(cycle) do
			past[one.name] = past[one.name] or {}
			table.insert(past[one.name], one.took)
		end
	end
	return known / best, learnt / best, blind / best
end

local tests = {}

function tests.parts_take_about_the_same_time()
	if not fs.exists(DATA) then test.skip("no data: " .. DATA) end
	for _, file in ipairs(FILES) do
		local cycles = read(table.unpack(file))
		for _, parts in ipairs(PARTS) do
			local known, learnt, blind = measure(cycles, parts)
			print(("split  %-18s %d parts  by the real times %.3f"
				.. "  by history %.3f  by count %.3f"):format(
				file[1], parts, known, learnt, blind))
			test.ok(known <= 1.1, file[1])
			test.ok(learnt <= blind, file[1])
		end
	end
end

return tests
