--- tidemill cancel: ask runs or steps to stop.

local record = require("record")

local function who(reason)
	local user = os.getenv("USER") or os.getenv("LOGNAME") or "somebody"

	return reason and user .. ": " .. reason or user
end

--- A step is cancelled by a setting that its runner reads when it is poked.
local function cancel_step(call, db, run, name)
	local step = record.step(db, run.id, name)

	if step.finished then
		error { code = "invalid", message = ("step '%s' of run %d has"
			.. " ended already: %s"):format(name, run.id,
			step.state) }
	end
	db:setting(("cancel:%d/%s"):format(run.id, name),
		who(call.options.reason))
	if not db:poke_run(run.id) then
		return "asked; run " .. run.id .. " has no runner now"
	end
	return ("asked: step '%s' of run %d is told to stop"):format(name,
		run.id)
end

local function cancel_run(call, db, run)
	local how = db:run_cancel(run.id, who(call.options.reason))

	if how == nil then
		error { code = "invalid", message = ("run %d has ended"
			.. " already: %s"):format(run.id, run.state) }
	elseif how == "ended" then
		return ("run %d is cancelled"):format(run.id)
	elseif db:poke_run(run.id) or db:poke_server() then
		return ("asked: run %d is told to stop"):format(run.id)
	end
	return ("asked: run %d has no runner, and there is no server; it ends"
		.. " with 'tidemill resume %d' or when a server starts")
		:format(run.id, run.id)
end

local function wait(db, id)
	local pause = 20

	while not record.ENDED[record.run(db, id).state] do
		require("time").sleep(pause)
		pause = math.min(500, pause * 2)
	end
	return record.run(db, id).state
end

local function cancel(call, db, text)
	local id, name = record.parse(db, text)
	local run = record.run(db, id)
	local answer = name and cancel_step(call, db, run, name)
		or cancel_run(call, db, run)

	if call.options.wait and not name then
		answer = ("run %d is %s"):format(id,
			(wait(db, id):gsub("_", " ")))
	end
	if call.json then
		call:print_json { run = id, step = name, answer = answer,
			state = record.run(db, id).state }
	else
		call:print(answer)
	end
end

---@type cli.Verb
return {
	summary = "ask a run, or one of its steps, to stop",
	description = "The run's programs get SIGTERM, and SIGKILL when their"
		.. " grace period is over; its undo and on_abort hooks are"
		.. " done. A run that has not begun ends at once.",
	arguments = {
		{ name = "RUN[/STEP]", many = true, complete = "run",
			help = "a run's number, or 'last'" },
	},
	options = {
		{ name = "reason", short = "r", argument = "TEXT",
			help = "why; it is recorded with your name" },
		{ name = "wait", short = "w",
			help = "until the run has ended" },
	},
	examples = {
		{ "tidemill cancel 12 --reason 'wrong branch'" },
		{ "tidemill cancel 12/deploy", "only one step" },
		{ "tidemill cancel $(tidemill ls --state queued --ids)",
			"everything that has not begun" },
	},
	run = function(call)
		for _, text in ipairs(call.args) do
			cancel(call, call:store(), text)
		end
	end,
}
