-- The scan of configuration on real projects' changes and snapshots.
--
-- Every fourth project (p03, p07, …) was not learned from: its rows are what
-- another team can expect.

local fs = require("fs")
local json = require("json")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/config_history"

local tests = {}
local judged

local function read(name) return json.decode(fs.read(DATA .. "/" .. name)) end

local function found()
	if not fs.exists(DATA) then test.skip("no data") end
	judged = judged or require("config.scan.batch").run(DATA)
	return judged
end

local function held_out(id) return tonumber(id:sub(2)) % 4 == 3 end

--- Case to project, of those that were not learned from.
local function others(name)
	local projects = {}

	for _, case in ipairs(read(name).cases) do
		projects[case.id] = held_out(case.project) or nil
	end
	return projects
end

--- The area under the curve; equal scores count half.
local function area(positive, negative)
	local sum = 0

	for _, p in ipairs(positive) do
		for _, n in ipairs(negative) do
			sum = sum + (p > n and 1 or p == n and .5 or 0)
		end
	end
	return sum / (#positive * #negative)
end

local function top(rows) return rows and rows[1] or { "", "", 0 } end

local function is_labelled(row, label)
	for _, key in ipairs(label.keys) do
		if key[1] == row[1] and key[2] == row[2] then return true end
	end
	return false
end

local function review(counts, select)
	local predicted, labels = found(), read("labels.json")
	local score = { clean = {}, injected = {}, real = {} }

	for id, label in pairs(labels) do
		if select(id) then
			table.insert(score[label.label],
				top(predicted[id])[3])
		end
	end
	table.sort(score.clean, function(a, b) return a > b end)
	local threshold = score.clean[#score.clean // 20 + 1]
	local told, right, types = 0, 0, {}
	for id, label in pairs(labels) do
		if select(id) and label.label == "injected" then
			local row = top(predicted[id])
			local kind = types[label.type] or { 0, 0 }
			types[label.type] = kind
			kind[2] = kind[2] + 1
			if row[3] > threshold then
				told, kind[1] = told + 1, kind[1] + 1
				right = right + (is_labelled(row, label) and 1
					or 0)
			end
		end
	end
	local all = #score.injected
	counts.injected = area(score.injected, score.clean)
	counts.real = area(score.real, score.clean)
	counts.recall, counts.located = told / all, right / all
	counts.types = types
	return counts
end

local function print_review(name, counts)
	print(("config  %-22s AUC injected %.3f (rules .80, boosted .835)"
		.. " real %.3f (.64, .68)"):format(name, counts.injected,
		counts.real))
	print(("config  %-22s at 5%% false alarms: recall %.3f (.41)"
		.. " located %.3f"):format(name, counts.recall,
		counts.located))
	local names = {}
	for kind in pairs(counts.types) do names[#names + 1] = kind end
	table.sort(names)
	for i, kind in ipairs(names) do
		local pair = counts.types[kind]
		names[i] = ("%s %.2f"):format(kind, pair[1] / pair[2])
	end
	print(("config  %-22s %s"):format(name, table.concat(names, ", ")))
end

function tests.changes_are_judged()
	found()
	local out = others("cases.json")
	local counts = review({}, function(id) return out[id] end)

	print_review("changes, not learned", counts)
	print_review("changes, all", review({}, function() return true end))
	test.ok(counts.injected >= .86)
	test.ok(counts.real >= .70)
	test.ok(counts.recall >= .50)
	test.ok(counts.located >= .45)
	local missing = counts.types.missing_key
	test.ok(missing[1] / missing[2] >= .5)
end

local function audit(labels, select)
	local predicted, first, five, all = found(), 0, 0, 0

	for id, label in pairs(labels) do
		if select(id) then
			all = all + 1
			for i = 1, 5 do
				local row = predicted[id][i]
				if row and is_labelled(row, label) then
					first = first + (i == 1 and 1 or 0)
					five = five + 1
					break
				end
			end
		end
	end
	return first / all, five / all
end

function tests.snapshots_are_judged()
	found()
	local out, labels = others("audit_cases.json"),
		read("audit_labels.json")
	local first, five = audit(labels, function(id) return out[id] end)

	print(("config  audit, not learned     R@1 %.3f (.34) R@5 %.3f (.52)")
		:format(first, five))
	print(("config  audit, all             R@1 %.3f R@5 %.3f"):format(
		audit(labels, function() return true end)))
	test.ok(first >= .42)
	test.ok(five >= .60)
end

return tests
