--- Formats of one level: dotenv and Java's properties. All values are strings.

local flat = {}

local function fail(file, line, format, ...)
	error({ code = "invalid", message = ("%s:%d: %s"):format(file, line,
		format:format(...)) }, 0)
end

local function pointer(key)
	return "/" .. (key:gsub("~", "~0"):gsub("/", "~1"))
end

local function put(result, lines, file, line, key, value)
	local former = lines[pointer(key)]

	if former then
		fail(file, line, "the key '%s' is there twice, first in line %d",
			key, former)
	end
	result[key] = value
	lines[pointer(key)] = line
end

local ESCAPES <const> = { n = "\n", t = "\t", r = "\r", ['"'] = '"',
	["\\"] = "\\", ["$"] = "$" }

--- Takes a quoted value that may go over several lines off the text at `at`.
local function quoted(text, at, file, line)
	local quote, parts, from = text:sub(at, at), {}, at + 1

	while true do
		local stop = text:find(quote == '"' and '["\\]' or "'", from)
		if not stop then fail(file, line, "a quote is not closed") end
		parts[#parts + 1] = text:sub(from, stop - 1)
		if text:sub(stop, stop) == quote then
			return table.concat(parts), stop + 1
		end
		local next_byte = text:sub(stop + 1, stop + 1)
		parts[#parts + 1] = ESCAPES[next_byte] or "\\" .. next_byte
		from = stop + 2
	end
end

--- Reads dotenv: NAME=value, `export` before it, # comments, '…' as it is, "…"
--- with \n \t \" \\ \$; nothing is expanded.
---@param text string
---@param file string
---@return table<string, string> value
---@return table<string, integer> lines
function flat.dotenv(text, file)
	local result, lines = require("ordered").new {}, {}
	local at, line = 1, 1

	while at <= #text do
		local stop = text:find("\n", at, true) or #text + 1
		local content = text:sub(at, stop - 1):gsub("\r$", "")
		local after = stop + 1
		if content:find("%S") and not content:find("^%s*#") then
			local head, key, rest = content:match(
				"^(%s*)([%w_.%-]+)%s*=[ \t]*()")
			if key == nil then
				head, key, rest = content:match(
					"^(%s*export%s+)([%w_.%-]+)%s*=[ \t]*()")
			end
			if not head then
				fail(file, line, "'%s' is no NAME=value",
					content:sub(1, 40))
			end
			local value = content:sub(rest)
			if value:find("^[\"']") then
				local ended
				value, ended = quoted(text, at + rest - 1, file,
					line)
				after = (text:find("\n", ended, true)
					or #text + 1) + 1
			else
				value = value:gsub("%s+#.*$", "")
					:gsub("%s+$", "")
			end
			put(result, lines, file, line, key, value)
		end
		line = line + select(2, text:sub(at, after - 1)
			:gsub("\n", ""))
		at = after
	end
	return result, lines
end

local function unescape(text, file, line)
	return (text:gsub("\\(u?)(%x?%x?%x?%x?)(.?)", function(u, hex, rest)
		if u == "u" then
			if #hex < 4 then
				fail(file, line, "\\u wants four digits")
			end
			return utf8.char(tonumber(hex, 16)) .. rest
		end
		local tail = hex .. rest
		local first = tail:sub(1, 1)
		return (ESCAPES[first] or first) .. tail:sub(2)
	end))
end

--- Splits "key = value", "key: value" and "key value" at the first separator
--- that is not escaped.
local function split(content)
	local at = 1

	while at <= #content do
		local byte = content:sub(at, at)
		if byte == "\\" then
			at = at + 1
		elseif byte:find("[=:%s]") then
			break
		end
		at = at + 1
	end
	return content:sub(1, at - 1),
		(content:sub(at):gsub("^%s*[=:]?%s*", "", 1))
end

--- Reads Java's properties: # and ! comments, a backslash at the end of a line
--- goes on in the next, \uXXXX.
---@param text string
---@param file string
---@return table<string, string> value
---@return table<string, integer> lines
function flat.properties(text, file)
	local result, lines = require("ordered").new {}, {}
	local number, held, first = 0, "", nil

	for content in (text .. "\n"):gmatch("(.-)\r?\n") do
		number = number + 1
		content = content:gsub("^%s+", "")
		local slashes = #content:match("\\*$")
		if held == "" and (content == "" or content:find("^[#!]")) then
			goto continue
		end
		first = first or number
		if slashes % 2 == 1 then
			held = held .. content:sub(1, -2)
		else
			local key, value = split(held .. content)
			put(result, lines, file, first,
				unescape(key, file, first),
				unescape(value, file, first))
			held, first = "", nil
		end
		::continue::
	end
	return result, lines
end

return flat
