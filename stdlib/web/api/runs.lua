--- /api/v1/runs: what ran, and each run.

local json = require("json")
local record = require("record")
local reply = require("web.reply")
local rows = require("web.api.rows")

local PAGE <const> = 50
local PAGE_MAX <const> = 200

local function split(text)
	local list = {}

	for word in (text or ""):gmatch("[^,]+") do list[#list + 1] = word end
	for _, word in ipairs(list) do
		local known = false
		for _, state in ipairs(record.STATES) do
			known = known or state == word
		end
		if not known then
			local near = require("nearest")(word, record.STATES)
			reply.refuse(400, "there is no state '%s'%s",
				word:sub(1, 100), near and
				(" (did you mean '%s'?)"):format(near) or "")
		end
	end
	return #list > 0 and list or nil
end

local function list(request)
	local query = request.query
	local limit = query.limit or PAGE
	local found = record.list(request.web:reader(), {
		limit = limit + 1, before = query.cursor,
		states = split(query.state), name = query.recipe,
		ref = query.ref, commit = query.commit,
		since = query.since })

	return reply.json(rows.page(found, limit, rows.run))
end

local function one(request)
	local db = request.web:reader()
	local id = rows.id(request, "run")
	local out = rows.run(record.run(db, id))

	out.steps = rows.all(db:query("SELECT * FROM steps WHERE run = ?"
		.. " ORDER BY id LIMIT 2000", id), rows.step)
	out.notes = rows.all(db:query("SELECT step, at, text FROM notes WHERE"
		.. " run = ? ORDER BY id LIMIT 200", id), rows.note)
	out.approvals = rows.all(require("approvals").open(db, id),
		rows.approval)
	out.sub_runs = json.array(db:query("SELECT id, name, state FROM runs"
		.. " WHERE parent = ? ORDER BY id LIMIT 200", id))
	return reply.json(out)
end

local function steps(request)
	local db = request.web:reader()
	local id = rows.id(request, "run")

	record.run(db, id)
	return reply.json { items = rows.all(db:query("SELECT * FROM steps"
		.. " WHERE run = ? ORDER BY id LIMIT 2000", id), rows.step) }
end

local function why(request)
	local lines, facts = require("explain").run(request.web:reader(),
		rows.id(request, "run"))

	return reply.json { lines = json.array(lines),
		failures = facts.failures }
end

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/runs", scope = "read",
		summary = "Runs, the newest first", result = "RunPage",
		query = {
			state = { type = "string",
				description = "states, separated by commas" },
			recipe = { type = "string" },
			ref = { type = "string" },
			commit = { type = "string", pattern = "^[0-9a-f]+$" },
			since = { type = "integer", minimum = 0,
				description = "created then or later, ms" },
			cursor = { type = "integer", minimum = 1,
				description = "`next` of the page before" },
			limit = { type = "integer", minimum = 1,
				maximum = PAGE_MAX },
		}, handle = list },
	{ method = "GET", path = "/api/v1/runs/{run}", scope = "read",
		summary = "A run with its steps", result = "RunDetail",
		handle = one },
	{ method = "GET", path = "/api/v1/runs/{run}/steps", scope = "read",
		summary = "A run's steps", result = "Steps", handle = steps },
	{ method = "GET", path = "/api/v1/runs/{run}/why", scope = "read",
		summary = "Why it runs, waits or ended so", result = "Why",
		handle = why },
}
