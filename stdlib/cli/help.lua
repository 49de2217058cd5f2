--- tidemill help: the other verbs' tables, as text.

local function find(words)
	local verbs = require("command.verbs")
	local name = words[1]

	if not verbs.exists(name) then
		local near = require("nearest")(name, verbs.names())
		error { code = "not_found", message = ("no command '%s'%s")
			:format(name, near
			and (" (did you mean '%s'?)"):format(near) or "") }
	end
	local verb = verbs.load(name)
	for i = 2, #words do
		local subverb = (verb.subverbs or {})[words[i]]
		if not subverb then
			error { code = "not_found", message = ("no command '%s"
				.. " %s'"):format(name, words[i]) }
		end
		verb, name = subverb, name .. " " .. words[i]
	end
	return verb, name
end

local function run(call)
	local help = require("command.help")

	if call.options.man then
		call:write(require("command.manual")())
	elseif call.options.completion then
		call:write(require("command.completion")
			[call.options.completion]())
	elseif #call.args == 0 then
		call:write(help.overview(call.paint))
	else
		local verb, name = find(call.args)
		call:write(help.verb(verb, name, call.paint))
	end
end

---@type cli.Verb
return {
	summary = "explain a command; print the manual or shell completion",
	arguments = {
		{ name = "COMMAND", optional = true, many = true,
			complete = "verb", help = "such as 'run' or 'repo add'" },
	},
	options = {
		{ name = "man", help = "print the manual page (roff)" },
		{ name = "completion", argument = "SHELL",
			choices = { "bash", "zsh" },
			help = "print a completion script" },
	},
	examples = {
		{ "tidemill help show", "how to look at a run" },
		{ "tidemill help --man | man -l -", "the whole manual" },
		{ "source <(tidemill help --completion bash)",
			"complete commands, options and runs in this shell" },
	},
	run = run,
}
