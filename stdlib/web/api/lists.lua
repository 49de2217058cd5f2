--- Lists of the API: events, recipes, schedules, the queue, approvals.

local json = require("json")
local record = require("record")
local reply = require("web.reply")
local rows = require("web.api.rows")

local PAGE <const> = 50

local function or_null(value)
	if value == nil then return json.null end
	return value
end

local function events(request)
	local query = request.query
	local limit = query.limit or PAGE
	local found = request.web:reader():query([[SELECT * FROM events WHERE
		(?1 IS NULL OR id < ?1) AND (?2 IS NULL OR kind = ?2)
		ORDER BY id DESC LIMIT ?3]], query.cursor, query.kind,
		limit + 1)

	return reply.json(rows.page(found, limit, rows.event))
end

local function event_why(request)
	local lines = require("explain").event(request.web:reader(),
		rows.id(request, "event"))

	return reply.json { lines = json.array(lines) }
end

local function recipes(request)
	local found = request.web:reader():query([[SELECT c.*, p.name AS
		repo_name, r.id AS run_id, r.state AS run_state FROM recipes c
		LEFT JOIN repos p ON p.id = c.repo LEFT JOIN runs r ON r.id =
		(SELECT max(id) FROM runs WHERE name = c.name)
		ORDER BY c.name, c.id LIMIT 1000]])

	return reply.json { items = rows.all(found, function(row)
		return { id = row.id, name = row.name, path = row.path,
			repo = or_null(row.repo_name),
			enabled = row.enabled == 1,
			error = or_null(row.error),
			last_run = or_null(row.run_id),
			last_state = or_null(row.run_state) }
	end) }
end

local function schedules(request)
	local found = request.web:reader():query([[SELECT s.next_at, s.last_at,
		r.name, r.path, p.name AS repo_name FROM schedules s JOIN
		recipes r ON r.id = s.recipe LEFT JOIN repos p ON p.id = r.repo
		WHERE r.enabled = 1 ORDER BY s.next_at LIMIT ?]],
		request.query.limit or PAGE)

	return reply.json { items = rows.all(found, function(row)
		return { recipe = row.name, path = row.path,
			repo = or_null(row.repo_name), next_at = row.next_at,
			last_at = or_null(row.last_at) }
	end) }
end

local function queue(request)
	local db = request.web:reader()
	local out = { running = 0, queued = 0, waiting = 0 }

	for _, row in ipairs(db:query("SELECT state, count(*) AS n FROM runs"
		.. " WHERE state IN ('queued', 'running', 'waiting')"
		.. " GROUP BY state")) do
		out[row.state] = row.n
	end
	local mode = db:row("SELECT value FROM settings WHERE key = 'mode'")
	out.mode = mode and mode.value or "run"
	out.items = rows.all(record.list(db, { limit = 200,
		states = { "queued", "running", "waiting" } }), rows.run)
	return reply.json(out)
end

local function approvals(request)
	return reply.json { items = rows.all(require("approvals").open(
		request.web:reader()), rows.approval) }
end

local LIMIT <const> = { type = "integer", minimum = 1, maximum = 200 }

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/events", scope = "read",
		summary = "Events, the newest first", result = "EventPage",
		query = { kind = { type = "string" }, limit = LIMIT,
			cursor = { type = "integer", minimum = 1 } },
		handle = events },
	{ method = "GET", path = "/api/v1/events/{event}/why", scope = "read",
		summary = "What an event started, and why not", result = "Why",
		handle = event_why },
	{ method = "GET", path = "/api/v1/recipes", scope = "read",
		summary = "Recipes that the server knows", result = "Recipes",
		handle = recipes },
	{ method = "GET", path = "/api/v1/schedules", scope = "read",
		summary = "Schedules by their next time", result = "Schedules",
		query = { limit = LIMIT }, handle = schedules },
	{ method = "GET", path = "/api/v1/queue", scope = "read",
		summary = "What runs, waits and is queued", result = "Queue",
		handle = queue },
	{ method = "GET", path = "/api/v1/approvals", scope = "read",
		summary = "Questions that wait for people",
		result = "Approvals", handle = approvals },
}
