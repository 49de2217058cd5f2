--- The name somebody meant: for "did you mean …?".

--- Returns the Damerau-Levenshtein distance of two strings (adjacent letters
--- that changed places count once), or nil when it is more than `limit`.
---@param a string
---@param b string
---@param limit integer
---@return integer?
local function distance(a, b, limit)
	local before, previous, current = {}, {}, {}

	if math.abs(#a - #b) > limit then return nil end
	for j = 0, #b do previous[j] = j end
	for i = 1, #a do
		local least = i
		current[0] = i
		for j = 1, #b do
			local same = a:byte(i) == b:byte(j)
			local cost = math.min(previous[j] + 1, current[j - 1] + 1,
				previous[j - 1] + (same and 0 or 1))
			if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1)
				and a:byte(i - 1) == b:byte(j) then
				cost = math.min(cost, before[j - 2] + 1)
			end
			current[j] = cost
			least = math.min(least, cost)
		end
		if least > limit then return nil end
		before, previous, current = previous, current, before
	end
	return previous[#b] <= limit and previous[#b] or nil
end

--- Returns the candidate nearest to `name`, or nil when none is near enough
--- (a third of its letters may differ). Candidates are a list of strings, or a
--- table whose keys are the candidates.
---@param name string
---@param candidates string[] | table<string, any>
---@return string?
local function nearest(name, candidates)
	local limit = math.max(1, #name // 3)
	local best, least

	local function consider(candidate)
		local d = distance(name:lower(), candidate:lower(), limit)
		if d and (not least or d < least
			or d == least and candidate < best) then
			best, least = candidate, d
		end
	end
	name = tostring(name)
	for key, value in pairs(candidates) do
		if type(key) == "string" then
			consider(key)
		elseif type(value) == "string" then
			consider(value)
		end
	end
	return best
end

return nearest
