-- The canary judge on real metrics: Kayenta's vectors, Sock Shop under load.

local canary = require("canary")
local csv = require("csv")
local fs = require("fs")
local json = require("json")
local proc = require("proc")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/canary"

local tests = {}

local function need_data()
	if not fs.exists(DATA) then test.skip("no data") end
end

local CLASSES <const> = { Pass = "pass", High = "high", Low = "low",
	Nodata = "nodata" }

local function options_of(vector)
	local given = vector.options

	return { judge = vector.classifier == "MannWhitneyClassifier" and "ranks"
			or "means",
		tolerance = given.tolerance, confidence = given.confLevel,
		allowed = given.effectSizeThresholds,
		fatal = given.criticalThresholds,
		effect = given.effectSizeMeasure == "cles" and "cles" or nil,
		direction = vector.direction:lower(),
		critical = vector.critical, required = vector.dataRequired,
		replace = vector.nanStrategy == "Replace" }
end

function tests.kayentas_vectors_agree()
	need_data()
	local vectors = json.decode(fs.read(DATA
		.. "/kayenta_classifier_vectors.json"))
	local agreed, wrong = 0, {}

	for _, vector in ipairs(vectors) do
		local metric = canary.metric(vector.control, vector.experiment,
			options_of(vector))
		local fatal = vector.expect_critical
		if (not CLASSES[vector.expect]
			or metric.classification == CLASSES[vector.expect])
			and (type(fatal) ~= "boolean"
			or metric.critical_failure == fatal) then
			agreed = agreed + 1
		else
			wrong[#wrong + 1] = vector.name .. ": "
				.. metric.classification .. " "
				.. tostring(metric.critical_failure)
		end
	end
	print(("canary  Kayenta's vectors          %d of %d"):format(agreed,
		#vectors))
	test.equal(table.concat(wrong, "\n"), "")
end

local function load(dir, which)
	local text = proc.run({ "gzip", "-dc",
		("%s/%s.csv.gz"):format(dir, which) }).stdout
	local names, columns = csv.columns(text, { file = which })

	return { names = names, columns = columns, rows = #columns[names[1]] }
end

local function slice(list, first, last, factor)
	local part = {}

	for i = first, last do part[#part + 1] = list[i] * (factor or 1) end
	return part
end

--- Is any metric of the service flagged?
local function flagged(service, a, a_from, b, b_from, factor)
	local names = {}

	for _, name in ipairs(a.names) do
		if name:sub(1, #service + 1) == service .. "_" then
			names[#names + 1] = name
		end
	end
	for _, name in ipairs(names) do
		local times = factor and not name:find("_mem$") and factor
		local metric = canary.metric(
			slice(a.columns[name], a_from, a_from + 59),
			slice(b.columns[name], b_from, b_from + 59, times),
			{ direction = "increase", metrics = #names })
		if metric.classification == "high" then return 1 end
	end
	return 0
end

local function judge_all(counts)
	for _, folder in ipairs(fs.list(DATA .. "/sockshop")) do
		local service, former = folder:match("^(.*)%-%a+$"), nil
		for i = 1, 5 do
			local dir = ("%s/sockshop/%s/%d"):format(DATA, folder, i)
			local normal = load(dir, "normal")
			local broken = load(dir, "anomalous")
			local middle = normal.rows // 2
			local function count(name, ...)
				counts[name][1] = counts[name][1] + flagged(
					service, ...)
				counts[name][2] = counts[name][2] + 1
			end
			count("none", normal, middle - 59, normal, middle + 1)
			count("x1.2", normal, middle - 59, normal, middle + 1,
				1.2)
			count("x1.5", normal, middle - 59, normal, middle + 1,
				1.5)
			count("fault", normal, normal.rows - 119, broken,
				broken.rows - 59)
			if former then
				count("runs", former, former.rows - 59, normal,
					normal.rows - 59)
			end
			former = normal
		end
	end
end

function tests.wandering_metrics_are_no_alarm_and_faults_are()
	need_data()
	local counts = { none = { 0, 0 }, runs = { 0, 0 }, ["x1.2"] = { 0, 0 },
		["x1.5"] = { 0, 0 }, fault = { 0, 0 } }

	judge_all(counts)
	for _, row in ipairs {
		{ "none", "no change, false alarms", "Kayenta .60" },
		{ "runs", "two runs, false alarms", "" },
		{ "x1.2", "x1.2, seen", "" }, { "x1.5", "x1.5, seen", "" },
		{ "fault", "faults, seen", "" } } do
		local count = counts[row[1]]
		print(("canary  %-26s %.3f of %d  %s"):format(row[2],
			count[1] / count[2], count[2], row[3]))
	end
	test.ok(counts.none[1] / counts.none[2] <= .05)
	test.ok(counts.runs[1] / counts.runs[2] <= .05)
	test.ok(counts["x1.5"][1] / counts["x1.5"][2] >= .95)
end

return tests
