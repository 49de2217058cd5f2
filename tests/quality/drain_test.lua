-- Log templates on public logs of many systems, with one configuration.

local csv = require("csv")
local drain = require("drain")
local fs = require("fs")
local proc = require("proc")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/loghub2k"

local tests = {}

local function group(list)
	local groups = {}

	for i, id in ipairs(list) do
		groups[id] = groups[id] or {}
		groups[id][#groups[id] + 1] = i
	end
	return groups
end

local function count(groups)
	local n = 0

	for _ in pairs(groups) do n = n + 1 end
	return n
end

--- Returns the share of lines in a right group, and the F1 of groups.
local function compare(found, wanted)
	local ours, theirs = group(found), group(wanted)
	local lines, groups = 0, 0

	for _, members in pairs(ours) do
		local right = theirs[wanted[members[1]]]
		local same = #right == #members
		for i = 1, #members do
			same = same and right[i] == members[i]
		end
		if same then lines, groups = lines + #members, groups + 1 end
	end
	local precision = groups / count(ours)
	local recall = groups / count(theirs)
	local sum = precision + recall
	return lines / #found, sum > 0 and 2 * precision * recall / sum or 0
end

function tests.templates_of_all_systems_with_one_configuration()
	if not fs.exists(DATA) then test.skip("no data") end
	local total, share, f1 = 0, 0, 0

	for _, system in ipairs(fs.list(DATA)) do
		local file = ("%s/%s/%s_2k.log_structured.csv.gz"):format(DATA,
			system, system)
		if fs.exists(file) then
			local rows = csv.decode(proc.run { "gzip", "-dc",
				file }.stdout)
			local miner, found, wanted = drain.new(), {}, {}
			for i, row in ipairs(rows) do
				found[i] = miner:add(row.Content)
				wanted[i] = row.EventId
			end
			local ga, fga = compare(found, wanted)
			total, share, f1 = total + 1, share + ga, f1 + fga
			print(("drain   %-14s GA %.3f FGA %.3f"):format(system,
				ga, fga))
		end
	end
	print(("drain   mean of %2d     GA %.3f FGA %.3f"
		.. "  Drain, one configuration .827 .75"):format(total,
		share / total, f1 / total))
	test.ok(share / total >= .86)
	test.ok(f1 / total >= .80)
end

return tests
