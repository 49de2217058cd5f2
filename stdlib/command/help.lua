--- The help texts, made from the verbs' tables.

local format = require("terminal.format")
local options = require("command.options")

local help = {}

local COLUMNS <const> = 80

local function summary_of(verb)
	return (verb.summary:gsub("^%u%l", string.lower))
end

--- Returns "-n, --limit N".
---@param option cli.Option
---@return string
function help.option_label(option)
	return (option.short and ("-%s, "):format(option.short) or "    ")
		.. "--" .. option.name
		.. (option.argument and " " .. option.argument or "")
end

--- Returns what an option does, with its choices and default.
---@param option cli.Option
---@return string
function help.option_text(option)
	local text = option.help

	if option.choices then
		text = ("%s: %s"):format(text, table.concat(option.choices, ", "))
	end
	if option.many then text = text .. " (may be repeated)" end
	if option.default ~= nil then
		text = ("%s [%s]"):format(text, option.default)
	end
	return text
end

--- Returns the usage lines, without "tidemill".
---@param verb cli.Verb
---@param name string
---@return string[]
function help.usage(verb, name)
	if type(verb.usage) == "string" then return { verb.usage } end
	if verb.usage then return verb.usage end
	if verb.subverbs and not verb.run then return { name .. " COMMAND" } end
	local words = { name, verb.options and "[OPTIONS]" }
	for _, argument in ipairs(verb.arguments or {}) do
		local word = argument.name .. (argument.many and "…" or "")
		words[#words + 1] = argument.optional and "[" .. word .. "]"
			or word
	end
	return { table.concat(words, " ") }
end

local function pairs_block(list, paint)
	local width, lines = 0, {}

	for _, pair in ipairs(list) do
		width = math.min(28, math.max(width, format.width(pair[1])))
	end
	for _, pair in ipairs(list) do
		local indent = (" "):rep(width + 4)
		local text = format.wrap(pair[2], COLUMNS, indent)
		local label = "  " .. paint("bold", pair[1])
		if format.width(pair[1]) > width then
			lines[#lines + 1] = label .. "\n" .. text
		else
			lines[#lines + 1] = label .. (" "):rep(width + 2
				- format.width(pair[1])) .. text:sub(#indent + 1)
		end
	end
	return table.concat(lines, "\n") .. "\n"
end

local function section(title, body, paint)
	return "\n" .. paint("bold", title) .. "\n" .. body
end

local function options_block(list, paint)
	local rows = {}

	for _, option in ipairs(list) do
		rows[#rows + 1] = { help.option_label(option),
			help.option_text(option) }
	end
	return pairs_block(rows, paint)
end

local function subverbs_block(verb, paint)
	local rows = {}

	for name, subverb in pairs(verb.subverbs) do
		if not subverb.hidden then
			rows[#rows + 1] = { name, summary_of(subverb) }
		end
	end
	table.sort(rows, function(a, b) return a[1] < b[1] end)
	return pairs_block(rows, paint)
end

local function examples_block(verb, paint)
	local lines = {}

	for _, example in ipairs(verb.examples) do
		lines[#lines + 1] = "  " .. example[1]
		if example[2] then
			lines[#lines + 1] = paint("dim", format.wrap(example[2],
				COLUMNS, "      "))
		end
	end
	return table.concat(lines, "\n") .. "\n"
end

local function exits_block(verb, paint)
	local rows = {}

	for code, text in pairs(verb.exits) do
		rows[#rows + 1] = { tostring(code), text }
	end
	table.sort(rows, function(a, b)
		return tonumber(a[1]) < tonumber(b[1])
	end)
	return pairs_block(rows, paint)
end

--- Returns the help of one verb.
---@param verb cli.Verb
---@param name string
---@param paint terminal.Paint
---@return string
function help.verb(verb, name, paint)
	local parts = { ("tidemill %s: %s\n"):format(name,
		summary_of(verb)) }
	local usage = {}

	local function add(title, body)
		parts[#parts + 1] = section(title, body, paint)
	end
	for _, line in ipairs(help.usage(verb, name)) do
		usage[#usage + 1] = "  tidemill " .. line
	end
	add("Usage", table.concat(usage, "\n") .. "\n")
	if verb.description then
		parts[#parts + 1] = "\n" .. format.wrap(verb.description,
			COLUMNS) .. "\n"
	end
	if verb.arguments and #verb.arguments > 0 then
		local rows = {}
		for i, argument in ipairs(verb.arguments) do
			rows[i] = { argument.name, argument.help }
		end
		add("Arguments", pairs_block(rows, paint))
	end
	if verb.subverbs then add("Commands", subverbs_block(verb, paint)) end
	if verb.options and #verb.options > 0 then
		add("Options", options_block(verb.options, paint))
	end
	if verb.exits then add("Exit codes", exits_block(verb, paint)) end
	if verb.examples then
		add("Examples", examples_block(verb, paint))
	end
	return table.concat(parts)
end

--- Returns the list of all verbs.
---@param paint terminal.Paint
---@return string
function help.overview(paint)
	local verbs = require("command.verbs")
	local rows = {}

	for _, name in ipairs(verbs.names()) do
		local verb = verbs.load(name)
		if not verb.hidden then
			rows[#rows + 1] = { name, summary_of(verb) }
		end
	end
	return "tidemill: runs recipes when something happens, and remembers\n"
		.. section("Usage", "  tidemill COMMAND [OPTIONS] [ARGUMENTS]\n",
			paint)
		.. section("Commands", pairs_block(rows, paint), paint)
		.. section("Options of all commands",
			options_block(options.GLOBAL, paint), paint)
		.. "\n'tidemill help COMMAND' explains one of them.\n"
end

return help
