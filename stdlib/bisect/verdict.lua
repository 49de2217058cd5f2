--- Was what failed in one run good or bad in another?

local verdict = {}

--- What failed in a run: its tests, or its step.
---@class bisect.Failure
---@field run table the row
---@field tests table<integer, true> test_history.id; steady ones if any are
---@field labels table<string, true> of these tests
---@field names string[]
---@field flaky boolean all of them are known to be flaky
---@field step? string the step that failed, if no test did

local function add(failure, row)
	failure.tests[row.test] = true
	failure.labels[row.label] = true
	failure.names[#failure.names + 1] = require("reports.name")(row)
end

--- The innermost step that failed the run.
local function failed_step(db, run)
	local row = db:row("SELECT name FROM steps s WHERE run = ? AND soft = 0"
		.. " AND state IN ('failed', 'timed_out') AND kind NOT IN"
		.. " ('hook', 'undo') AND NOT EXISTS (SELECT 1 FROM steps"
		.. " WHERE run = s.run AND parent = s.name AND soft = 0 AND"
		.. " state IN ('failed', 'timed_out')) ORDER BY id LIMIT 1", run)

	return row and row.name
end

--- Returns what failed in a run. Flaky tests and those in quarantine count only
--- when no other failed.
---@param db store.Db
---@param run table
---@param only? string a test's name: the search is for this one
---@return bisect.Failure
function verdict.failure(db, run, only)
	local rows = require("reports.query").failed(db, run.id)
	local failure = { run = run, tests = {}, labels = {}, names = {},
		flaky = false }

	for _, row in ipairs(rows) do
		local name = require("reports.name")(row)
		if only and (name == only or row.name == only)
			or not only and row.flaky == 0
			and row.quarantined == 0 then
			add(failure, row)
			failure.flaky = row.flaky == 1
		end
	end
	if only and not next(failure.tests) then
		error({ code = "not_found", message = ("no test '%s' failed in"
			.. " run %d"):format(only, run.id) }, 0)
	end
	if #rows > 0 and not next(failure.tests) then
		for _, row in ipairs(rows) do add(failure, row) end
		failure.flaky = true
	end
	if #rows == 0 then failure.step = failed_step(db, run.id) end
	return failure
end

local function by_tests(db, failure, run)
	local ran = false

	for _, row in ipairs(require("reports.query").of_run(db, run.id)) do
		local bad = row.outcome == "failed" or row.outcome == "error"
		if bad and failure.tests[row.test] then return "bad" end
		ran = ran or failure.labels[row.label] ~= nil
	end
	return ran and "good" or "skip"
end

local function by_step(db, failure, run)
	local row = failure.step and db:row("SELECT state FROM steps WHERE run"
		.. " = ? AND name = ?", run.id, failure.step)

	if not row then return failure.step and "skip" or "bad" end
	if row.state == "failed" or row.state == "timed_out" then return "bad" end
	return row.state == "passed" and "good" or "skip"
end

--- Returns what a run says about the failure; "skip": nothing, because it did
--- not come that far.
---@param db store.Db
---@param failure bisect.Failure
---@param run table
---@return bisect.Verdict
function verdict.of(db, failure, run)
	if run.state == "passed" then return "good" end
	if run.state ~= "failed" and run.state ~= "timed_out" then
		return "skip"
	end
	if next(failure.tests) then return by_tests(db, failure, run) end
	return by_step(db, failure, run)
end

return verdict
