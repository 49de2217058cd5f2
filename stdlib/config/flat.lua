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
				stop = text:find("\n", ended, true) or #text + 1
				after = stop + 1
				if not text:sub(ended, stop - 1):find("^%s*$")
					and not text:find("^%s+#", ended) then
					fail(file, line, "text stands behind"
						.. " the quote's end")
				end
			else
				-- "A= # x" has no value, "A=#x" has one
				local blank = content:sub(rest - 1, rest - 1)
				value = (blank .. value):gsub("%s+#.*$", "")
					:gsub("^" .. (blank == "=" and "="
					or "%s"), "")
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

--- The code point of "\\uXXXX" at `at`, and where it ends; two of them may be
--- the halves of one, as in UTF-16.
local function code_at(text, at, file, line)
	local code = tonumber(text:match("^\\u(%x%x%x%x)", at), 16)
	local low = code >= 0xd800 and code < 0xdc00
		and text:match("^\\u([dD][c-fC-F]%x%x)", at + 6)

	if low then
		return 0x10000 + (code - 0xd800) * 1024 + tonumber(low, 16)
			- 0xdc00, at + 12
	elseif code >= 0xd800 and code < 0xe000 then
		fail(file, line, "\\u%04x is half of a character", code)
	end
	return code, at + 6
end

local function unescape(text, file, line)
	local parts, at = {}, 1

	while true do
		local stop = text:find("\\", at, true)
		parts[#parts + 1] = text:sub(at, (stop or 0) - 1)
		if not stop then return table.concat(parts) end
		local byte = text:sub(stop + 1, stop + 1)
		if byte == "u" then
			if not text:find("^%x%x%x%x", stop + 2) then
				fail(file, line, "\\u wants four digits")
			end
			local code
			code, at = code_at(text, stop, file, line)
			parts[#parts + 1] = utf8.char(code)
		else
			parts[#parts + 1] = byte == "f" and "\f"
				or ESCAPES[byte] or byte
			at = stop + 2
		end
	end
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
	if first then -- a backslash ends the text
		local key, value = split(held)
		put(result, lines, file, first, unescape(key, file, first),
			unescape(value, file, first))
	end
	return result, lines
end

return flat
