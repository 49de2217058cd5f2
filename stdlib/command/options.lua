--- Reads a command line's options by the tables that verbs declare.

local options = {}

--- What every verb understands.
---@type cli.Option[]
options.GLOBAL = {
	{ name = "data", argument = "DIR", complete = "dir",
		help = "the home: database, logs, workspaces [$TIDEMILL_HOME]" },
	{ name = "json", help = "print JSON, for programs" },
	{ name = "no-color", help = "no colours (as with NO_COLOR set)" },
	{ name = "verbose", short = "v", help = "say more" },
	{ name = "help", short = "h", help = "explain this command" },
	{ name = "version", help = "print the version (without a command)" },
}

local UNITS <const> = { ms = 1, s = 1000, m = 60000, h = 3600000,
	d = 86400000, w = 604800000 }

local function fail(format, ...)
	error({ code = "invalid", message = format:format(...), usage = true }, 0)
end

--- Returns the milliseconds of "90s", "2h30m" or "1d", or nil. A number
--- without a unit is seconds.
---@param text string
---@return integer?
function options.duration(text)
	local total, rest = 0, text

	if tonumber(text) then return math.floor(tonumber(text) * 1000) end
	while rest ~= "" do
		local number, unit, tail = rest:match("^(%d+%.?%d*)(%a+)(.*)$")
		if not number or not UNITS[unit] then return nil end
		total, rest = total + tonumber(number) * UNITS[unit], tail
	end
	return text ~= "" and math.floor(total) or nil
end

local convert = {
	string = function(text) return text end,
	integer = function(text)
		return text:find("^[+-]?%d+$") and math.tointeger(tonumber(text))
	end,
	number = function(text) return tonumber(text) end,
	duration = options.duration,
}

local WANTED <const> = { integer = "a whole number", number = "a number",
	duration = "a duration such as 90s or 2h" }

local function flag_name(option)
	return "--" .. option.name
end

local function check_value(option, text)
	local value = convert[option.type or "string"](text)

	if value == nil or value == false then
		fail("option '%s' wants %s, not '%s'", flag_name(option),
			WANTED[option.type], text)
	end
	if not option.choices then return value end
	for _, choice in ipairs(option.choices) do
		if choice == value then return value end
	end
	local near = require("nearest")(text, option.choices)
	fail("option '%s' cannot be '%s'%s; it is one of: %s",
		flag_name(option), text,
		near and (" (did you mean '%s'?)"):format(near) or "",
		table.concat(option.choices, ", "))
end

local function find(spec, key, value)
	for _, list in ipairs { spec.options or {}, options.GLOBAL } do
		for _, option in ipairs(list) do
			if option[key] == value then return option end
		end
	end
end

local function unknown(spec, written)
	local names = {}

	for _, list in ipairs { spec.options or {}, options.GLOBAL } do
		for _, option in ipairs(list) do
			names[#names + 1] = "--" .. option.name
		end
	end
	local near = #written > 2 and require("nearest")(written, names)
	fail("unknown option '%s'%s", written,
		near and (" (did you mean '%s'?)"):format(near) or "")
end

local function store(parsed, option, value)
	local key = option.name:gsub("-", "_")

	if not option.many then
		parsed.options[key] = value
	else
		local list = parsed.options[key] or {}
		list[#list + 1] = value
		parsed.options[key] = list
	end
end

--- Reads "--name", "--name=value" or "--name value"; returns how many words.
local function read_long(spec, parsed, words, i)
	local name, value = words[i]:match("^%-%-([^=]+)=?(.*)$")
	local joined = words[i]:find("=", 1, true)
	local option = name and find(spec, "name", name)

	if not option then unknown(spec, "--" .. (name or "")) end
	if not option.argument then
		if joined then
			fail("option '--%s' takes no value", name)
		end
		store(parsed, option, true)
		return 1
	end
	if joined then
		store(parsed, option, check_value(option, value))
		return 1
	end
	if words[i + 1] == nil then
		fail("option '--%s' wants a value (%s)", name, option.argument)
	end
	store(parsed, option, check_value(option, words[i + 1]))
	return 2
end

--- Reads "-abc", "-n5" or "-n 5"; returns how many words.
local function read_short(spec, parsed, words, i)
	local letters = words[i]:sub(2)

	while letters ~= "" do
		local letter = letters:sub(1, 1)
		local option = find(spec, "short", letter)

		letters = letters:sub(2)
		if not option then unknown(spec, "-" .. letter) end
		if not option.argument then
			store(parsed, option, true)
		elseif letters ~= "" then
			store(parsed, option, check_value(option, letters))
			return 1
		elseif words[i + 1] == nil then
			fail("option '-%s' wants a value (%s)", letter,
				option.argument)
		else
			store(parsed, option, check_value(option, words[i + 1]))
			return 2
		end
	end
	return 1
end

local function set_defaults(spec, parsed)
	for _, option in ipairs(spec.options or {}) do
		local key = option.name:gsub("-", "_")
		if parsed.options[key] == nil then
			parsed.options[key] = option.default
		end
	end
end

---@class command.Parsed
---@field args string[] what is not an option; also what follows "--"
---@field rest? string[] what follows "--", if that was there
---@field options table<string, any> by long name, "-" written as "_"

--- Reads `words` by the options of `spec` and the global ones. Raises
--- "invalid" with the nearest right name.
---@param spec cli.Verb
---@param words string[]
---@return command.Parsed
function options.parse(spec, words)
	local parsed = { args = {}, options = {} }
	local i = 1

	while i <= #words do
		local word = words[i]
		if word == "--" then
			parsed.rest = { table.unpack(words, i + 1) }
			table.move(words, i + 1, #words, #parsed.args + 1,
				parsed.args)
			break
		elseif word:sub(1, 2) == "--" then
			i = i + read_long(spec, parsed, words, i)
		elseif word:sub(1, 1) == "-" and #word > 1 then
			i = i + read_short(spec, parsed, words, i)
		else
			parsed.args[#parsed.args + 1] = word
			i = i + 1
			if spec.stop_early then
				table.move(words, i, #words, #parsed.args + 1,
					parsed.args)
				if words[i] == "--" then
					table.remove(parsed.args, 2)
				end
				break
			end
		end
	end
	set_defaults(spec, parsed)
	return parsed
end

--- Returns position and text of the first word that is neither a global option
--- nor its value: the verb.
---@param words string[]
---@return integer?, string?
function options.first_argument(words)
	local i = 1

	while i <= #words do
		local word = words[i]
		if word == "--" then return nil end
		if word:sub(1, 1) ~= "-" or word == "-" then return i, word end
		local name = word:match("^%-%-([^=]+)$")
		local option = name and find({}, "name", name)
		i = i + (option and option.argument and 2 or 1)
	end
end

--- Raises "invalid" unless the number of arguments is what `verb.arguments`
--- declares.
---@param verb cli.Verb
---@param name string
---@param parsed command.Parsed
function options.check_arguments(verb, name, parsed)
	local most, count = 0, #parsed.args

	if not verb.arguments then return end
	for i, argument in ipairs(verb.arguments) do
		if not argument.optional and count < i then
			fail("'%s' wants %s: %s", name, argument.name,
				argument.help)
		end
		most = argument.many and math.huge or most + 1
	end
	if count > most then
		fail("'%s' takes %s, not '%s'", name,
			most == 0 and "no arguments" or
			most == 1 and "one argument" or most .. " arguments",
			parsed.args[most + 1])
	end
end

return options
