--- What is recorded of tests: of a run, and of each test over time.

local query = {}

local LAST <const> = [[
SELECT h.suite, h.name, h.file, h.label, h.flaky, t.test, t.step, t.outcome,
t.quarantined, t.seconds, t.message, t.details, t.attempt,
max(t.attempt * 1000000 + t.number) AS place,
count(DISTINCT t.outcome IN ('failed', 'error')) > 1 AS changed
FROM tests t JOIN test_history h ON h.id = t.test WHERE t.run = ?
GROUP BY t.test ]]

---@class reports.Row
---@field suite string
---@field name string
---@field file? string
---@field label string
---@field outcome string
---@field seconds? number
---@field message? string
---@field details? string
---@field quarantined integer
---@field flaky integer the verdict over time
---@field changed integer 1: in this run it failed and passed
---@field attempt integer of the step
---@field step integer
---@field test integer

--- Returns the tests of a run, each with its last result, in their order.
---@param db store.Db
---@param run integer
---@return reports.Row[]
function query.of_run(db, run)
	return db:query(LAST .. "ORDER BY t.step, place", run)
end

--- Returns those that failed in the end.
---@param db store.Db
---@param run integer
---@param limit? integer
---@param from? integer how many are left out first
---@return reports.Row[]
function query.failed(db, run, limit, from)
	return db:query("SELECT * FROM (" .. LAST .. ") WHERE outcome IN"
		.. " ('failed', 'error') ORDER BY quarantined, step, place"
		.. " LIMIT ? OFFSET ?", run, limit or 100000, from or 0)
end

--- Returns some tests of a run, without details.
---@param db store.Db
---@param run integer
---@param limit integer
---@param from integer how many are left out first
---@return reports.Row[]
function query.page(db, run, limit, from)
	return db:query(LAST:gsub("t%.details, ", "")
		.. "ORDER BY t.step, place LIMIT ? OFFSET ?", run, limit, from)
end

--- Returns how the tests of a run ended; nil when it has none.
---@param db store.Db
---@param run integer
---@return table?
function query.counts(db, run)
	local counts = db:row([[SELECT count(*) AS tests,
		sum(outcome = 'passed') AS passed,
		sum(outcome = 'failed') AS failed,
		sum(outcome = 'error') AS error,
		sum(outcome = 'skipped') AS skipped,
		sum(quarantined AND outcome IN ('failed', 'error'))
			AS quarantined,
		sum(changed) AS changed,
		sum(seconds) AS seconds FROM (]] .. LAST .. ")", run)

	return counts.tests > 0 and counts or nil
end

--- Returns counts as a sentence: "12 passed, 1 failed".
---@param counts table
---@return string
function query.counts_text(counts)
	local parts = {}

	for _, outcome in ipairs { "passed", "failed", "error", "skipped" } do
		local count = counts[outcome] or 0
		if count > 0 then
			parts[#parts + 1] = ("%d %s"):format(count,
				outcome == "error" and count > 1 and "errors"
				or outcome)
		end
	end
	local text = table.concat(parts, ", ")
	if (counts.quarantined or 0) > 0 then
		text = ("%s (%d in quarantine)"):format(text,
			counts.quarantined)
	end
	if (counts.changed or 0) > 0 then
		text = ("%s; %d only at another attempt"):format(text,
			counts.changed)
	end
	return text
end

--- Returns the failed tests of a step's attempts before this one.
---@param db store.Db
---@param run integer
---@param step integer
---@param attempt integer
---@return reports.Row[]
function query.failed_before(db, run, step, attempt)
	return db:query("SELECT * FROM (" .. LAST:gsub("t%.run = %?",
		"t.run = ? AND t.step = ? AND t.attempt < ?")
		.. ") WHERE outcome IN ('failed', 'error') ORDER BY place",
		run, step, attempt)
end

---@class reports.HistoryFilter
---@field recipe? string
---@field label? string
---@field flaky? boolean
---@field slowest? boolean in order of time
---@field limit integer

--- Returns rows of test_history: the failing ones first, or the slowest.
---@param db store.Db
---@param filter reports.HistoryFilter
---@return table[]
function query.history(db, filter)
	return db:query("SELECT * FROM test_history WHERE (?1 IS NULL OR"
		.. " recipe = ?1) AND (?2 IS NULL OR label = ?2) AND (?3 = 0 OR"
		.. " flaky = 1) ORDER BY " .. (filter.slowest
		and "seconds DESC, id" or "flaky DESC, last_outcome IN"
		.. " ('failed', 'error') DESC, failed DESC, seconds DESC, id")
		.. " LIMIT ?4", filter.recipe, filter.label,
		filter.flaky and 1 or 0, filter.limit)
end

--- Returns the rows of test_history whose test is called so, SUITE::NAME or
--- its name alone; raises `not_found` with the nearest right name.
---@param db store.Db
---@param wanted string
---@param recipe? string
---@return table[]
function query.named(db, wanted, recipe)
	local rows = db:query("SELECT * FROM test_history WHERE (name = ?1 OR"
		.. " suite || '::' || name = ?1) AND (?2 IS NULL OR recipe ="
		.. " ?2) ORDER BY last_seen DESC", wanted, recipe)

	if #rows > 0 then return rows end
	require("reports.quarantine").check(db, wanted, recipe)
	return rows
end

--- Returns the results of a test, the newest first.
---@param db store.Db
---@param test integer
---@param limit integer
---@return table[]
function query.results(db, test, limit)
	return db:query("SELECT t.run, t.attempt, t.outcome, t.quarantined,"
		.. " t.seconds, t.message, r.ref, r.oid, r.created FROM tests t"
		.. " JOIN runs r ON r.id = t.run WHERE t.test = ? ORDER BY"
		.. " t.run DESC, t.attempt DESC, t.number DESC LIMIT ?", test,
		limit)
end

return query
