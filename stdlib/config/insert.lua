--- Where a value that a file does not have yet may stand in its text.

local json = require("json")
local paths = require("config.path")

local insert = {}

--- A scalar as `format` writes it.
---@param value any
---@param format string
---@return string
function insert.scalar(value, format)
	if format == "json" or type(value) == "table" then
		return json.encode(value)
	elseif format == "yaml" then
		return (require("yaml").write(value):gsub("\n$", ""))
	elseif format == "toml" then
		return (require("toml").write { x = value }:gsub("^x = ", "")
			:gsub("\n$", ""))
	end
	local text = tostring(value)
	if format == "dotenv" and text:find("[^%w_./:@%%+,-]") then
		return '"' .. text:gsub('[\\"$]', "\\%0"):gsub("\n", "\\n")
			.. '"'
	end
	return text
end

local function with_line(lines, after, new)
	local result = table.move(lines, 1, after, 1, {})

	for content in (new .. "\n"):gmatch("(.-)\n") do
		result[#result + 1] = content
	end
	table.move(lines, after + 1, #lines, #result + 1, result)
	coroutine.yield(table.concat(result, "\n"))
end

--- The lines of all that is below a pointer, sorted.
local function lines_below(document, pointer)
	local found = {}

	for path, line in pairs(document.lines) do
		if path:sub(1, #pointer + 1) == pointer .. "/" then
			found[#found + 1] = { line = line, direct =
				not path:find("/", #pointer + 2, true) }
		end
	end
	table.sort(found, function(a, b) return a.line < b.line end)
	return found
end

--- How many of the keys are there: the mapping that gets the new one.
local function known(document, keys)
	for count = #keys - 1, 1, -1 do
		local value = paths.get(document.value, { table.unpack(keys, 1,
			count) })
		if type(value) == "table" then return count end
	end
	return 0
end

local function indented(text, indent)
	return indent .. text:gsub("\n", "\n" .. indent)
end

local function nested(keys, count, new)
	local value = new

	for i = #keys, count + 1, -1 do
		value = { [keys[i]] = value }
	end
	return value
end

local proposers = {}

function proposers.yaml(document, lines, keys, new)
	local count = known(document, keys)
	local below = lines_below(document, paths.pointer { table.unpack(keys,
		1, count) })
	local text = require("yaml").write(nested(keys, count, new))
		:gsub("\n$", "")

	if #below == 0 then
		if count == 0 then with_line(lines, #lines, text) end
		return
	end
	local indent = lines[below[1].line]:match("^%s*")
	local last = below[#below].line
	-- A value of several lines ends before the next of its indent.
	while lines[last + 1] and #lines[last + 1]:match("^%s*") > #indent do
		last = last + 1
	end
	with_line(lines, last, indented(text, indent))
end

function proposers.json(document, lines, keys, new)
	local count = known(document, keys)
	local pointer = paths.pointer { table.unpack(keys, 1, count) }
	local below = lines_below(document, pointer)
	local name, value = json.encode(keys[count + 1]), json.encode(
		nested(keys, count + 1, new))

	if #below == 0 then return end
	local first = below[1].line
	local indent = lines[first]:match("^%s*")
	with_line(lines, first - 1, ("%s%s: %s,"):format(indent, name, value))
end

local function section(document, lines, keys, new, format)
	local parent = { table.unpack(keys, 1, #keys - 1) }
	local text = ("%s = %s"):format(keys[#keys]:find("^[%w_-]+$")
		and keys[#keys] or json.encode(keys[#keys]),
		insert.scalar(new, format))

	for i = #lines, 0, -1 do
		local head = lines[i] and lines[i]:match("^%s*%[([^%[].-)%]")
		if head == table.concat(parent, ".") or #parent == 0
			and i == 0 then
			local last = i
			while lines[last + 1]
				and not lines[last + 1]:find("^%s*%[") do
				last = last + 1
			end
			while last > i and lines[last]:find("^%s*$") do
				last = last - 1
			end
			with_line(lines, last, text)
		end
	end
	if #parent > 0 and known(document, keys) < #parent then
		with_line(lines, #lines, ("%s[%s]\n%s"):format(#lines > 0
			and "\n" or "", table.concat(parent, "."), text))
	end
end

function proposers.toml(document, lines, keys, new)
	section(document, lines, keys, new, "toml")
end

function proposers.ini(document, lines, keys, new)
	section(document, lines, keys, new, "ini")
end

function proposers.dotenv(_, lines, keys, new)
	with_line(lines, #lines, keys[1] .. "=" .. insert.scalar(new, "dotenv"))
end

function proposers.properties(_, lines, keys, new)
	with_line(lines, #lines, ("%s = %s"):format(keys[1], new))
end

--- Yields texts with the new value, the likeliest first.
---@param document config.Document
---@param lines string[]
---@param format string
---@param keys string[]
---@param new any
function insert.propose(document, lines, format, keys, new)
	proposers[format](document, lines, keys, new)
end

return insert
