-- Which lines of a log say why a build failed, on logs of repositories that
-- the judge did not learn from (five groups of them); and what kind it was.

local fs = require("fs")
local model_train = require("model_train")
local test = require("test")
local time = require("time")
local triage = require("triage")

local failures = assert(load(fs.read("tests/quality/failures.lua"),
	"@tests/quality/failures.lua"))()

local FOLDS <const> = 5

local tests = {}

--- Repositories to groups, the same at every run.
local function groups_of(cases)
	local seen, names, groups = {}, {}, {}

	for _, case in ipairs(cases) do
		if not seen[case.repo] then
			seen[case.repo] = true
			names[#names + 1] = case.repo
		end
	end
	table.sort(names, function(a, b) return a:reverse() < b:reverse() end)
	for i, name in ipairs(names) do groups[name] = i % FOLDS end
	return groups
end

local function learn(cases, groups, without)
	local rows = failures.rows(cases, function(repo)
		return groups[repo] ~= without
	end)

	time.sleep(1) -- a script must wait now and then
	local image = model_train.train(failures.table(triage.features(),
		rows), failures.OPTIONS):export()
	return triage.judge(image), #image
end

local function last_lines(log, count)
	local texts = triage.texts(log)

	return table.concat(texts, "\n", math.max(1, #texts - count + 1))
end

local function mean_and_error(list)
	local sum, squares = 0, 0

	for _, one in ipairs(list) do
		sum, squares = sum + one, squares + one * one
	end
	local mean = sum / #list
	return mean, math.sqrt((squares / #list - mean * mean) / #list)
end

local function measure(cases, groups, totals, fold)
	local judge, size = learn(cases, groups, fold)

	totals.size = size
	time.sleep(1)
	for _, case in ipairs(cases) do
		if groups[case.repo] == fold then
			local log = fs.read(case.file)
			local found = triage.read(log, judge)
			local f1, hit = failures.score(case, found.excerpt)
			local last = failures.score(case, last_lines(log, 30))
			table.insert(totals.f1, f1)
			table.insert(totals.hit, hit and 1 or 0)
			table.insert(totals.last, last)
			table.insert(totals.more, f1 - last)
			failures.count_class(totals, case, found.class)
		end
		if time.monotonic() - totals.since > 4 then
			time.sleep(1)
			totals.since = time.monotonic()
		end
	end
end

function tests.lines_that_say_why()
	if not fs.exists(failures.DATA) then test.skip("no data") end
	local cases = failures.read(test.temp_dir())
	local groups = groups_of(cases)
	local totals = { f1 = {}, hit = {}, last = {}, more = {}, right = 0,
		known = 0, kinds = {}, since = time.monotonic() }

	for fold = 0, FOLDS - 1 do measure(cases, groups, totals, fold) end
	local f1, hit = mean_and_error(totals.f1), mean_and_error(totals.hit)
	local more, by = mean_and_error(totals.more)
	print(("triage  lines of other repositories: F1 %.3f (boosted .419)"
		.. " hit %.3f (.701); last 30 lines F1 %.3f, difference %.3f"
		.. " +- %.3f; model of %d KB"):format(f1, hit,
		(mean_and_error(totals.last)), more, by, totals.size >> 10))
	print(("triage  classes of other repositories: %.3f of %d (.61)")
		:format(totals.right / totals.known, totals.known))
	for wanted, counts in pairs(totals.kinds) do
		local parts = {}
		for got, count in pairs(counts) do
			parts[#parts + 1] = ("%s %d"):format(got, count)
		end
		table.sort(parts)
		print(("triage    %-18s %s"):format(wanted,
			table.concat(parts, ", ")))
	end
	test.ok(f1 > .40)
	test.ok(hit > .70)
end

return tests
