--- The manual page, in roff, made from the verbs' tables.

local help = require("command.help")
local options = require("command.options")
local verbs = require("command.verbs")

--- What every verb may exit with.
local EXITS <const> = {
	{ "0", "Done; the run passed." },
	{ "1", "The run failed, or something outside of tidemill did." },
	{ "2", "Wrong usage, or an invalid recipe." },
	{ "3", "Not found." },
	{ "4", "Cancelled." },
	{ "5", "Timed out." },
	{ "70", "A bug in tidemill." },
}

local ENVIRONMENT <const> = {
	{ "TIDEMILL_HOME", "The home, where --data is not given. Otherwise it is "
		.. "$XDG_DATA_HOME/tidemill or ~/.local/share/tidemill." },
	{ "TIDEMILL_STDLIB", "A directory to read the standard library from, "
		.. "instead of the one inside the program." },
	{ "NO_COLOR", "If set and not empty: no colours." },
}

local function escape(text)
	text = text:gsub("\\", "\\e"):gsub("%-", "\\-")
	text = text:gsub("…", "\\[u2026]"):gsub("'", "\\(aq")
	return (text:gsub("\n(%.)", "\n\\&%1"):gsub("^(%.)", "\\&%1"))
end

--- Paragraphs and, where lines begin with a blank, literal text.
local function prose(text)
	local out, literal = {}, false

	for line in (text:gsub("%s+$", "") .. "\n"):gmatch("(.-)\n") do
		local indented = line:find("^%s+%S") ~= nil
		if indented ~= literal then
			out[#out + 1] = indented and ".PP\n.nf" or ".fi\n.PP"
			literal = indented
		end
		if line:find("%S") then
			out[#out + 1] = escape(line)
		elseif #out > 0 and out[#out] ~= ".PP"
			and out[#out] ~= ".fi\n.PP" then
			out[#out + 1] = ".PP"
		end
	end
	if literal then out[#out + 1] = ".fi" end
	return table.concat(out, "\n")
end

local function terms(list)
	local out = {}

	for _, pair in ipairs(list) do
		out[#out + 1] = (".TP\n.B %s\n%s"):format(escape(pair[1]),
			escape(pair[2]))
	end
	return table.concat(out, "\n")
end

local function option_terms(list)
	local rows = {}

	for _, option in ipairs(list) do
		rows[#rows + 1] = { (help.option_label(option)
			:gsub("^%s+", "")), help.option_text(option) .. "." }
	end
	return terms(rows)
end

local function verb_section(name, verb)
	local out = { (".SS %s"):format(escape(name)) }

	local function add(text) out[#out + 1] = text end
	for i, usage in ipairs(help.usage(verb, name)) do
		add((i > 1 and ".br\n" or "") .. ".B tidemill "
			.. escape(usage))
	end
	add(".PP\n" .. escape(verb.summary:gsub("^%l", string.upper) .. "."))
	if verb.description then add(".PP\n" .. prose(verb.description)) end
	local rows = {}
	for _, argument in ipairs(verb.arguments or {}) do
		rows[#rows + 1] = { argument.name, argument.help }
	end
	if #rows > 0 then add(terms(rows)) end
	if verb.options and #verb.options > 0 then
		add(option_terms(verb.options))
	end
	rows = {}
	for code, text in pairs(verb.exits or {}) do
		rows[#rows + 1] = { "exit code " .. code, text }
	end
	table.sort(rows, function(a, b) return a[1] < b[1] end)
	if #rows > 0 then add(terms(rows)) end
	for _, example in ipairs(verb.examples or {}) do
		add((".PP\n%s\n.PP\n.nf\n    %s\n.fi"):format(
			escape((example[2] or "Example") .. ":"),
			escape(example[1])))
	end
	return table.concat(out, "\n")
end

--- Returns the page.
---@return string
return function()
	local out = {
		'.TH TIDEMILL 1 "" "Tidemill" "User Commands"',
		".SH NAME",
		"tidemill \\- runs recipes when something happens, and remembers",
		".SH SYNOPSIS",
		".B tidemill\n.I COMMAND\n[OPTIONS] [ARGUMENTS]",
		".SH DESCRIPTION",
		escape("Tidemill is a CI/CD server and automation runtime. It "
			.. "runs recipes, which are Lua files, when a "
			.. "repository changes, a clock ticks or an event is "
			.. "sent; records every step durably; and goes on "
			.. "where it was after a crash."),
		".SH OPTIONS",
		"Every command understands these:",
		option_terms(options.GLOBAL),
		".SH COMMANDS",
	}

	for name, verb in verbs.each() do
		out[#out + 1] = verb_section(name, verb)
	end
	out[#out + 1] = ".SH EXIT STATUS\n" .. terms(EXITS)
	out[#out + 1] = ".SH ENVIRONMENT\n" .. terms(ENVIRONMENT)
	return table.concat(out, "\n") .. "\n"
end
