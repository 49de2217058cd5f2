-- Single files of known programs: which parameter is wrong?
--
-- The judge learned from these six systems, so what is printed is no promise;
-- without the system it is asked about it had file F1 .82 and parameter F1 .735
-- (value shapes .828 and .733, Claude-3-Opus .757 and .568).

local csv = require("csv")
local fs = require("fs")
local learned = require("config.scan.learned")
local parameters = require("config.scan.parameters")
local test = require("test")

local FILE <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/config_params/ciri_params.csv"
local THRESHOLD <const> = .6

local tests = {}

--- Systems to lists of files, each with values and the wrong parameters.
local function read()
	local _, columns = csv.columns(fs.read(FILE), { file = FILE, text = {
		"system", "kind", "parameter", "value", "category" } })
	local systems, by = {}, {}

	for i = 1, #columns.system do
		local key = columns.system[i] .. columns.kind[i]
			.. columns.file[i]
		local file = by[key]
		if not file then
			file = { good = columns.kind[i] == "correct",
				number = columns.file[i], values = {},
				wrong = {} }
			by[key] = file
			local list = systems[columns.system[i]] or {}
			systems[columns.system[i]] = list
			list[#list + 1] = file
		end
		local path = parameters.path(columns.parameter[i])
		file.values[path] = columns.value[i]:match("^%s*['\"]?(.-)"
			.. "['\"]?%s*$")
		if columns.misconfigured[i] == 1 then
			file.wrong[path] = true
		end
	end
	return systems
end

local function top_of(scan, judge, file)
	local best

	for _, row in ipairs(scan:review({ file = { set = file.values } },
		judge)) do
		if not best or row.score > best.score then best = row end
	end
	return best
end

local function f1(hit, false_alarms, missed)
	return 2 * hit / (2 * hit + false_alarms + missed)
end

local function measure(list, judge)
	local scan = require("config_scan").new(learned.world())
	local bad, good, alarms, told, right = 0, 0, 0, 0, 0

	for _, file in ipairs(list) do
		if file.good and file.number % 2 == 0 then
			scan:learn { file = { set = file.values } }
		end
	end
	for _, file in ipairs(list) do
		local top = top_of(scan, judge, file)
		local flagged = top.score > THRESHOLD
		if not file.good then
			bad = bad + 1
			told = told + (flagged and 1 or 0)
			right = right + (flagged and file.wrong[top.path]
				and 1 or 0)
		elseif file.number % 2 == 1 then
			good = good + 1
			alarms = alarms + (flagged and 1 or 0)
		end
	end
	alarms = alarms * bad / good
	return f1(told, alarms, bad - told),
		f1(right, alarms + told - right, bad - right)
end

function tests.single_files_are_judged()
	if not fs.exists(FILE) then test.skip("no data") end
	local judge, files, named, count = learned.judge("file"), 0, 0, 0

	for _, list in pairs(read()) do
		local file, parameter = measure(list, judge)
		files, named, count = files + file, named + parameter,
			count + 1
	end
	print(("config  single files: file F1 %.3f parameter F1 %.3f (learned"
		.. " from; shapes .828 .733)"):format(files / count,
		named / count))
	test.ok(files / count > .75)
end

return tests
