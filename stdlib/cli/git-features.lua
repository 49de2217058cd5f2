--- tidemill git-features: what is known about each commit when it is made.

local function read(call, wanted)
	local git = require("git")
	local options = call.options

	return git[wanted](options.repo, {
		range = options.range,
		cache = options.cache,
		no_cache = options.no_cache,
		messages = options.messages,
	})
end

local function as_json(call)
	local json = require("json")
	local rows = read(call, "history")
	local lines = {}

	for i, row in ipairs(rows) do lines[i] = json.encode(row) end
	if #lines == 0 then return "[]\n" end
	return "[" .. table.concat(lines, ",\n") .. "]\n"
end

local function run(call)
	local output = call.options.output

	if call.options.messages and not call.json then
		call:misused("'--messages' needs '--json': a message has lines")
	end
	local text = call.json and as_json(call) or read(call, "history_csv")
	if output and output ~= "-" then
		require("fs").write(output, text)
	else
		call:write(text)
	end
end

---@type cli.Verb
return {
	summary = "features of commits, for models that predict defects",
	description = "One row for each commit that is no merge and touches"
		.. " source code, parents first: size (la, ld, lt), diffusion"
		.. " (ns, nd, nf, entropy), purpose (fix), history (ndev, age,"
		.. " nuc) and the author's experience (exp, rexp, sexp), as"
		.. " defined by Kamei et al. (2013). Times are seconds since"
		.. " 1970. What was computed is kept in the repository, in"
		.. " tidemill/history.cache, so that the next call pays for"
		.. " new commits only. docs/modules/git-features.md explains"
		.. " the columns.",
	arguments = {},
	options = {
		{ name = "repo", argument = "DIR", default = ".",
			complete = "dir", help = "the repository" },
		{ name = "range", argument = "A..B", help = "commits that B has"
			.. " and A has not; B alone: all of its history" },
		{ name = "output", short = "o", argument = "FILE",
			complete = "file", help = "write to this file" },
		{ name = "messages", help = "with --json: whole messages" },
		{ name = "cache", argument = "FILE", complete = "file",
			help = "keep what was computed there" },
		{ name = "no-cache", help = "neither read nor write a cache" },
	},
	examples = {
		{ "tidemill git-features --repo . --output features.csv",
			"the whole history, for a spreadsheet or a model" },
		{ "tidemill git-features --range main..HEAD",
			"only what a branch brings" },
		{ "tidemill git-features --json | jq '.[-1]'",
			"the newest commit, with its files" },
	},
	run = run,
}
