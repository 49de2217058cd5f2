--- The search for the first bad commit, without the commits: numbers from 0
--- (good) to `count` (bad), and what is known of each.

local search = {}

---@alias bisect.Verdict "good"|"bad"|"skip"

--- Returns the last good number before the last change for the worse, and the
--- first bad one behind it.
---@param known table<integer, bisect.Verdict>
---@param count integer
---@return integer good
---@return integer bad
function search.bounds(known, count)
	local good, bad = 0, count

	for i = 1, count - 1 do
		if known[i] == "good" then good = i end
	end
	for i = count - 1, good + 1, -1 do
		if known[i] == "bad" then bad = i end
	end
	return good, bad
end

--- Returns the number to look at next: the one nearest to the middle of which
--- nothing is known. Nil: there is none, the search is over.
---@param known table<integer, bisect.Verdict>
---@param count integer
---@return integer?
function search.next(known, count)
	local good, bad = search.bounds(known, count)
	local middle = (good + bad) // 2

	for distance = 0, bad - good do
		for _, i in ipairs { middle - distance, middle + distance } do
			if i > good and i < bad and not known[i] then
				return i
			end
		end
	end
	return nil
end

--- Returns how many runs are left at most, skipped ones aside.
---@param known table<integer, bisect.Verdict>
---@param count integer
---@return integer
function search.left(known, count)
	local good, bad = search.bounds(known, count)
	local open, runs = 0, 0

	for i = good + 1, bad - 1 do
		if not known[i] then open = open + 1 end
	end
	while open > 0 do open, runs = open // 2, runs + 1 end
	return runs
end

return search
