--- Tests for people: of a run, of a failed run's explanation, over time.

local format = require("terminal.format")
local name_of = require("reports.name")
local query = require("reports.query")

local show = {}

local SHOWN <const> = 10

--- Returns what is known of a failed test: "flaky", "in quarantine", ….
---@param db store.Db
---@param row reports.Row
---@param run integer
---@return string
function show.remark(db, row, run)
	if row.quarantined == 1 then return "in quarantine" end
	if row.changed == 1 then return "passed at another attempt" end
	local past = db:row([[SELECT count(*) AS results, sum(failed) AS failed
		FROM (SELECT max(outcome IN ('failed', 'error')) AS failed
		FROM tests WHERE test = ? AND run < ? GROUP BY run
		ORDER BY run DESC LIMIT 100)]], row.test, run)

	if past.results == 0 then return "new" end
	local text = ("failed in %d of %d runs before"):format(past.failed,
		past.results)
	return row.flaky == 1 and "flaky: " .. text or text
end

--- Prints how the tests of a run ended, and those that failed.
---@param call cli.Call
---@param db store.Db
---@param run integer
---@param limit? integer failed ones
function show.run(call, db, run, limit)
	local counts = query.counts(db, run)

	limit = limit or SHOWN
	if not counts then return end
	call:print(("\n%s  %s"):format(call.paint("bold", "tests"),
		query.counts_text(counts)))
	for _, row in ipairs(query.failed(db, run, limit)) do
		call:print(("  %s %s  %s"):format(call.paint("red", "x"),
			format.clean(name_of(row)), call.paint("dim",
			show.remark(db, row, run))))
		if row.message then
			call:print("    " .. format.fit(
				format.clean(row.message), 150))
		end
	end
	local more = counts.failed + counts.error - limit
	if more > 0 then
		call:print(("  and %d more: 'tidemill tests %d'"):format(more,
			run))
	end
end

--- Adds sentences about the failed tests of a step to an explanation.
---@param out table a collector of the module explain
---@param step table
function show.explain(out, step)
	local rows = {}

	for _, row in ipairs(query.failed(out.db, step.run)) do
		if row.step == step.id then rows[#rows + 1] = row end
	end
	if #rows == 0 then return end
	out:say(2, "%d of its tests failed:", #rows)
	for i, row in ipairs(rows) do
		if i > SHOWN then
			out:say(3, "and %d more ('tidemill tests %d')",
				#rows - SHOWN, step.run)
			break
		end
		out:say(3, "%s (%s)%s", format.clean(name_of(row)),
			show.remark(out.db, row, step.run), row.message
			and ": " .. format.fit(format.clean(row.message), 150)
			or "")
	end
end

--- Returns a row as programs get it.
---@param row table
---@return table
function show.fact(row)
	return { suite = row.suite, name = row.name, test = name_of(row),
		file = row.file, label = row.label, outcome = row.outcome,
		seconds = row.seconds, message = row.message,
		details = row.details, attempt = row.attempt,
		step = row.step, quarantined = row.quarantined == 1,
		flaky = row.flaky == 1, changed = row.changed == 1 }
end

--- Returns rows as a JSON array of facts.
---@param rows table[]
---@return table[]
function show.facts(rows)
	local list = require("json").array {}

	for i, row in ipairs(rows) do list[i] = show.fact(row) end
	return list
end

--- Returns seconds as people read them.
---@param seconds? number
---@return string
function show.time(seconds)
	if not seconds then return "" end
	return format.duration(math.floor(seconds * 1000 + 0.5))
end

return show
