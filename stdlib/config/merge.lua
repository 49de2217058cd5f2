--- Layers become one: later ones win, and for every value it is known which
--- layer set it and what it replaced.

local paths = require("config.path")

local merge = {}

---@class config.Origin
---@field layer string
---@field file? string
---@field line? integer
---@field value any

---@class config.Merged
---@field value table
---@field origins table<string, config.Origin[]> by path: the winner is last

---@class config.Layer
---@field name string
---@field value any
---@field lines? table<string, integer>
---@field file? string

local json = require("json")

local function is_list(value)
	return json.is_array(value) or type(value) == "table" and #value > 0
end

local function is_map(value)
	return type(value) == "table" and not is_list(value)
end

local function record(self, keys, layer, value)
	local name = paths.text(keys)
	local list = self.origins[name] or {}

	self.origins[name] = list
	list[#list + 1] = { layer = layer.name, file = layer.file,
		line = layer.lines and layer.lines[paths.pointer(keys)],
		value = value }
end

local function with(keys, key)
	local copy = table.move(keys, 1, #keys, 1, {})

	copy[#copy + 1] = tostring(key)
	return copy
end

--- A copy whose values all come from `layer`.
local function adopt(self, keys, layer, value)
	if #keys > 0 then record(self, keys, layer, value) end
	if is_list(value) then
		local list = json.array {}
		for i, item in ipairs(value) do
			list[i] = adopt(self, with(keys, i - 1), layer, item)
		end
		return list
	elseif is_map(value) then
		local map = require("ordered").new {}
		for key, item in pairs(value) do
			map[key] = adopt(self, with(keys, key), layer, item)
		end
		return map
	end
	return value
end

local function same(a, b)
	return type(a) ~= "table" and a == b
		or type(a) == "table" and type(b) == "table"
		and json.encode(a) == json.encode(b)
end

--- The item of `list` that has the same `by` as `item`.
local function find(list, by, item)
	for i, other in ipairs(list) do
		if type(other) == "table" and type(item) == "table"
			and other[by] ~= nil and other[by] == item[by] then
			return i
		end
	end
	return nil
end

local combine

local lists = {}

function lists.append(self, keys, layer, old, new)
	for _, item in ipairs(new) do
		old[#old + 1] = adopt(self, with(keys, #old), layer, item)
	end
	return old
end

function lists.prepend(self, keys, layer, old, new)
	local joined = json.array {}

	for i, item in ipairs(new) do
		joined[i] = adopt(self, with(keys, i - 1), layer, item)
	end
	return table.move(old, 1, #old, #joined + 1, joined)
end

function lists.unique(self, keys, layer, old, new)
	for _, item in ipairs(new) do
		local known = false
		for _, other in ipairs(old) do
			known = known or same(other, item)
		end
		if not known then
			old[#old + 1] = adopt(self, with(keys, #old), layer,
				item)
		end
	end
	return old
end

function lists.by(self, keys, layer, old, new, by)
	for _, item in ipairs(new) do
		local at = find(old, by, item)
		if at then
			old[at] = combine(self, with(keys, at - 1), layer,
				old[at], item)
		else
			old[#old + 1] = adopt(self, with(keys, #old), layer,
				item)
		end
	end
	return old
end

--- Forgets what was known of everything below a path that was replaced.
local function forget(self, keys)
	local name = paths.text(keys)

	for path in pairs(self.origins) do
		if path:sub(1, #name) == name
			and path:find("^[.%[]", #name + 1) then
			self.origins[path] = nil
		end
	end
end

local function merge_lists(self, keys, layer, old, new)
	local how = self.strategies[paths.text(keys)]

	if how == nil or how == "replace" then return nil end
	record(self, keys, layer, new)
	if type(how) == "table" then
		return lists.by(self, keys, layer, old, new, how.by)
	end
	return lists[how](self, keys, layer, old, new)
end

--- What `new` of `layer` makes of `old`: maps are merged, lists by what was
--- declared, everything else is replaced. null removes.
function combine(self, keys, layer, old, new)
	if is_map(old) and is_map(new) then
		if #keys > 0 then record(self, keys, layer, new) end
		for key, item in pairs(new) do
			local inner = with(keys, key)
			if item == json.null then
				record(self, inner, layer, json.null)
				forget(self, inner)
				old[key] = nil
			elseif old[key] == nil then
				old[key] = adopt(self, inner, layer, item)
			else
				old[key] = combine(self, inner, layer, old[key],
					item)
			end
		end
		return old
	end
	if is_list(old) and is_list(new) then
		local list = merge_lists(self, keys, layer, old, new)
		if list then return list end
	end
	forget(self, keys)
	return adopt(self, keys, layer, new)
end

--- Merges layers, the later ones winning.
---@param layers config.Layer[]
---@param strategies? table<string, string|{ by: string }>
---@return config.Merged
function merge.all(layers, strategies)
	local self = { origins = {}, strategies = strategies or {} }
	local value = require("ordered").new {}

	for _, layer in ipairs(layers) do
		if is_map(layer.value) then
			value = combine(self, {}, layer, value, layer.value)
		elseif layer.value ~= json.null and layer.value ~= nil then
			error({ code = "invalid", message = ("%s: a layer is a"
				.. " mapping, not a %s"):format(layer.file
				or layer.name, is_list(layer.value) and "list"
				or type(layer.value)) }, 0)
		end
	end
	return { value = value, origins = self.origins }
end

return merge
