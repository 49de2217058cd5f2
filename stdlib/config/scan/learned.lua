--- What the scan learned before it sees a project: a world, and its judges.

local learned = {}

--- Scores that one of so many clean changes reaches, measured on the changes
--- of projects that the judge did not learn from.
local USUAL <const> = { { .01, .853 }, { .02, .848 }, { .05, .782 },
	{ .1, .642 }, { .2, .475 } }

--- The least past reviews that say more than other projects do.
local ENOUGH <const> = 40

local function read(name)
	return require("embedded").read("stdlib/config/scan/" .. name)
end

--- The judge of changes ("change") or of values as they are ("audit").
---@param name "change"|"audit"|"file"
---@return config_scan.Score
function learned.judge(name)
	return require("config_scan").score(read(name .. ".model"))
end

--- What other projects' keys are like.
---@return config_scan.World
function learned.world()
	local world = require("config_scan").world()

	world:read(read("names.world"))
	return world
end

--- The score that so large a share of clean changes reaches elsewhere.
---@param budget number 0 to 1
---@return number
function learned.usual(budget)
	local last = { 0, 1 }

	for _, point in ipairs(USUAL) do
		if budget <= point[1] then
			return last[2] + (point[2] - last[2])
				* (budget - last[1]) / (point[1] - last[1])
		end
		last = point
	end
	return last[2] * (1 - budget) / (1 - last[1])
end

--- The score that a share `budget` of this project's past changes passes.
---@param past number[] the highest score of each, in any order
---@param budget number 0 to 1
---@return number threshold
---@return boolean whether the past decided it
function learned.threshold(past, budget)
	if #past < ENOUGH then return learned.usual(budget), false end
	local sorted = table.move(past, 1, #past, 1, {})

	table.sort(sorted)
	local at = math.ceil((1 - budget) * #sorted)
	return math.max(.2, sorted[math.max(1, math.min(#sorted, at))]), true
end

return learned
