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
---@field indexed? boolean its keys may be the indices of lists

local json = require("json")
local values = require("config.value")

local is_list, is_map = values.is_list, values.is_map

--- The line of a value in its layer, where items of lists may have had other
--- indices.
local function line_of(keys, layer)
	if not layer.lines then return nil end
	if layer.moved then
		keys = table.move(keys, 1, #keys, 1, {})
		for depth, index in pairs(layer.moved) do
			keys[depth] = index
		end
	end
	return layer.lines[paths.pointer(keys)]
end

local function record(self, keys, layer, value)
	local name = paths.text(keys)
	local list = self.origins[name] or {}

	self.origins[name] = list
	list[#list + 1] = { layer = layer.name, file = layer.file,
		line = line_of(keys, layer), value = value }
end

--- The layer, for an item of the list at `keys` whose index there is `index`.
local function moved(layer, keys, index)
	local all = {}

	for depth, other in pairs(layer.moved or {}) do all[depth] = other end
	all[#keys + 1] = tostring(index)
	return setmetatable({ moved = all }, { __index = layer })
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
			local inner = with(keys, key)
			if item == json.null then
				record(self, inner, layer, json.null)
			else
				map[key] = adopt(self, inner, layer, item)
			end
		end
		return map
	end
	return value
end

local combine

local lists = {}

--- Puts item `i` of a layer's list behind all others.
local function add(self, keys, layer, old, i, item)
	old[#old + 1] = adopt(self, with(keys, #old), moved(layer, keys, i - 1),
		item)
end

function lists.append(self, keys, layer, old, new)
	for i, item in ipairs(new) do add(self, keys, layer, old, i, item) end
	return old
end

--- What is known of the items of a list goes with them to their new places.
local function shift(self, keys, old, by)
	local function move(from, to, value)
		local name = paths.text(from)
		self.origins[paths.text(to)] = self.origins[name]
		self.origins[name] = nil
		if type(value) ~= "table" then return end
		local list = is_list(value)
		for key, item in pairs(value) do
			key = list and key - 1 or key
			move(with(from, key), with(to, key), item)
		end
	end

	for i = #old, 1, -1 do
		move(with(keys, i - 1), with(keys, i - 1 + by), old[i])
	end
end

function lists.prepend(self, keys, layer, old, new)
	local joined = json.array {}

	shift(self, keys, old, #new)
	for i, item in ipairs(new) do
		joined[i] = adopt(self, with(keys, i - 1), layer, item)
	end
	return table.move(old, 1, #old, #joined + 1, joined)
end

function lists.unique(self, keys, layer, old, new)
	local known = {}

	for _, item in ipairs(old) do known[json.encode(item)] = true end
	for i, item in ipairs(new) do
		local text = json.encode(item)
		if not known[text] then
			known[text] = true
			add(self, keys, layer, old, i, item)
		end
	end
	return old
end

function lists.by(self, keys, layer, old, new, by)
	local places = {}
	local function name_of(item)
		if type(item) ~= "table" then return nil end
		return item[by]
	end

	for i = #old, 1, -1 do
		local name = name_of(old[i])
		if name ~= nil then places[name] = i end
	end
	for i, item in ipairs(new) do
		local name = name_of(item)
		local at = name ~= nil and places[name]
		if at then
			old[at] = combine(self, with(keys, at - 1),
				moved(layer, keys, i - 1), old[at], item)
		else
			add(self, keys, layer, old, i, item)
			if name ~= nil then places[name] = #old end
		end
	end
	return old
end

--- Forgets what was known of everything below a value that is replaced.
local function forget(self, keys, value)
	if type(value) ~= "table" then return end
	local list = is_list(value)

	for key, item in pairs(value) do
		local inner = with(keys, list and key - 1 or key)
		self.origins[paths.text(inner)] = nil
		forget(self, inner, item)
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

--- Items of a list that are named by their index: hosts.0.name.
local function merge_items(self, keys, layer, old, new)
	for key, item in pairs(new) do
		local inner = with(keys, key)
		local at = math.tointeger(tonumber(key))
		if not at or at < 0 or at > #old then
			error({ code = "invalid", message = ("%s: '%s' is no"
				.. " item of a list of %d"):format(layer.name,
				paths.text(inner), #old) }, 0)
		elseif at == #old then
			old[at + 1] = adopt(self, inner, layer, item)
		else
			old[at + 1] = combine(self, inner, layer, old[at + 1],
				item)
		end
	end
	return old
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
				forget(self, inner, old[key])
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
	if layer.indexed and is_list(old) and is_map(new) then
		return merge_items(self, keys, layer, old, new)
	end
	if is_list(old) and is_list(new) then
		local list = merge_lists(self, keys, layer, old, new)
		if list then return list end
	end
	forget(self, keys, old)
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
