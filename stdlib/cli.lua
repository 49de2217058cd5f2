--- The command line: finds the verb, reads its options, runs it, and turns
--- what it raises into a message and an exit code.
---
--- A verb is a file in stdlib/cli/. It loads what it needs when it runs; the
--- dispatcher loads nothing that a verb may not need.

local options = require("command.options")
local verbs = require("command.verbs")

---@class cli.Option
---@field name string the long name, without its dashes
---@field short? string one letter
---@field argument? string what its value is called ("N"); none: it is a flag
---@field type? "string"|"integer"|"number"|"duration" of the value [string]
---@field choices? string[] the only values it may have
---@field many? boolean may be given more than once; its value is a list
---@field default? any
---@field help string
---@field complete? "run"|"file"|"dir"|"repo" how a shell completes its value
---@field replaces? boolean it takes the place of the one of all commands

---@class cli.Argument
---@field name string
---@field help string
---@field optional? boolean
---@field many? boolean
---@field complete? "run"|"file"|"dir"|"verb"|"repo"

---@class cli.Verb
---@field summary string one line, no full stop
---@field usage? string|string[] without "tidemill"; else made from the tables
---@field description? string
---@field arguments? cli.Argument[] their number is checked if this is there
---@field options? cli.Option[]
---@field examples? string[][] {command line, what it does}
---@field exits? table<integer, string> exit codes with a meaning of their own
---@field subverbs? table<string, cli.Verb>
---@field stop_early? boolean options end at the first argument
---@field hidden? boolean not listed (for programs)
---@field run? async fun(call: cli.Call): integer?

local function show_help(verb, name, parsed)
	local help = require("command.help")
	local paint = require("terminal.colour").of(io.stdout,
		parsed.options.no_color)

	io.stdout:write(verb and help.verb(verb, name, paint)
		or help.overview(paint))
	return 0
end

local function describe_unknown(kind, name, candidates)
	local near = require("nearest")(name, candidates)

	return { code = "invalid", message = ("unknown %s '%s'%s"):format(kind,
		name, near and (" (did you mean '%s'?)"):format(near) or "") }
end

--- Goes down from a verb to the subverb that the words name.
local function descend(verb, name, words)
	while verb.subverbs do
		local position, word = options.first_argument(words)

		if word == "help" and not verb.subverbs.help then
			table.remove(words, position)
			table.insert(words, 1, "--help")
		elseif not word or not verb.subverbs[word] then
			if word and not verb.run then
				error(describe_unknown("command",
					name .. " " .. word,
					verbs.subverb_names(verb, name)))
			end
			break
		else
			table.remove(words, position)
			verb, name = verb.subverbs[word], name .. " " .. word
		end
	end
	return verb, name
end

--- A verb that has only subverbs was called without one.
local function demand_subverb(verb, name)
	local names = {}

	for key in pairs(verb.subverbs) do names[#names + 1] = key end
	table.sort(names)
	error { code = "invalid", message = ("'%s' wants one of: %s"):format(
		name, table.concat(names, ", ")), hint = name }
end

local function perform(words, state)
	local position, word = options.first_argument(words)

	if not word then
		local parsed = options.parse({ options = {} }, words)
		if parsed.options.version then
			return verbs.load("version").run(
				require("command.call")("version", {}, parsed))
		end
		show_help(nil, nil, parsed)
		return parsed.options.help and 0 or 2
	end
	if not verbs.exists(word) then
		error(describe_unknown("command", word, verbs.names()))
	end
	table.remove(words, position)
	local verb, name = descend(verbs.load(word), word, words)

	state.name = name
	local parsed = options.parse(verb, words)
	state.options = parsed.options
	if parsed.options.help then return show_help(verb, name, parsed) end
	if not verb.run then demand_subverb(verb, name) end
	options.check_arguments(verb, name, parsed)
	return verb.run(require("command.call")(name, verb, parsed))
end

--- Runs the command line `argv` (without the program's name).
---@async
---@param argv string[]
---@return integer exit code
local function main(argv)
	local words, state = { table.unpack(argv) }, { options = {} }

	local ok, result = xpcall(perform, function(problem)
		if type(problem) == "table" then return problem end
		return { code = "bug", message = tostring(problem),
			traceback = debug.traceback("", 2) }
	end, words, state)
	local code = ok and (result or 0)
		or require("command.failure").report(result, state)
	local written, why = io.stdout:flush()
	if not written and ok and not tostring(why):find("Broken pipe") then
		io.stderr:write("tidemill: cannot write: ", tostring(why), "\n")
		return 1
	end
	return code
end

return main
