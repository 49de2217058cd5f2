--- tidemill show: everything about one run or step.

local record = require("record")

local function facts_printer(call)
	return function(label, text)
		if text and text ~= "" then
			call:print(("  %s %s"):format(call.paint("dim",
				("%-10s"):format(label)), text))
		end
	end
end

local function params_text(text)
	local ok, params = pcall(require("json").decode, text or "{}")
	local parts = {}

	if not ok or type(params) ~= "table" then return text end
	for key, value in pairs(params) do
		parts[#parts + 1] = ("%s=%s"):format(key,
			type(value) == "table" and require("json").encode(value)
			or tostring(value))
	end
	table.sort(parts)
	return table.concat(parts, " ")
end

local function origin_text(db, run)
	if run.fork_of then
		return ("run %d%s"):format(run.fork_of, run.fork_step
			and (", from step '%s'"):format(run.fork_step) or "")
	elseif run.parent then
		return ("run %d, step '%s'"):format(run.parent,
			run.parent_step or "?")
	elseif not run.event then
		return "by hand"
	end
	local event = db:query("SELECT * FROM events WHERE id = ?",
		run.event)[1]
	local text = ("e%d (%s)"):format(run.event, event and event.kind
		or "removed since")
	local reason = db:query("SELECT reason FROM decisions WHERE run = ?"
		.. " ORDER BY at DESC LIMIT 1", run.id)[1]
	return reason and text .. ": " .. reason.reason or text
end

