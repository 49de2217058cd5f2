--- tidemill bisect: which commit broke a run?

local function commit_text(commit)
	return ("%s %s (%s)"):format(commit.oid:sub(1, 12), require(
		"terminal.format").clean(commit.subject), commit.author.name)
end

local function what_failed(failure)
	local names = failure.names

	if #names == 0 then
		return failure.step and "step '" .. failure.step .. "'"
			or "the run"
	end
	return ("%s%s%s"):format(names[1], #names > 1
		and (" and %d more"):format(#names - 1) or "",
		failure.flaky and " (flaky)" or "")
end

--- Prints what the search tells on its way.
local function teller(call)
	if call.json or call.options.quiet then return function() end end
	return function(what)
		if what.commits then
			call:say(("%s: %d commit%s after %s, %s")
				:format(what_failed(what.failure), what.commits,
				what.commits == 1 and "" or "s",
				what.good:sub(1, 12), what.left == 0
				and "all is known" or ("at most %d run%s")
				:format(what.left, what.left == 1 and ""
				or "s")))
		else
			call:say(("run %d: %s at %s"):format(what.run,
				what.verdict, commit_text(what.commit)))
		end
	end
end

local function commit_json(commit)
	return commit and { oid = commit.oid, subject = commit.subject,
		author = commit.author.name, email = commit.author.email,
		time = commit.author.time } or require("json").null
end

local function print_json(call, run, result)
	local json = require("json")
	local candidates = json.array {}

	for i, commit in ipairs(result.candidates) do
		candidates[i] = commit_json(commit)
	end
	call:print_json { run = run.id, good = result.good,
		commits = #result.commits, runs = json.array(result.runs),
		tests = json.array(result.failure.names),
		step = result.failure.step or json.null,
		culprit = commit_json(result.culprit), candidates = candidates }
end

local function print_result(call, result)
	if result.culprit then
		call:print(("%s is the first bad commit"):format(
			commit_text(result.culprit)))
		return
	end
	call:print("No run could tell these apart, the first bad commit is one"
		.. " of them:")
	for _, commit in ipairs(result.candidates) do
		call:print("  " .. commit_text(commit))
	end
end

local function read_params(call)
	local params = {}

	for _, text in ipairs(call.options.param or {}) do
		local name, value = text:match("^([%w_-]+)=(.*)$")
		if not name then
			call:misused("--param wants NAME=VALUE, not '%s'", text)
		end
		local ok, decoded = pcall(require("json").decode, value)
		params[name] = value
		if ok and type(decoded) ~= "table" then
			params[name] = decoded
		end
	end
	return params
end

local function run(call)
	local record = require("record")
	local db = call:store("write")
	local row = record.run(db, (record.parse(db, call.args[1] or "last")))

	if row.state ~= "failed" and row.state ~= "timed_out" then
		call:misused("run %d did not fail: it is %s", row.id, row.state)
	end
	if call.options.confirm and call.options.confirm < 1 then
		call:misused("--confirm is 1 or more")
	end
	local result = require("bisect.main")(db, row, { home = call.home,
		good = call.options.good, test = call.options.test,
		confirm = call.options.confirm, params = read_params(call),
		told = teller(call) })
	if call.json then
		print_json(call, row, result)
	else
		print_result(call, result)
	end
	return result.culprit and 0 or 1
end

---@type cli.Verb
return {
	summary = "find the commit that broke a run",
	description = "Runs the recipe of RUN, which failed, at commits after"
		.. " the last good one, by halves. What counts is what failed"
		.. " in RUN: its tests, flaky and quarantined ones aside, or"
		.. " its step; a run that does not come so far says nothing. A"
		.. " failure of a flaky test must be seen twice. Runs that"
		.. " exist are used, so the same command goes on after an"
		.. " interruption. The recipe runs as it is, with all that it"
		.. " does: give it a parameter to leave out what must not"
		.. " happen again. Chained recipes do not run.",
	arguments = {
		{ name = "RUN", optional = true, complete = "run",
			help = "a run that failed [the last one]" },
	},
	options = {
		{ name = "good", argument = "COMMIT", help = "a commit that"
			.. " was good [that of the last good run]" },
		{ name = "test", argument = "TEST", help = "only this test" },
		{ name = "confirm", argument = "N", type = "integer",
			help = "a failure counts when it was seen so often" },
		{ name = "param", argument = "NAME=VALUE", many = true,
			help = "instead of the run's own" },
		{ name = "quiet", short = "q", help = "print only the result" },
	},
	exits = { [1] = "the commit could not be told from others" },
	examples = {
		{ "tidemill bisect 41", "who broke it?" },
		{ "tidemill bisect 41 --good v1.2 --param deploy=false" },
	},
	run = run,
}
