--- Values as text for people: tables sorted, cycles and sizes bounded.

local MAX_DEPTH <const> = 6
local MAX_ENTRIES <const> = 60
local MAX_STRING <const> = 2000
local WIDTH <const> = 76

local KEYWORDS <const> = { ["and"] = true, ["break"] = true, ["do"] = true,
	["else"] = true, ["elseif"] = true, ["end"] = true, ["false"] = true,
	["for"] = true, ["function"] = true, ["goto"] = true, ["if"] = true,
	["in"] = true, ["local"] = true, ["nil"] = true, ["not"] = true,
	["or"] = true, ["repeat"] = true, ["return"] = true, ["then"] = true,
	["true"] = true, ["until"] = true, ["while"] = true }

local ESCAPES <const> = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r",
	['"'] = '\\"', ["\\"] = "\\\\" }

local function quote(text)
	local cut = #text > MAX_STRING
	local shown = (cut and text:sub(1, MAX_STRING) or text)
		:gsub('[%c"\\]', function(letter)
			return ESCAPES[letter]
				or ("\\%d"):format(letter:byte())
		end)

	return '"' .. shown .. '"' .. (cut and (" … (%d bytes)"):format(#text)
		or "")
end

local STYLES <const> = { string = "green", number = "cyan",
	boolean = "yellow", ["nil"] = "grey", ["function"] = "magenta",
	userdata = "magenta", thread = "magenta" }

local ORDER <const> = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
	local x, y = ORDER[type(a)] or 4, ORDER[type(b)] or 4

	if x ~= y then return x < y end
	if x < 3 then return a < b end
	return tostring(a) < tostring(b)
end

local function sorted_keys(value, length)
	local keys = {}

	for key in next, value do
		local is_item = math.type(key) == "integer" and key >= 1
			and key <= length
		if not is_item then keys[#keys + 1] = key end
	end
	table.sort(keys, before)
	return keys
end

local render

local function key_text(key, state)
	if type(key) == "string" and key:find("^[%a_][%w_]*$")
		and not KEYWORDS[key] then
		return key
	end
	return "[" .. render(key, state, MAX_DEPTH) .. "]"
end

local function entries_of(value, state, depth)
	local entries, length = {}, rawlen(value)
	local keys = sorted_keys(value, length)

	for i = 1, math.min(length, MAX_ENTRIES) do
		entries[i] = render(rawget(value, i), state, depth + 1)
	end
	if length > MAX_ENTRIES then
		entries[#entries + 1] = ("… %d more"):format(
			length - MAX_ENTRIES)
	end
	for i, key in ipairs(keys) do
		if i > MAX_ENTRIES then
			entries[#entries + 1] = ("… %d more"):format(
				#keys - MAX_ENTRIES)
			break
		end
		entries[#entries + 1] = key_text(key, state) .. " = "
			.. render(rawget(value, key), state, depth + 1)
	end
	return entries
end

local function layout(entries, depth)
	local format = require("terminal.format")
	local line, width = table.concat(entries, ", "), 0

	for _, entry in ipairs(entries) do
		width = width + format.width(entry) + 2
	end
	if width + depth * 2 <= WIDTH and not line:find("\n", 1, true) then
		return "{ " .. line .. " }"
	end
	local indent = ("  "):rep(depth + 1)
	return "{\n" .. indent .. table.concat(entries, ",\n" .. indent)
		.. "\n" .. ("  "):rep(depth) .. "}"
end

local function render_table(value, state, depth)
	local meta = getmetatable(value)

	if type(meta) == "table" and rawget(meta, "__tostring") then
		local ok, text = pcall(tostring, value)
		if ok then return state.paint("magenta", text) end
	end
	if state.open[value] then return state.paint("red", "<cycle>") end
	if next(value) == nil then return "{}" end
	if depth >= MAX_DEPTH then return "{…}" end
	state.open[value] = true
	local entries = entries_of(value, state, depth)
	state.open[value] = nil
	return layout(entries, depth)
end

function render(value, state, depth)
	local kind = type(value)

	if kind == "table" then return render_table(value, state, depth) end
	local text = kind == "string" and quote(value) or tostring(value)
	return state.paint(STYLES[kind] or "", text)
end

--- Returns `value` as text.
---@param value any
---@param paint? terminal.Paint
---@return string
return function(value, paint)
	local state = { open = {}, paint = paint
		or require("terminal.colour").plain }

	return render(value, state, 0)
end