local function when_text(run, now)
	local format = require("terminal.format")
	local parts = { format.time(run.created) }

	if run.started and run.started - run.created >= 1000 then
		parts[#parts + 1] = "started after "
			.. format.duration(run.started - run.created)
	end
	parts[#parts + 1] = format.age(now - run.created) .. " ago"
	return table.concat(parts, ", ")
end

local function print_head(call, db, run, now)
	local colour = require("terminal.colour")
	local format = require("terminal.format")
	local fact = facts_printer(call)
	local took = record.duration(run, now)
	local ref = format.ref(run.ref)

	call:print(("run %d  %s  %s%s"):format(run.id,
		call.paint("bold", format.clean(run.name)),
		call.paint(colour.of_state(run.state),
			(run.state:gsub("_", " "))),
		took and (run.finished and " in " or " for ")
			.. format.duration(took) or ""))
	fact("recipe", run.path)
	fact("repo", run.repo_name)
	fact("commit", run.oid and (ref and ref .. " @ " or "")
		.. run.oid:sub(1, 12) or ref)
	fact("because of", origin_text(db, run))
	fact("params", params_text(run.params))
	fact("created", when_text(run, now))
	fact("attempts", run.attempt > 1 and tostring(run.attempt))
	fact("waits for", not run.finished and run.waits_for)
	fact("cancelled", run.cancel)
	fact("used", run.cpu and ("cpu %s, %s"):format(
		format.duration(run.cpu), format.bytes(run.max_rss)))
	fact("workspace", run.workspace)
	fact("error", record.error_text(run.error))
end

local function print_tail(call, run, step, lines)
	local path = record.log_path(call.home, run.id, step.id)
	local ok, tail = pcall(require("steplog").read, path, { tail = lines })

	if not ok or #tail == 0 then return end
	call:print(("\n%s"):format(call.paint("bold",
		("last lines of %s"):format(step.name))))
	for _, line in ipairs(tail) do
		call:print("  " .. call.paint("dim", "|") .. " "
			.. require("terminal.format").clean(line))
	end
end

--- The failed step that tells most: a leaf, and no soft one if there is
--- another.
local function culprit(steps)
	local found

	for _, step in ipairs(steps) do
		local bad = step.state == "failed" or step.state == "timed_out"
		if bad and (not found or found.soft == 1 and step.soft == 0
			or found.name == step.parent) then
			found = step
		end
	end
	return found
end

local function print_notes(call, db, run)
	local notes = db:query("SELECT * FROM notes WHERE run = ? ORDER BY id",
		run.id)

	if #notes == 0 then return end
	call:print("\n" .. call.paint("bold", "notes"))
	for _, note in ipairs(notes) do
		call:print(("  %s%s"):format(note.step and note.step .. ": "
			or "", require("terminal.format").clean(note.text)))
	end
end

local function show_run(call, db, run)
	local steps = record.steps(db, run.id)
	local now = require("time").now()

	print_head(call, db, run, now)
	if #steps > 0 then
		call:print("\n" .. call.paint("bold", "steps"))
		for _, line in ipairs(require("terminal.tree").lines(steps, now,
			call.paint)) do
			call:print(line)
		end
	end
	require("reports.show").run(call, db, run.id)
	print_notes(call, db, run)
	local step = culprit(steps)
	if step then print_tail(call, run, step, call.options.lines) end
end

local function show_step(call, run, step)
	local colour = require("terminal.colour")
	local format = require("terminal.format")
	local fact = facts_printer(call)
	local took = record.duration(step, require("time").now())

	call:print(("step %s of run %d  %s%s"):format(
		call.paint("bold", format.clean(step.name)), run.id,
		call.paint(colour.of_state(step.state),
			(step.state:gsub("_", " "))),
		took and " in " .. format.duration(took) or ""))
	fact("kind", step.kind .. (step.once == 1 and ", once" or "")
		.. (step.soft == 1 and ", soft" or ""))
	fact("inside", step.parent)
	fact("command", step.command)
	fact("started", format.time(step.started))
	fact("attempts", step.attempt > 1 and tostring(step.attempt))
	fact("exit", step.signal and "signal " .. step.signal
		or step.status and tostring(step.status))
	fact("class", step.class)
	fact("used", step.cpu_user and ("cpu %s user, %s system; %s;"
		.. " read %s, wrote %s"):format(format.duration(step.cpu_user),
		format.duration(step.cpu_system), format.bytes(step.max_rss),
		format.bytes(step.read_bytes), format.bytes(step.write_bytes)))
	fact("error", record.error_text(step.error))
	fact("result", step.result)
	fact("log", step.log_bytes > 0 and ("%s%s"):format(
		format.bytes(step.log_bytes),
		step.log_truncated == 1 and ", truncated" or ""))
	print_tail(call, run, step, call.options.lines)
end

local function run_json(db, run)
	local json = require("json")
	local out = record.decoded(run)

	for key, rows in pairs {
		steps = record.steps(db, run.id),
		notes = db:query("SELECT step, at, text FROM notes WHERE run = ?"
			.. " ORDER BY id", run.id),
		decisions = db:query("SELECT * FROM decisions WHERE run = ?"
			.. " ORDER BY at", run.id),
		sub_runs = db:query("SELECT id, name, state FROM runs WHERE"
			.. " parent = ? ORDER BY id", run.id),
	} do
		local list = json.array {}
		for i, row in ipairs(rows) do list[i] = record.decoded(row) end
		out[key] = list
	end
	out.tests = require("reports.query").counts(db, run.id)
	out.failed_tests = require("reports.show").facts(
		require("reports.query").failed(db, run.id, 1000))
	if run.event then
		local event = db:query("SELECT * FROM events WHERE id = ?",
			run.event)[1]
		out.event_row = event and record.decoded(event)
	end
	return out
end

local function run(call)
	local db = call:store("read")
	local id, name = record.parse(db, call.args[1] or "last")
	local row = record.run(db, id)

	if name then
		local step = record.step(db, id, name)
		if call.json then return call:print_json(record.decoded(step)) end
		return show_step(call, row, step)
	elseif call.json then
		return call:print_json(run_json(db, row))
	end
	show_run(call, db, row)
end

---@type cli.Verb
return {
	summary = "show a run: its steps, times, resources, notes, errors",
	arguments = {
		{ name = "RUN[/STEP]", optional = true, complete = "run",
			help = "a run's number, or 'last' (which is the "
			.. "default)" },
	},
	options = {
		{ name = "lines", short = "n", argument = "N", type = "integer",
			default = 15, help = "of the failed step's log" },
	},
	examples = {
		{ "tidemill show", "the latest run" },
		{ "tidemill show 12", "a run" },
		{ "tidemill show 12/test", "one of its steps" },
		{ "tidemill show 12 --json", "everything that is recorded" },
	},
	run = function(call) run(call) end,
}
