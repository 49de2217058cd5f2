--- Why something happened or does not happen yet, as sentences from the record.

local format = require("terminal.format")
local record = require("record")

local explain = {}

local EXCERPT <const> = 12 -- lines that are shown of a step's log
local EARLIER <const> = 10 -- failures of a step that are looked at

--- Collects sentences and, for programs, the rows behind them.
local function collector(db)
	local out = { lines = {}, failures = {}, db = db,
		now = require("time").now() }

	function out:say(depth, text, ...)
		self.lines[#self.lines + 1] = ("  "):rep(depth)
			.. text:format(...)
	end
	return out
end

local function ago(out, ms)
	return format.age(out.now - ms) .. " ago"
end

local function short(oid)
	return oid and oid:sub(1, 10) or "nothing"
end

--- Returns one sentence of what an event was.
local function event_text(out, event)
	local repo = event.repo > 0 and out.db:row(
		"SELECT name FROM repos WHERE id = ?", event.repo)
	local text = event.kind

	if event.ref then
		text = ("%s of %s%s: %s -> %s"):format(event.kind,
			format.ref(event.ref),
			repo and " in " .. repo.name or "",
			short(event.old), short(event.new))
	elseif event.kind == "emit" and event.payload then
		text = "emit " .. event.payload
	elseif event.kind == "run" and event.payload then
		text = "end of a run " .. event.payload
	end
	return format.fit(format.clean(text), 200)
end

local function describe_event(out, event)
	out:say(0, "Event e%d: %s.", event.id, event_text(out, event))
	out:say(1, "It happened at %s (%s).", format.time(event.created),
		ago(out, event.created))
	if event.error then out:say(1, "Error: %s.", event.error) end
end

local function recipe_text(out, decision)
	local row = decision.recipe and out.db:row(
		"SELECT name, path FROM recipes WHERE id = ?", decision.recipe)
	local text = row and ("%s (%s)"):format(row.name, row.path)
		or "no recipe"

	if decision.trigger then
		text = ("%s, trigger %d"):format(text, decision.trigger + 1)
	end
	return text
end

local VERDICTS <const> = { run = "started", filtered = "filtered out",
	skipped = "skipped", superseded = "superseded", error = "error" }

local function describe_decision(out, decision)
	local verdict = VERDICTS[decision.verdict] or decision.verdict

	if decision.run then
		verdict = ("%s run %d"):format(verdict, decision.run)
	end
	out:say(1, "%s: %s: %s.", recipe_text(out, decision), verdict,
		(decision.reason:gsub("%.$", "")))
end

local function server_answers(out)
	return require("engine").ask(out.db:home(), "ping") ~= nil
end

local function describe_pending(out, event)
	if event.state == "superseded" then
		out:say(1, "It was superseded by a later event.")
	elseif event.state ~= "new" then
		return
	elseif event.due > out.now then
		out:say(1, "It is looked at in %s: a quiet period, in which"
			.. " later pushes replace it.",
			format.duration(event.due - out.now))
	elseif not server_answers(out) then
		out:say(1, "It was not looked at yet: no server runs for this"
			.. " home ('tidemill serve').")
	else
		out:say(1, "It was not looked at yet; the server is at it.")
	end
end

local function rows_as_json(rows)
	local list = require("json").array {}

	for i, row in ipairs(rows) do list[i] = record.decoded(row) end
	return list
end

--- Explains an event.
---@param db store.Db
---@param id integer
---@return string[] lines
---@return table facts for --json
function explain.event(db, id)
	local out = collector(db)
	local event = db:row("SELECT * FROM events WHERE id = ?", id)

	if not event then
		error({ code = "not_found", message = ("there is no event e%d")
			:format(id) }, 0)
	end
	describe_event(out, event)
	describe_pending(out, event)
	local decisions = db:query("SELECT * FROM decisions WHERE event = ?"
		.. " ORDER BY rowid", id)
	for _, decision in ipairs(decisions) do
		describe_decision(out, decision)
	end
	if #decisions == 0 and event.state == "done" then
		out:say(1, "No recipe has a trigger for it.")
	end
	return out.lines, { event = record.decoded(event),
		decisions = rows_as_json(decisions) }
end

local function describe_origin(out, run)
	if run.fork_of then
		out:say(1, "It repeats run %d%s.", run.fork_of, run.fork_step
			and (" from step '%s'"):format(run.fork_step) or "")
	end
	if run.parent then
		out:say(1, "Step '%s' of run %d started it.",
			run.parent_step or "?", run.parent)
	elseif not run.event then
		if not run.fork_of then
			out:say(1, "Somebody started it by hand.")
		end
		return {}
	end
	local event = run.event and out.db:row(
		"SELECT * FROM events WHERE id = ?", run.event)
	if event then
		out:say(1, "Event e%d, %s: %s.", event.id,
			ago(out, event.created), event_text(out, event))
	elseif run.event then
		out:say(1, "Its event e%d is not kept any more.", run.event)
	end
	local decisions = out.db:query("SELECT * FROM decisions WHERE run = ?"
		.. " ORDER BY rowid", run.id)
	for _, decision in ipairs(decisions) do
		describe_decision(out, decision)
	end
	return decisions
end

--- Who holds the locks that a run has asked for, and who is before it.
local function describe_locks(out, run)
	local wanted = out.db:query("SELECT * FROM locks WHERE run = ? AND"
		.. " held = 0 ORDER BY ticket", run.id)

	for _, lock in ipairs(wanted) do
		out:say(1, "It waits for the lock '%s' in step '%s', for %s.",
			lock.name, lock.step,
			format.duration(out.now - lock.asked))
		for _, other in ipairs(out.db:query("SELECT * FROM locks WHERE"
			.. " name = ? AND ticket <> ? AND (held = 1 OR"
			.. " ticket < ?) ORDER BY held DESC, ticket LIMIT 20",
			lock.name, lock.ticket, lock.ticket)) do
			out:say(2, other.held == 1
				and "Run %d, step '%s', holds it for %s%s."
				or "Run %d, step '%s', asked before, %s ago%s.",
				other.run, other.step, format.duration(out.now
				- (other.since or other.asked)),
				other.lease and ("; its lease ends in %s")
				:format(format.duration(math.max(0,
				other.lease - out.now))) or "")
		end
	end
	return wanted
end

local function describe_group(out, run)
	if not run.concurrency then return end
	local before = out.db:query("SELECT id, state, started, created FROM"
		.. " runs WHERE concurrency = ? AND state IN ('queued',"
		.. " 'running', 'waiting') AND id < ? ORDER BY id LIMIT 20",
		run.concurrency, run.id)

	out:say(1, "Its concurrency group is '%s' (limit %d%s).",
		run.concurrency, run.group_limit, run.supersede
		and "; newer runs replace " .. run.supersede .. " ones" or "")
	for _, other in ipairs(before) do
		out:say(2, "Run %d is before it: %s for %s.", other.id,
			other.state, format.duration(out.now
			- (other.started or other.created)))
	end
end

local function describe_queue(out, run)
	local mode = out.db:setting("mode")
	local ahead = out.db:row("SELECT count(*) AS n FROM runs WHERE state ="
		.. " 'queued' AND (priority > ? OR priority = ? AND id < ?)",
		run.priority, run.priority, run.id).n

	out:say(1, "It is queued for %s%s.", format.duration(out.now
		- (run.queued or run.created)), run.waits_for
		and ": waits for " .. run.waits_for or "")
	if mode and mode ~= "run" then
		out:say(1, "The server's mode is '%s': nothing is started"
			.. " until 'tidemill unpause'.", mode)
	end
	if ahead > 0 then
		out:say(1, "%d queued %s before it.", ahead,
			ahead == 1 and "run is" or "runs are")
	end
	describe_group(out, run)
	if not server_answers(out) then
		out:say(1, "No server runs for this home; 'tidemill resume %d'"
			.. " runs it here.", run.id)
	end
end

local function describe_waiting(out, run)
	out:say(1, "It waits%s, without a process%s.", run.waits_for
		and " for " .. run.waits_for or "", run.wake_at
		and ", until " .. format.time(run.wake_at) or "")
	describe_locks(out, run)
	describe_group(out, run)
end

local function describe_running(out, run)
	local alive = run.pid and require("proc").alive(run.pid,
		run.pid_start or 0)

	out:say(1, "It runs for %s; its runner is process %s%s.",
		format.duration(out.now - (run.started or run.created)),
		run.pid or "?", alive and ""
		or ", which is gone: a server, or 'tidemill resume "
		.. run.id .. "', goes on")
	for _, step in ipairs(out.db:query("SELECT name, state, started FROM"
		.. " steps WHERE run = ? AND finished IS NULL ORDER BY id",
		run.id)) do
		out:say(2, "Step '%s' is %s for %s.", step.name, step.state,
			format.duration(out.now - step.started))
	end
	describe_locks(out, run)
end

--- Says in which earlier runs the step failed in the same way.
local function describe_alike(out, step, found)
	local runs = {}

	for _, other in ipairs(out.db:query("SELECT s.* FROM steps s JOIN runs"
		.. " r ON r.id = s.run JOIN runs me ON me.id = ? WHERE s.name ="
		.. " ? AND s.run < me.id AND r.name = me.name AND s.state ="
		.. " 'failed' ORDER BY s.id DESC LIMIT ?", step.run, step.name,
		EARLIER)) do
		local one = require("learn.step_failure")(out.db:home(), other)
		if one and one.signature == found.signature then
			runs[#runs + 1] = other.run
		end
	end
	found.seen = require("json").array(runs)
	if #runs > 0 then
		out:say(2, "It failed so before: run %s.",
			table.concat(runs, ", ", 1, math.min(#runs, 5)))
	end
end

--- The lines of its log that say why a step failed.
local function describe_failure(out, step)
	local found = require("learn.step_failure")(out.db:home(), step)

	if not found then return end
	out.failures[#out.failures + 1] = found
	out:say(2, "A %s, it seems (%.0f %%; signature %s), by line %d of its"
		.. " log:", (found.class:gsub("_", " ")),
		found.confidence * 100, found.signature, found.lines[1][1])
	local shown = 0
	for line in found.excerpt:gmatch("[^\n]+") do
		shown = shown + 1
		if shown > EXCERPT then
			out:say(3, "… ('tidemill logs %d/%s' has it all)",
				step.run, step.name)
			break
		end
		out:say(3, "| %s", format.fit(format.clean(line), 150))
	end
	describe_alike(out, step, found)
end

local function describe_end(out, run)
	local took = record.duration(run, out.now)

	out:say(1, "It ended %s%s.", ago(out, run.finished or run.created),
		took and " after " .. format.duration(took) or "")
	if run.cancel then out:say(1, "Asked to stop by %s.", run.cancel) end
	local text = record.error_text(run.error)
	if text then out:say(1, "Error: %s.", text) end
	local counts = require("reports.query").counts(out.db, run.id)
	if counts then
		out:say(1, "Its tests: %s.",
			require("reports.query").counts_text(counts))
	end
	for _, step in ipairs(out.db:query("SELECT * FROM steps WHERE run = ?"
		.. " AND state IN ('failed', 'timed_out') ORDER BY id",
		run.id)) do
		out:say(2, "Step '%s' %s%s: %s.", step.name,
			(step.state:gsub("_", " ")),
			step.soft == 1 and " (soft)" or "",
			record.error_text(step.error)
			or "exit " .. (step.status or "?"))
		require("reports.show").explain(out, step)
		describe_failure(out, step)
	end
end

local STATES <const> = { queued = "is queued", running = "is running",
	waiting = "is waiting", passed = "passed", failed = "failed",
	cancelled = "was cancelled", timed_out = "timed out",
	superseded = "was superseded" }

local DESCRIBE <const> = { queued = describe_queue,
	waiting = describe_waiting, running = describe_running }

--- Explains a run.
---@param db store.Db
---@param id integer
---@return string[] lines
---@return table facts for --json
function explain.run(db, id)
	local out = collector(db)
	local run = record.run(db, id)

	out:say(0, "Run %d (%s) %s.", id, format.clean(run.name),
		STATES[run.state])
	local decisions = describe_origin(out, run)
	if run.attempt > 1 then
		out:say(1, "It has its runner number %d.", run.attempt)
	end
	local describe = DESCRIBE[run.state] or describe_end
	describe(out, run)
	if run.cancel and not record.ENDED[run.state] then
		out:say(1, "It was asked to stop by %s.", run.cancel)
	end
	return out.lines, { run = record.decoded(run),
		failures = require("json").array(out.failures),
		decisions = rows_as_json(decisions),
		locks = rows_as_json(db:query("SELECT * FROM locks WHERE run ="
			.. " ? ORDER BY ticket", id)) }
end

return explain
