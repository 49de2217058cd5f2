--- tidemill triage: the lines of a log that say why a build failed.

local MOST <const> = 256 * 1024 * 1024

local function read_all(file)
	local input = require("command.input")
	local log, parts, size = input.open(file), {}, 0

	for block in input.blocks(log) do
		size = size + #block
		if size > MOST then
			error({ code = "limit", message = ("%s: a log of more"
				.. " than 256 MiB"):format(file) }, 0)
		end
		parts[#parts + 1] = block
	end
	input.close(log)
	return table.concat(parts)
end

local function words(class) return (class:gsub("_", " ")) end

local function print_failure(call, found, texts, skipped)
	if #found.lines == 0 then
		call:say("no line says why it failed")
		return
	end
	call:print(("%s (%.0f %%)  signature %s"):format(words(found.class),
		found.confidence * 100, found.signature))
	for _, range in ipairs(found.lines) do
		call:print("")
		for i = range[1], range[2] do
			call:print(("%6d  %s"):format(i, texts[i - skipped]))
		end
	end
end

---@type cli.Verb
return {
	summary = "find the lines of a log that say why a build failed",
	description = "Prints the lines, the class of the failure (test failure,"
		.. " compile error, lint, dependency network, disk memory,"
		.. " timeout, infrastructure, permission, configuration) and a"
		.. " signature that is the same when it fails so again. With"
		.. " --passed, the log of a build that was fine, lines that"
		.. " are in both are left out. '-' is standard input.",
	arguments = { { name = "FILE", complete = "file",
		help = "the log of a failed build" } },
	options = { { name = "passed", argument = "FILE", complete = "file",
		help = "the log of one that was fine" } },
	examples = { { "tidemill triage build.log" },
		{ "tidemill triage build.log --passed last-good.log --json" },
		{ "tidemill logs 12 | tidemill triage -" } },
	run = function(call)
		local log = read_all(call.args[1])
		local passed = call.options.passed
			and read_all(call.options.passed)
		local found = require("learn.failure").of(log, passed)

		if call.json then
			local json = require("json")
			json.array(found.lines)
			call:print_json(found)
		else
			print_failure(call, found, require("triage").texts(log))
		end
		return 0
	end,
}
