--- Parameters of any program's file: "key = value", "key: value", "key value",
--- or the XML of Hadoop, when no reader knows the format.

local parameters = {}

local ENTITIES <const> = { lt = "<", gt = ">", amp = "&", quot = '"',
	apos = "'" }

local function unescape(text)
	return (text:gsub("&(%a+);", ENTITIES))
end

local function trim(text) return (text:match("^%s*(.-)%s*$")) end

local function unquote(text)
	return text:match("^'([^']*)'$") or text:match('^"([^"]*)"$') or text
end

local function read_xml(text, found)
	for property in text:gsub("<!%-%-.-%-%->", ""):gmatch(
		"<property>(.-)</property>") do
		local name = property:match("<name>(.-)</name>")
		local value = property:match("<value>(.-)</value>")
		if name then
			found[unescape(trim(name))] = unescape(trim(
				value or ""))
		end
	end
	return found
end

local function read_line(line, found)
	local key, value = line:match("^([%w_.%-/$]+)%s*[=:]%s*(.*)$")

	if not key then key, value = line:match("^([%w_.%-/]+)%s+(.*)$") end
	if key then found[key] = unquote(trim(value)) end
end

--- Returns the values by the names of their parameters.
---@param text string
---@return table<string, string>
function parameters.read(text)
	local found = {}

	if text:find("^%s*<") then return read_xml(text, found) end
	for line in (text .. "\n"):gmatch("(.-)\r?\n") do
		line = trim(line)
		if line ~= "" and not line:find("^[#;!]")
			and not line:find("^//") then
			read_line(line, found)
		end
	end
	return found
end

--- The path of a parameter: words between dots are its parts.
---@param name string
---@return string
function parameters.path(name)
	if name:sub(1, 1) == "/" then return name end
	return "/" .. name:gsub("%.", "/")
end

return parameters
