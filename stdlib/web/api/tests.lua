--- /api/v1/runs/ID/tests and /api/v1/tests: what tests told.

local json = require("json")
local query = require("reports.query")
local record = require("record")
local reply = require("web.reply")
local rows = require("web.api.rows")

local PAGE <const> = 200
local PAGE_MAX <const> = 500
local FAILED_MAX <const> = 200

local function or_null(value)
	if value == nil then return json.null end
	return value
end

local function shape(row)
	return { test = require("reports.name")(row), suite = row.suite,
		name = row.name, file = or_null(row.file), label = row.label,
		step = row.step, attempt = row.attempt, outcome = row.outcome,
		seconds = or_null(row.seconds),
		message = or_null(row.message),
		details = or_null(row.details),
		quarantined = row.quarantined == 1, flaky = row.flaky == 1,
		changed = row.changed == 1 }
end

local function counts_of(db, run)
	local counts = query.counts(db, run)

	if not counts then return json.null end
	return { tests = counts.tests, passed = counts.passed,
		failed = counts.failed, error = counts.error,
		skipped = counts.skipped, quarantined = counts.quarantined,
		changed = counts.changed, seconds = or_null(counts.seconds) }
end

local function of_run(request)
	local db = request.web:reader()
	local id = rows.id(request, "run")
	local limit = request.query.limit or PAGE
	local from = request.query.cursor or 0
	local found

	record.run(db, id)
	if request.query.all then
		found = query.page(db, id, limit + 1, from)
	else
		limit = math.min(limit, FAILED_MAX)
		found = query.failed(db, id, limit + 1, from)
	end
	local more = #found > limit
	if more then found[#found] = nil end
	return reply.json { counts = counts_of(db, id),
		items = rows.all(found, shape),
		next = more and tostring(from + limit) or json.null }
end

local function known(row)
	return { test = require("reports.name")(row), suite = row.suite,
		name = row.name, recipe = row.recipe, label = row.label,
		file = or_null(row.file), passed = row.passed,
		failed = row.failed, skipped = row.skipped,
		seconds = or_null(row.seconds), flaky = row.flaky == 1,
		flaky_since = or_null(row.flaky_since),
		last_run = row.last_run, last_outcome = row.last_outcome,
		last_failed = or_null(row.last_failed) }
end

local function history(request)
	local asked = request.query

	return reply.json { items = rows.all(query.history(
		request.web:reader(), { recipe = asked.recipe,
			flaky = asked.flaky, slowest = asked.slowest,
			limit = asked.limit or PAGE }), known) }
end

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/runs/{run}/tests", scope = "read",
		summary = "A run's tests: those that failed, or all",
		result = "RunTests", query = {
			all = { type = "boolean",
				description = "all, without details" },
			cursor = { type = "integer", minimum = 1,
				description = "`next` of the page before" },
			limit = { type = "integer", minimum = 1,
				maximum = PAGE_MAX },
		}, handle = of_run },
	{ method = "GET", path = "/api/v1/tests", scope = "read",
		summary = "Tests over time: flaky and failing ones first",
		result = "KnownTests", query = {
			recipe = { type = "string" },
			flaky = { type = "boolean",
				description = "only flaky ones" },
			slowest = { type = "boolean",
				description = "in order of their time" },
			limit = { type = "integer", minimum = 1,
				maximum = PAGE_MAX },
		}, handle = history },
}
