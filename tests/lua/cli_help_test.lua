-- Every verb explains itself; manual and completion are made from that.

local help = require("command.help")
local options = require("command.options")
local plain = require("terminal.colour").plain
local test = require("test")
local verbs = require("command.verbs")

local function format_fits(line)
	return require("terminal.format").width(line) <= 80
end

--- Runs a program with a text on stdin; skips the test when it is not there.
local function feed(text, words)
	local proc = require("proc")

	words.stdin, words.check = text, false
	local ok, result = pcall(proc.run, words)
	if not ok then test.skip(words[1] .. " is not there") end
	return result
end

return {
	every_verb_has_a_summary_a_usage_and_an_example = function()
		for name, verb in verbs.each() do
			test.ok(type(verb.summary) == "string", name)
			test.ok(not verb.summary:find("%.$"), name
				.. ": its summary ends with a full stop")
			test.ok(format_fits(verb.summary), name
				.. ": its summary is too long")
			test.ok(verb.run or verb.subverbs, name)
			local text = help.verb(verb, name, plain)
			test.ok(text:find("\nUsage\n  tidemill " .. name, 1,
				true), name .. ": its usage\n" .. text)
			test.ok(name:find(" ") or #(verb.examples or {}) > 0,
				name .. " has no example")
		end
	end,

	every_option_is_explained = function()
		for name, verb in verbs.each() do
			local shorts, names = { v = 1, h = 1 }, {}
			for _, option in ipairs(options.GLOBAL) do
				names[option.name] = true
			end
			for _, option in ipairs(verb.options or {}) do
				local label = name .. " --" .. option.name
				test.ok(#option.help > 0, label)
				test.ok(option.replaces
					or not names[option.name],
					label .. " is there twice")
				names[option.name] = true
				test.ok(not option.short
					or not shorts[option.short], label
					.. ": its letter is taken")
				shorts[option.short or "?"] = option.short
				test.ok(not option.type or option.argument,
					label .. " has a type, but no argument")
			end
		end
	end,

	examples_name_options_that_exist = function()
		for name, verb in verbs.each() do
			for _, example in ipairs(verb.examples or {}) do
				test.ok(example[1]:find("tidemill", 1, true),
					name .. ": " .. example[1])
			end
		end
	end,

	lines_fit_a_terminal = function()
		for name, verb in verbs.each() do
			local text = help.verb(verb, name, plain)
			for line in text:gmatch("[^\n]+") do
				test.ok(format_fits(line) or line:find("^  "),
					name .. ": " .. line)
			end
		end
	end,

	the_overview_lists_all_verbs = function()
		local text = help.overview(plain)
		for _, name in ipairs(verbs.names()) do
			if not verbs.load(name).hidden then
				test.ok(text:find("\n  " .. name .. " ", 1,
					true), name)
			end
		end
	end,

	completion_parses_in_bash = function()
		local script = require("command.completion").bash()
		test.equal(feed(script, { "bash", "-n" }).stderr, "")
	end,

	completion_parses_in_zsh = function()
		local script = require("command.completion").zsh()
		test.equal(feed(script, { "zsh", "-f", "-n" }).stderr, "")
	end,

	bash_completes_verbs_options_and_values = function()
		local script = require("command.completion").bash() .. [[

try() {
	COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
	_tidemill tidemill "${COMP_WORDS[COMP_CWORD]}" \
		"${COMP_WORDS[COMP_CWORD-1]}"
	echo "${COMPREPLY[*]}"
}
try tidemill hel
try tidemill --json hel
try tidemill help --comp
try tidemill help --completion z
try tidemill logs --fol
]]
		test.equal(feed(script, { "bash" }).stdout,
			"help\nhelp\n--completion\nzsh\n--follow\n")
	end,

	the_manual_has_every_verb_and_no_warning = function()
		local page = require("command.manual")()
		for name in verbs.each() do
			test.ok(page:find("\n.SS " .. name:gsub("%-", "\\-")
				.. "\n", 1, true), name)
		end
		local result = feed(page, { "man", "--warnings=w", "-l", "-",
			env = { LC_ALL = "C.UTF-8", MANPAGER = "cat" } })
		if result.status ~= 0 then test.skip("man does not work") end
		test.equal(result.stderr, "")
		test.match(result.stdout, "TIDEMILL%(1%)")
	end,

	roff_cannot_be_broken_by_texts = function()
		local manual = require("command.manual")()
		for line in manual:gmatch("[^\n]+") do
			test.ok(not line:find("^%.") or line:find("^%.%u%u?%u?")
				or line:find("^%.[bfn][rif]"), line)
			test.ok(not line:find("^'"), line)
		end
	end,
}
