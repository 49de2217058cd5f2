--- Paths to values: "db.pool", "hosts.0.name", "paths['a.b']".

local path = {}

local function fail(text, why)
	error({ code = "invalid", usage = true, message =
		("'%s' is no path of a value: %s; expected one such as db.pool"
			.. " or hosts.0.name"):format(text, why) }, 0)
end

--- Returns the keys of a path; those that are numbers count from 0 in lists.
---@param text string
---@return string[]
function path.parse(text)
	local keys, at = {}, 1

	while at <= #text do
		local quoted, after = text:match("^%[['\"](.-)['\"]%]()", at)
		local key, stop
		if quoted then
			key, stop = quoted, after
		else
			key, stop = text:match("^([^.%[%]]+)()", at)
			if not key then fail(text, "a key is empty") end
		end
		keys[#keys + 1] = key
		at = stop
		if text:sub(at, at) == "." then
			at = at + 1
			if at > #text then fail(text, "it ends with a dot") end
		elseif at <= #text and text:sub(at, at) ~= "[" then
			fail(text, "something stands behind a ]")
		end
	end
	if #keys == 0 then fail(text, "it is empty") end
	return keys
end

--- The path as people write it.
---@param keys string[]
---@return string
function path.text(keys)
	local parts = {}

	for i, key in ipairs(keys) do
		if key:find("[.%[%]]") then
			parts[#parts + 1] = ("['%s']"):format(key)
		else
			parts[#parts + 1] = (i > 1 and "." or "") .. key
		end
	end
	return table.concat(parts)
end

--- The JSON pointer of the keys.
---@param keys string[]
---@return string
function path.pointer(keys)
	local parts = {}

	for i, key in ipairs(keys) do
		parts[i] = "/" .. key:gsub("~", "~0"):gsub("/", "~1")
	end
	return table.concat(parts)
end

local function child(value, key)
	if type(value) ~= "table" then return nil end
	local found = value[key]
	if found == nil and key:find("^%d+$") then
		found = value[math.tointeger(tonumber(key)) + 1]
	end
	return found
end

--- Returns the value at a path, nil when there is none.
---@param value any
---@param keys string[]
---@return any
function path.get(value, keys)
	for _, key in ipairs(keys) do
		value = child(value, key)
		if value == nil then return nil end
	end
	return value
end

--- Sets the value at a path; tables on the way are made.
---@param value table
---@param keys string[]
---@param new any
function path.set(value, keys, new)
	for i = 1, #keys - 1 do
		local inner = child(value, keys[i])
		if type(inner) ~= "table" then
			inner = require("ordered").new {}
			value[keys[i]] = inner
		end
		value = inner
	end
	value[keys[#keys]] = new
end

return path
