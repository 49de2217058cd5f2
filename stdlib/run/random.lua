--- Random numbers of recipes: from the run's seed and the place in the recipe,
--- so that a replay sees the same ones. (splitmix64)

local hash = require("recipe.hash")

local random = {}

local function next_bits(scope)
	local state = scope.random or hash.bits(scope.path,
		scope.run.row.seed)

	state = state + 0x9e3779b97f4a7c15
	scope.random = state
	local z = state
	z = (z ~ z >> 30) * 0xbf58476d1ce4e5b9
	z = (z ~ z >> 27) * 0x94d049bb133111eb
	return z ~ z >> 31
end

--- Sets where this scope's numbers begin.
function random.seed(scope, x, y)
	scope.random = hash.bits(("%s %s"):format(tostring(x), tostring(y)),
		scope.run.row.seed)
end

--- Does what math.random does.
---@param scope run.Scope
---@param low? integer
---@param high? integer
---@return number
function random.number(scope, low, high)
	if low == nil then return (next_bits(scope) >> 11) * 2.0 ^ -53 end
	if low == 0 and high == nil then return next_bits(scope) end
	if high == nil then low, high = 1, low end
	low, high = math.tointeger(low), math.tointeger(high)
	if not low or not high then
		error("bad argument to 'random': whole numbers expected", 3)
	end
	if low > high then
		error("bad argument to 'random': interval is empty", 3)
	end
	local span = high - low + 1
	if span <= 0 then return low + (next_bits(scope) & math.maxinteger) end
	return low + (next_bits(scope) >> 1) % span
end

return random
