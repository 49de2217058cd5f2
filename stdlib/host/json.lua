--- What the module `json` is made of: lua-cjson reads, this writes.

local json, cjson = ...

local DEPTH_MAX <const> = 200
local INTEGER_MAX <const> = 2.0 ^ 53
local EMPTY <const> = "\0tidemill: an empty array"

local array_mt = { __name = "json.array" }

json.null = cjson.null

function json.array(list)
	return setmetatable(list or {}, array_mt)
end

function json.is_array(value)
	return type(value) == "table"
		and (getmetatable(value) == array_mt or #value > 0)
end

--- cjson reads "[]" and "{}" alike: puts a mark into the empty arrays.
local function mark_empty_arrays(text)
	local parts, from, at = {}, 1, 1

	while true do
		local start, _, found = text:find('(["%[])', at)
		if not start then break end
		if found == '"' then
			at = start + 1
			repeat
				local stop, _, what = text:find('(["\\])', at)
				at = stop and stop + (what == "\\" and 2 or 1)
					or #text + 1
			until what ~= "\\"
		else
			local stop = text:match("^%[%s*()%]", start)
			at = stop and stop + 1 or start + 1
			if stop then
				parts[#parts + 1] = text:sub(from, start) .. '"'
					.. "\\u0000" .. EMPTY:sub(2) .. '"]'
				from = at
			end
		end
	end
	parts[#parts + 1] = text:sub(from)
	return table.concat(parts)
end

--- Whole numbers become integers, marked arrays empty ones.
local function settle(value)
	if math.type(value) == "float" then
		return value % 1 == 0 and value <= INTEGER_MAX
			and value >= -INTEGER_MAX and value // 1 | 0 or value
	elseif type(value) ~= "table" then
		return value
	elseif value[1] == EMPTY then
		return json.array()
	end
	for key, item in next, value do
		local kind = type(item)
		if kind == "table" or kind == "number" then
			value[key] = settle(item)
		end
	end
	return value
end

local function place(text, problem)
	local offset = tonumber(problem:match("at character (%d+)"))
	if not offset then return problem end
	local before = text:sub(1, offset - 1)
	local _, lines = before:gsub("\n", "")
	local column = #before:match("[^\n]*$") + 1

	return ("line %d, column %d: %s"):format(lines + 1, column,
		(problem:gsub(" at character %d+", "")))
end

function json.decode(text)
	if type(text) ~= "string" then
		error("json.decode needs a string, got " .. type(text), 2)
	end
	local marked = text:find("%[%s*%]") and mark_empty_arrays(text) or text
	local ok, value = pcall(cjson.decode, marked)

	if not ok then
		local _, problem = pcall(cjson.decode, text)
		error({ code = "invalid", message = "not JSON: "
			.. place(text, tostring(problem)) }, 0)
	end
	return settle(value)
end

local function invalid(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

local function quote(text)
	if not text:find('[%c"\\]') then return '"' .. text .. '"' end
	return (cjson.encode(text):gsub("\\/", "/"))
end

local function number(value)
	if math.type(value) == "integer" then return tostring(value) end
	if value ~= value or value == math.huge or value == -math.huge then
		invalid("JSON has no way to write %s", tostring(value))
	end
	local short = ("%.15g"):format(value)
	return tonumber(short) == value and short or ("%.17g"):format(value)
end

local write

--- The list's length when all keys are 1..n, else nil.
local function length_of(list)
	local length = #list
	local count = 0

	for _ in next, list do count = count + 1 end
	return count == length and length or nil
end

local function write_array(out, list, style, depth)
	local length = #list
	local before = style.pretty and "\n" .. style.indent:rep(depth) or ""

	if length == 0 then out[#out + 1] = "[]" return end
	out[#out + 1] = "["
	for index = 1, length do
		if index > 1 then out[#out + 1] = "," end
		out[#out + 1] = before
		write(out, list[index], style, depth)
	end
	if style.pretty then
		out[#out + 1] = "\n" .. style.indent:rep(depth - 1)
	end
	out[#out + 1] = "]"
end

local function sorted_keys(object)
	local keys, names = {}, {}

	for key in next, object do
		local kind = type(key)
		if kind ~= "string" and kind ~= "number" then
			invalid("a key of a JSON object cannot be a %s", kind)
		end
		local name = tostring(key)
		if names[name] ~= nil then
			invalid("the keys 1 and '1' are the same in JSON")
		end
		keys[#keys + 1] = name
		names[name] = key
	end
	table.sort(keys)
	return keys, names
end

local function write_object(out, object, style, depth)
	local keys, names = sorted_keys(object)
	local before = style.pretty and "\n" .. style.indent:rep(depth) or ""
	local colon = style.pretty and ": " or ":"

	if #keys == 0 then out[#out + 1] = "{}" return end
	out[#out + 1] = "{"
	for index, name in ipairs(keys) do
		if index > 1 then out[#out + 1] = "," end
		out[#out + 1] = before
		out[#out + 1] = quote(name)
		out[#out + 1] = colon
		write(out, object[names[name]], style, depth)
	end
	if style.pretty then
		out[#out + 1] = "\n" .. style.indent:rep(depth - 1)
	end
	out[#out + 1] = "}"
end

function write(out, value, style, depth)
	local kind = type(value)

	if kind == "string" then
		out[#out + 1] = quote(value)
	elseif kind == "number" then
		out[#out + 1] = number(value)
	elseif kind == "boolean" then
		out[#out + 1] = tostring(value)
	elseif value == nil or value == json.null then
		out[#out + 1] = "null"
	elseif kind ~= "table" then
		invalid("JSON has no way to write a %s", kind)
	elseif depth >= DEPTH_MAX then
		invalid("a table is nested too deeply for JSON, or holds itself")
	elseif getmetatable(value) == array_mt
		or (next(value) ~= nil and length_of(value)) then
		write_array(out, value, style, depth + 1)
	else
		write_object(out, value, style, depth + 1)
	end
end

function json.encode(value, options)
	local style = { pretty = options and options.pretty,
		indent = options and options.indent or "  " }
	local out = {}

	write(out, value, style, 0)
	return table.concat(out)
end
