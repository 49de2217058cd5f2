--- Finds the commit that broke a run, by running its recipe at others.

local commits = require("bisect.commits")
local search = require("bisect.search")
local trial = require("bisect.trial")
local verdict = require("bisect.verdict")

---@class bisect.Options
---@field home string
---@field good? string commit
---@field test? string only this test
---@field confirm? integer how often a failure must be seen [flaky tests 2]
---@field params? table<string, any> instead of those of the run
---@field told fun(what: table) progress

---@class bisect.Result
---@field commits git.Commit[] those that were to be looked through
---@field culprit? git.Commit
---@field candidates git.Commit[] when no run could tell them apart
---@field runs integer[] that were made for this
---@field failure bisect.Failure
---@field good string

--- What is known of a commit: one good run is enough, for a failure that
--- comes and goes is not the commit's.
local function judge(state, oid)
	local bad, any = 0, false

	for _, row in ipairs(trial.ended(state.db, state.run, oid,
		state.params)) do
		local one = verdict.of(state.db, state.failure, row)
		any = true
		if one == "good" then return "good" end
		if one == "bad" then bad = bad + 1 end
	end
	if bad >= state.confirm then return "bad" end
	return any and bad == 0 and "skip" or nil
end

--- Runs at a commit until its verdict is known.
local function look(state, commit)
	local known = judge(state, commit.oid)

	while not known do
		local row = trial.run(state.db, state.home, state.run,
			commit.oid, state.params)
		state.runs[#state.runs + 1] = row.id
		known = judge(state, commit.oid)
		if not known and row.state ~= "failed"
			and row.state ~= "timed_out" then
			known = "skip" -- cancelled, or it waits for a person
		end
		state.told { run = row.id, commit = commit,
			verdict = known or "bad, to be confirmed" }
	end
	return known
end

local function params_of(run, more)
	local json = require("json")

	if not more or not next(more) then return run.params end
	local params = json.decode(run.params or "{}")
	for name, value in pairs(more) do params[name] = value end
	return json.encode(params)
end

local function start(db, run, options)
	local repo = commits.repo(db, options.home, run)
	local failure = verdict.failure(db, run, options.test)
	local good = options.good and repo:log { from = options.good,
		limit = 1 }[1].oid or commits.last_good(db, repo, failure)

	return { db = db, home = options.home, run = run, failure = failure,
		runs = {}, told = options.told, good = good,
		params = params_of(run, options.params),
		confirm = options.confirm or failure.flaky and 2 or 1,
		commits = commits.between(repo, good, run.oid) }
end

--- Looks for the commit that broke `run`. Runs that exist are used: whoever
--- calls it again goes on where it was.
---@async
---@param db store.Db
---@param run table a row of runs that failed
---@param options bisect.Options
---@return bisect.Result
return function(db, run, options)
	local state = start(db, run, options)
	local list, known = state.commits, {}
	local count = #list

	if count == 0 then
		error({ code = "invalid", message = "there are no commits"
			.. " between the good and the bad one" }, 0)
	end
	for i = 1, count - 1 do known[i] = judge(state, list[i].oid) end
	state.told { commits = count, left = search.left(known, count),
		good = state.good, failure = state.failure }
	local at = search.next(known, count)
	while at do
		known[at] = look(state, list[at])
		at = search.next(known, count)
	end
	local good, bad = search.bounds(known, count)
	return { commits = list, runs = state.runs, good = state.good,
		failure = state.failure,
		culprit = bad - good == 1 and list[bad] or nil,
		candidates = table.move(list, good + 1, bad, 1, {}) }
end
