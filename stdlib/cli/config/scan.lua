--- tidemill config scan: values that cannot be meant so, and unusual ones.

local options = require("config.options")

--- The files that were named, those of a folder, or the project's layers.
local function find(call)
	local fs, sources = require("fs"), require("config.scan.sources")
	local found = {}

	for _, name in ipairs(call.args) do
		if fs.exists(name) and fs.stat(name).kind == "dir" then
			if fs.exists(require("path").join(name,
				"config.lua")) then
				call.options.project = name
				return sources.project(options.open(call)), name
			end
			table.move(sources.folder(name), 1, 1 << 16,
				#found + 1, found)
		else
			found[#found + 1] = { file = name, path = name,
				environment = name:match("([^/]+)$")
					:gsub("%.%w+$", "") }
		end
	end
	if #found > 0 then
		return found, #call.args == 1 and fs.stat(call.args[1]).kind
			== "dir" and call.args[1] or "."
	end
	if #call.args > 0 then
		error({ code = "not_found", message = ("%s: there are no"
			.. " configuration files"):format(
			table.concat(call.args, ", ")) }, 0)
	end
	local project, given = options.open(call)
	return sources.project(project, given), project.dir
end

local function read_budget(call)
	local text = call.options.budget or "5%"
	local number = tonumber((text:gsub("%%$", "")))

	if not number or number <= 0 or number >= 50 then
		call:misused("--budget '%s' is no share of changes, expected"
			.. " one such as 5%%", text)
	end
	return number / 100
end

local function text_of(one)
	if not one.score then return require("config.judge").text(one) end
	return ("%s: %s (%.2f)"):format(one.line and ("%s:%d"):format(
		one.file, one.line) or one.file or "?", one.message, one.score)
end

local function print_findings(call, found, list, accepted, about)
	for _, one in ipairs(found) do call:print(text_of(one)) end
	if #found == 0 then
		call:print(("nothing was found in %d files"):format(#list))
	elseif found[#found].score then
		call:say("'tidemill config scan accept ENV PATH' says that"
			.. " one is meant so")
	end
	if accepted > 0 then
		call:say(("%d accepted by %s"):format(accepted,
			require("config.scan.accept").FILE))
	end
	if about and call.verbose then
		call:say(("%d commits learned; told from a score of %.2f (%s)")
			:format(about.commits, about.threshold, about.own
			and "by this project's own changes"
			or "by other projects' changes"))
	end
end

local function scan(call)
	local findings = require("config.scan.findings")
	local list, dir = find(call)
	local budget, about = read_budget(call), nil

	findings.read(list)
	local found = findings.hard(list)
	local unusual
	if call.options.history or call.options.since then
		unusual, about = findings.change(list, dir,
			call.options.since or "HEAD", budget)
	else
		unusual = findings.audit(list)
	end
	table.move(unusual, 1, #unusual, #found + 1, found)
	local rest, accepted = findings.open(found, dir)
	local code = 0
	for _, one in ipairs(rest) do
		if one.blocks or call.options.strict then code = 1 end
	end
	if call.json then
		call:print_json(require("json").array(rest))
	else
		print_findings(call, rest, list, accepted, about)
	end
	return code
end

---@type cli.Verb
return {
	summary = "find values that cannot be meant so, or are unusual",
	description = "Placeholders that were not filled in, blanks at the end,"
		.. " quotes that do not match, broken URLs, ports, networks,"
		.. " amounts and schedules are wrong beyond doubt: 'plan' and"
		.. " 'apply' refuse them, too. Secrets in clear, and values"
		.. " that are unlike those of the other environments and of"
		.. " other projects, are told with a score. With --history a"
		.. " change is judged by the commits before it.\n\nWithout"
		.. " DIR or FILE: the layers of the project, of all its"
		.. " environments.",
	arguments = { { name = "DIR|FILE", many = true, optional = true,
		complete = "file", help = "what to look at" } },
	options = options.list {
		{ name = "history", help = "judge what differs from HEAD, by"
			.. " the commits of git" },
		{ name = "since", argument = "REV",
			help = "ditto, what differs from REV" },
		{ name = "budget", argument = "SHARE", help = "how many good"
			.. " changes may be told as bad [5%]" },
		{ name = "strict", help = "unusual values, too, end with 1" },
		{ name = "params", argument = "CORPUS", complete = "file",
			help = "judge single files by the good ones of CORPUS" },
		{ name = "batch", argument = "DIR", complete = "dir",
			help = "judge recorded changes, print JSON" },
	},
	exits = { [0] = "nothing, or only warnings",
		[1] = "something is wrong beyond doubt; with --strict:"
			.. " something was found" },
	examples = { { "tidemill config scan" },
		{ "tidemill config scan values.yaml .env" },
		{ "tidemill config scan env --history --budget 2%" },
		{ "tidemill config scan accept prod /db/pool --why 'load'" } },
	subverbs = { accept = require("cli.config.scan_accept") },
	run = function(call)
		if call.options.batch then
			call:print_json(require("config.scan.batch").run(
				call.options.batch))
			return 0
		elseif call.options.params then
			call:print_json(require("config.scan.params").run(
				call.options.params, call.args))
			return 0
		end
		return scan(call)
	end,
}
