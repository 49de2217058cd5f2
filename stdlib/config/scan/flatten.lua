--- A document as paths and values, as the scan knows them.
---
--- Items of lists are "/hosts/[0]", or "/env/[DB_HOST]" when all have names:
--- so that an item keeps its history when another comes before it.

local value = require("config.value")

local flatten = {}

local NAMES <const> = { "name", "key", "id" }

local function escape(key)
	return (tostring(key):gsub("~", "~0"):gsub("/", "~1"))
end

--- The field that names every item of a list, each by another name.
local function naming(list)
	for _, field in ipairs(NAMES) do
		local seen, all = {}, #list > 0

		for _, item in ipairs(list) do
			local name = type(item) == "table" and item[field]
			all = all and type(name) == "string" and not seen[name]
				and not name:find("[%[%]]")
			if not all then break end
			seen[name] = true
		end
		if all then return field end
	end
	return nil
end

local walk

local function walk_list(list, path, pointer, result)
	local field = naming(list)

	for i, item in ipairs(list) do
		local name = field and item[field] or tostring(i - 1)
		walk(item, ("%s/[%s]"):format(path, escape(name)),
			("%s/%d"):format(pointer, i - 1), result)
	end
end

function walk(any, path, pointer, result)
	if type(any) ~= "table" or next(any) == nil then
		result.values[path] = any
		result.pointers[path] = pointer
	elseif value.is_list(any) then
		walk_list(any, path, pointer, result)
	else
		for key, item in pairs(any) do
			key = escape(key)
			walk(item, path .. "/" .. key, pointer .. "/" .. key,
				result)
		end
	end
end

---@class config.Flat
---@field values table<string, any> by path
---@field pointers table<string, string> path to JSON pointer

--- Returns the values of a document.
---@param any any
---@return config.Flat
function flatten.document(any)
	local result = { values = {}, pointers = {} }

	walk(any, "", "", result)
	return result
end

--- Returns what leads from one set of values to another.
---@param before table<string, any>
---@param after table<string, any>
---@return { set: table<string, any>, del: string[] }
---@return boolean whether there is a difference
function flatten.delta(before, after)
	local delta, some = { set = {}, del = {} }, false

	for path, new in pairs(after) do
		local old = before[path]
		if old == nil or not value.same(old, new) then
			delta.set[path], some = new, true
		end
	end
	for path in pairs(before) do
		if after[path] == nil then
			delta.del[#delta.del + 1], some = path, true
		end
	end
	table.sort(delta.del)
	return delta, some
end

return flatten
