--- tidemill status: how the server, or a commit, is doing.

local record = require("record")

local UNDECIDED <const> = 6

local function counts(db)
	local result = { queued = 0, running = 0, waiting = 0 }

	for _, row in ipairs(db:query("SELECT state, count(*) AS n FROM runs"
		.. " WHERE state IN ('queued', 'running', 'waiting')"
		.. " GROUP BY state")) do
		result[row.state] = row.n
	end
	return result
end

local function server_facts(call, db)
	local answer = require("engine").ask(call.home, "ping")
	local facts = { home = call.home, server = answer ~= nil,
		pid = answer and math.tointeger(answer:match("^ok (%d+)")),
		mode = db and db:setting("mode") or "run" }

	facts.listen = answer and db and db:setting("listen") or nil
	facts.runs = db and counts(db)
		or { queued = 0, running = 0, waiting = 0 }
	facts.active = require("json").array {}
	for i, run in ipairs(db and record.list(db, { limit = 20,
		states = { "running", "waiting" } }) or {}) do
		facts.active[i] = run
	end
	facts.events = db and db:row("SELECT count(*) AS n FROM events WHERE"
		.. " state = 'new'").n or 0
	return facts
end

local function print_server(call, facts)
	local colour = require("terminal.colour")
	local format = require("terminal.format")
	local now = require("time").now()

	call:print(("server   %s"):format(facts.server
		and call.paint("green", "up") .. ", process "
		.. (facts.pid or "?") or call.paint("yellow", "not running")))
	if facts.listen then
		call:print(("listens  %s"):format(facts.listen))
	end
	call:print(("mode     %s"):format(facts.mode))
	call:print(("home     %s"):format(facts.home))
	call:print(("runs     %d running, %d queued, %d waiting"):format(
		facts.runs.running, facts.runs.queued, facts.runs.waiting))
	if facts.events > 0 then
		call:print(("events   %d not looked at yet"):format(
			facts.events))
	end
	for _, run in ipairs(facts.active) do
		call:print(("  %d  %s  %s  %s%s"):format(run.id,
			call.paint(colour.of_state(run.state), run.state),
			format.clean(run.name), format.duration(now
			- (run.started or run.created)), run.waits_for
			and "  " .. run.waits_for or ""))
	end
end

--- The newest run of each recipe for a commit.
local function runs_of(db, commit)
	local seen, list = {}, {}

	for _, run in ipairs(record.list(db, { commit = commit,
		limit = 200 })) do
		local key = run.name .. "\0" .. run.path
		if not seen[key] then list[#list + 1] = run end
		seen[key] = true
	end
	table.sort(list, function(a, b) return a.id < b.id end)
	return list
end

--- Whether events of the commit are still to be looked at.
local function is_pending(db, commit)
	return db:row("SELECT 1 FROM events WHERE state = 'new' AND new >= ?"
		.. " AND new < ? LIMIT 1", commit, commit .. "g") ~= nil
end

local WORST <const> = { "failed", "timed_out", "cancelled", "superseded" }

--- Returns the state of all runs together, and the exit code.
local function summarise(runs, pending)
	local states = {}

	for _, run in ipairs(runs) do states[run.state] = true end
	if pending or states.queued or states.running or states.waiting then
		return states.running and "running" or states.waiting
			and "waiting" or "queued", UNDECIDED
	end
	for _, state in ipairs(WORST) do
		if states[state] then return state, record.EXITS[state] end
	end
	return "passed", 0
end

local function wait_for(call, db, commit)
	local time = require("time")
	local begun, pause = time.now(), 20
	local limit = call.options.timeout

	while true do
		local pending = is_pending(db, commit)
		local runs = runs_of(db, commit)
		local state, code = summarise(runs, pending)
		local waited = time.now() - begun

		if #runs == 0 and not pending then
			if not call.options.wait or waited > 5000 then
				error({ code = "not_found", message =
					("no run of commit %s")
					:format(commit) }, 0)
			end
			code = UNDECIDED
		end
		if code ~= UNDECIDED or not call.options.wait then
			return runs, state, code
		elseif limit and waited >= limit then
			error({ code = "timeout", message =
				("commit %s is still %s after %s"):format(
				commit, state, require("terminal.format")
				.duration(waited)) }, 0)
		end
		time.sleep(pause)
		pause = math.min(500, pause * 2)
	end
end

local function resolve(text)
	if text:find("^%x+$") and #text >= 4 then return text:lower() end
	local ok, result = pcall(require("proc").run, { "git", "rev-parse",
		"--verify", "--quiet", text .. "^{commit}", check = false })
	local oid = ok and result.stdout and result.stdout:match("^%x+")

	if not oid then
		error({ code = "not_found", message = ("'%s' is no commit here")
			:format(text) }, 0)
	end
	return oid
end

local function commit_status(call)
	local colour = require("terminal.colour")
	local format = require("terminal.format")
	local commit = resolve(call.options.commit)
	local runs, state, code = wait_for(call, call:store("read"), commit)

	if call.json then
		local list = require("json").array {}
		for i, run in ipairs(runs) do list[i] = record.decoded(run) end
		call:print_json { commit = commit, state = state, exit = code,
			runs = list }
		return code
	end
	call:print(("commit %s  %s"):format(commit:sub(1, 12),
		call.paint(colour.of_state(state), (state:gsub("_", " ")))))
	for _, run in ipairs(runs) do
		local text = record.error_text(run.error)
		call:print(("  run %d  %s  %s  %s%s"):format(run.id,
			call.paint(colour.of_state(run.state), run.state),
			format.clean(run.name), format.duration(record.duration(
			run, require("time").now())),
			text and "  " .. format.clean(text) or ""))
	end
	return code
end

local function run(call)
	if call.options.commit then return commit_status(call) end
	if call.options.wait then
		call:misused("option '--wait' wants '--commit' too")
	end
	local facts = server_facts(call, call:existing_store())
	if call.json then
		call:print_json(facts)
	else
		print_server(call, facts)
	end
end

---@type cli.Verb
return {
	summary = "say how the server, or a commit, is doing",
	arguments = {},
	options = {
		{ name = "commit", short = "c", argument = "SHA",
			help = "the runs of this commit, the newest of each"
			.. " recipe; or of what git calls so ('HEAD')" },
		{ name = "wait", short = "w", help = "until they have ended" },
		{ name = "timeout", argument = "TIME", type = "duration",
			help = "how long to wait at most" },
	},
	exits = {
		[0] = "the server was asked; all runs of the commit passed",
		[1] = "one failed",
		[3] = "the commit has no runs",
		[4] = "one was cancelled or superseded, none failed",
		[5] = "one timed out, or --timeout was over",
		[6] = "they go on (without --wait)",
	},
	examples = {
		{ "tidemill status" },
		{ "tidemill status --commit HEAD --wait --timeout 30m",
			"in a script: did the push pass?" },
	},
	run = run,
}
