--- Tables that remember the order of their keys: `pairs` goes through them in
--- the order in which they came, and what writes documents does, too.
---
---     local ordered = require("ordered")
---     local map = ordered.new { { "b", 1 }, { "a", 2 } }
---     map.c = 3
---     for key, value in pairs(map) do print(key, value) end -- b, a, c
---
--- A key that was removed and comes again is the last one. `next` and `#` know
--- nothing of the order.

local ordered = {}

--- The keys of each such table, and where each key is in that list.
local orders = setmetatable({}, { __mode = "k" })

local LEAST <const> = 32

--- Forgets keys that were removed, when they are about as many as the others.
local function tidy(map, order)
	local keys, at, count = {}, {}, 0

	for i = 1, order.count do
		local key = order.keys[i]
		if order.at[key] == i and rawget(map, key) ~= nil then
			count = count + 1
			keys[count], at[key] = key, count
		end
	end
	order.keys, order.at, order.count = keys, at, count
	order.limit = math.max(LEAST, 2 * count)
end

local function iterate(map, key)
	local order = orders[map]
	local i = key == nil and 0 or order.at[key]

	if not i then error("the key is not in the table", 2) end
	while i < order.count do
		i = i + 1
		local next_key = order.keys[i]
		local value = rawget(map, next_key)
		if value ~= nil and order.at[next_key] == i then
			return next_key, value
		end
	end
end

local class = {
	__name = "ordered",

	__newindex = function(map, key, value)
		local order = orders[map]

		if value == nil then return end
		rawset(map, key, value)
		if order.count >= order.limit then tidy(map, order) end
		order.count = order.count + 1
		order.keys[order.count] = key
		order.at[key] = order.count
	end,

	__pairs = function(map) return iterate, map, nil end,
}

--- Gives `map` the order of `keys`, a list of all its keys, which it keeps.
---@generic T: table
---@param map T
---@param keys any[]
---@return T
function ordered.adopt(map, keys)
	local at = {}

	for i, key in ipairs(keys) do at[key] = i end
	orders[map] = { keys = keys, at = at, count = #keys,
		limit = math.max(LEAST, 2 * #keys) }
	return setmetatable(map, class)
end

--- Returns a new table, with these entries.
---@param entries? { [1]: any, [2]: any }[]
---@return table
function ordered.new(entries)
	local map = ordered.adopt({}, {})

	for i, entry in ipairs(entries or {}) do
		if type(entry) ~= "table" or entry[1] == nil then
			error(("entry %d is no { key, value }"):format(i), 2)
		end
		map[entry[1]] = entry[2]
	end
	return map
end

--- Returns whether `value` is such a table.
---@param value any
---@return boolean
function ordered.is(value)
	return type(value) == "table" and orders[value] ~= nil
end

--- Returns the keys of a table in the order in which `pairs` gives them.
---@param map table
---@return any[]
function ordered.keys(map)
	local keys = {}

	for key in pairs(map) do keys[#keys + 1] = key end
	return keys
end

return ordered
