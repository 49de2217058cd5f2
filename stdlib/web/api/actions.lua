--- What a token of scope `write` may do: emit, cancel, retry, resume, decide.

local json = require("json")
local record = require("record")
local reply = require("web.reply")
local rows = require("web.api.rows")

local TEXT <const> = { type = "string" }

local function body_of(request)
	local text = request.raw:body()

	if text == "" then return {} end
	local kind = request.headers["content-type"] or ""
	if not kind:find("^application/json") then
		reply.refuse(400, "the body must be application/json")
	end
	local ok, value = pcall(json.decode, text)
	if not ok then
		reply.refuse(400, "the body is not JSON: %s",
			value.message or tostring(value))
	elseif type(value) ~= "table" or json.is_array(value) then
		reply.refuse(400, "the body must be a JSON object")
	end
	local route = request.route
	for key, field in pairs(value) do
		local schema = route.body[key]
		if not schema then
			local near = require("nearest")(key, route.body)
			reply.refuse(400, "unknown key '%s'%s", key:sub(1, 100),
				near and (" (did you mean '%s'?)"):format(near)
				or "")
		elseif schema.type == "string" and type(field) ~= "string" then
			reply.refuse(400, "'%s' must be a string", key)
		end
	end
	return value
end

local function audit(request, action, target, detail)
	require("web.audit").add(request.web:writer(), request.actor, action,
		target, detail)
end

local function accepted(id, state, status)
	return reply.json({ id = id, state = state }, status or 202)
end

local function emit(request)
	local body = body_of(request)
	local name, payload = body.name, body.payload
	local db = request.web:writer()

	if not name or not name:find("^[%w._-]+$") or #name > 200 then
		reply.refuse(400, "'name' must be 1 to 200 letters, digits and"
			.. " ._-")
	end
	local key = body.key or request.headers["idempotency-key"]
		or require("web.tokens").random(16)
	local dedupe = ("emit:%s:%s"):format(name, key)
	local id = db:event_add { kind = "emit", dedupe = dedupe,
		payload = json.encode { name = name, payload = payload } }
	if id then
		db:poke_server()
		audit(request, "event.emit", "e" .. id, name)
		return reply.json({ id = id, duplicate = false }, 202)
	end
	local row = db:row("SELECT id FROM events WHERE dedupe = ?", dedupe)
	return reply.json({ id = row.id, duplicate = true }, 202)
end

local function replay(request)
	local id = rows.id(request, "event")

	body_of(request)
	local copy = require("events").replay(request.web:writer(), id)
	audit(request, "event.replay", "e" .. id, "as e" .. copy)
	return reply.json({ id = copy, duplicate = false }, 202)
end

local function cancel(request)
	local db = request.web:writer()
	local run = record.run(db, rows.id(request, "run"))
	local reason = body_of(request).reason

	if not db:run_cancel(run.id, request.actor .. (reason and ": "
		.. reason or "")) then
		reply.refuse(409, "run %d has ended already: %s", run.id,
			run.state)
	end
	db:poke_server()
	audit(request, "run.cancel", tostring(run.id), reason)
	return accepted(run.id, record.run(db, run.id).state)
end

local function retry(request)
	local rerun = require("run.rerun")
	local db = request.web:writer()
	local run = record.run(db, rows.id(request, "run"))
	local body = body_of(request)
	local id = run.id

	if not record.ENDED[run.state] then
		reply.refuse(409, "run %d has not ended; it is %s", run.id,
			run.state)
	elseif body.failed == true then
		rerun.check_code(db, request.web.home, run)
		rerun.reopen_failed(db, run)
	else
		id = rerun.copy(db, run)
	end
	db:poke_server()
	audit(request, "run.retry", tostring(run.id), body.failed == true
		and "what failed" or ("as run %d"):format(id))
	return accepted(id, record.run(db, id).state)
end

local function resume(request)
	local db = request.web:writer()
	local run = record.run(db, rows.id(request, "run"))

	if record.ENDED[run.state] then
		reply.refuse(409, "run %d has ended: %s", run.id, run.state)
	end
	require("run.rerun").check_code(db, request.web.home, run)
	if run.state ~= "running" or not db:poke_run(run.id) then
		db:run_requeue(run.id, "resumed by " .. request.actor)
		db:poke_server()
	end
	audit(request, "run.resume", tostring(run.id))
	return accepted(run.id, record.run(db, run.id).state)
end

local function decide(state)
	return function(request)
		local approvals = require("approvals")
		local db = request.web:writer()
		local id = rows.id(request, "approval")
		local row = approvals.get(db, id)
		local comment = body_of(request).comment

		if not row then
			reply.refuse(404, "there is no approval a%d", id)
		end
		local run = record.run(db, row.run)
		if record.ENDED[run.state] or not approvals.close(db, id, {
			state = state, by = request.actor,
			comment = comment }) then
			reply.refuse(409, "approval a%d is over", id)
		end
		audit(request, "approval." .. state, "a" .. id, comment)
		if run.state ~= "running" or not db:poke_run(run.id) then
			db:run_requeue(run.id, "an approval was decided")
			db:poke_server()
		end
		return accepted(id, state, 200)
	end
end

local function action(path, summary, body, handle)
	return { method = "POST", path = path, scope = "write", status = 202,
		summary = summary, body = body, result = "Accepted",
		handle = handle }
end

local approve = action("/api/v1/approvals/{approval}/approve",
	"Let a run go on", { comment = TEXT }, decide("approved"))
local reject = action("/api/v1/approvals/{approval}/reject",
	"Let a run not go on", { comment = TEXT }, decide("rejected"))
approve.status, reject.status = 200, 200

---@type web.Route[]
return {
	action("/api/v1/events", "Emit a named event; the same key is the same"
		.. " event (also as header Idempotency-Key)", { name = TEXT,
		key = TEXT, payload = {} }, emit),
	action("/api/v1/events/{event}/replay", "Let an event happen again", {},
		replay),
	action("/api/v1/runs/{run}/cancel", "Ask a run to stop",
		{ reason = TEXT }, cancel),
	action("/api/v1/runs/{run}/retry", "Run it again, or what failed",
		{ failed = { type = "boolean" } }, retry),
	action("/api/v1/runs/{run}/resume", "Go on with a run that waits", {},
		resume),
	approve,
	reject,
}
