--- One value of a configuration file changed, and nothing else of its text:
--- comments, order and quotes stay. What comes out is read again, and refused
--- unless it says exactly what was asked for.

local files = require("config.files")
local insert = require("config.insert")
local json = require("json")
local paths = require("config.path")
local same = require("config.value").same

local edit = {}

local function fail(file, line, format, ...)
	error({ code = "invalid", message = ("%s%s: %s"):format(file, line
		and ":" .. line or "", format:format(...)) }, 0)
end

--- Where the value of a key begins in its line; of an item, behind its dash.
local function value_start(content, key, format, at)
	local plain = key:gsub("%p", "%%%0")
	local sep = format == "json" and "%s*:%s*" or format == "yaml"
		and "%s*:%s+" or format == "properties" and "%s*[=:%s]%s*"
		or "%s*=%s*"

	for _, head in ipairs { '"' .. plain .. '"', "'" .. plain .. "'",
		"%f[^%z%s{,%[.-]" .. plain } do
		local _, stop = content:find(head .. sep, at)
		if stop then return stop + 1 end
	end
	if key:find("^%d+$") then
		local _, stop = content:find("^%s*%-%s+")
		return stop and stop + 1
	end
	return nil
end

--- Where a scalar that begins at `from` ends.
local function value_stop(content, from, format)
	local quote = content:match("^[\"']", from)

	if quote and format ~= "properties" then
		local at = from + 1
		while at <= #content do
			local byte = content:sub(at, at)
			if byte == "\\" and quote == '"' then
				at = at + 1
			elseif byte == quote then
				return at
			end
			at = at + 1
		end
		return nil
	end
	local rest = content:sub(from)
	if format == "json" then
		rest = rest:match("^[^,}%]%s]+")
	elseif format ~= "properties" then
		rest = rest:gsub("%s[#;].*$", "")
		if format ~= "dotenv" and format ~= "ini"
			and content:sub(1, from - 1):find("[{%[]") then
			rest = rest:gsub("[,}%]].*$", "")
		end
	end
	return from + #(rest or ""):gsub("%s+$", "") - 1
end

--- The text when the line's value is replaced, or nil when it is not there.
local function replaced(lines, number, key, format, new)
	local content, at = lines[number], 1

	while true do
		local from = value_start(content, key, format, at)
		local stop = from and value_stop(content, from, format)
		if not stop then return nil end
		local result = table.move(lines, 1, #lines, 1, {})
		result[number] = content:sub(1, from - 1) .. new
			.. content:sub(stop + 1)
		coroutine.yield(table.concat(result, "\n"))
		at = from
	end
end

local function says(text, format, file, wanted)
	local ok, document = pcall(files.parse, text, format, file)

	return ok and same(document.value, wanted)
end

--- Proposals, each to be read again: the first that says the right thing is it.
local function proposals(document, lines, format, keys, new)
	local number = document.lines[paths.pointer(keys)]

	if number then
		replaced(lines, number, keys[#keys], format,
			insert.scalar(new, format))
	else
		insert.propose(document, lines, format, keys, new)
	end
end

--- Returns the text with the value at `keys` set to `new`. Raises `invalid` if
--- that is not possible without rewriting more.
---@param text string
---@param format string
---@param file string
---@param keys string[]
---@param new any
---@return string
function edit.set(text, format, file, keys, new)
	local document = files.parse(text, format, file)
	local wanted = files.parse(text, format, file).value
	local flat = format == "dotenv" or format == "properties"

	if wanted == json.null then wanted = require("ordered").new {} end
	if flat and (#keys > 1 or type(new) == "table") then
		fail(file, nil, "a file of this kind has one level of strings")
	end
	if (flat or format == "ini") and type(new) ~= "table" then
		new = tostring(new)
	end
	local former = paths.get(wanted, keys)
	if same(former, new) then return text end
	local line = document.lines[paths.pointer(keys)]
	if type(former) == "table" or line and type(new) == "table" then
		fail(file, line, "'%s' is a list or a mapping: edit it there",
			paths.text(keys))
	end
	paths.set(wanted, keys, new)
	local lines = {}
	for content in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\n") do
		lines[#lines + 1] = content
	end
	if text == "" then lines = {} end
	for proposal in coroutine.wrap(function()
		proposals(document, lines, format, keys, new)
	end) do
		proposal = proposal .. "\n"
		if says(proposal, format, file, wanted) then return proposal end
	end
	fail(file, line, "'%s' cannot be set without rewriting more than its"
		.. " line: edit it there", paths.text(keys))
end

return edit
