--- tidemill resume: goes on with a run that waits, or whose runner died.

local function read_answer(text)
	local name, answer = text:match("^(.+)=(%a+)$")

	if answer ~= "done" and answer ~= "again" then
		error({ code = "invalid", usage = true, message = ("--step"
			.. " wants NAME=done or NAME=again, not '%s'"):format(
			text) }, 0)
	end
	return name, answer
end

--- Writes what a person says about a `once` step.
local function answer(db, run, text)
	local name, decision = read_answer(text)
	local step = require("record").step(db, run.id, name)

	if step.state ~= "waiting" and step.state ~= "running" then
		error({ code = "invalid", message = ("step '%s' waits for no"
			.. " answer: it is %s"):format(name, step.state) }, 0)
	end
	if decision == "done" then
		db:run("UPDATE steps SET state = 'passed', finished = ?"
			.. " WHERE id = ?", require("time").now(), step.id)
	else
		db:run("UPDATE steps SET state = 'failed', class = 'again'"
			.. " WHERE id = ?", step.id)
	end
	db:note(run.id, name, "somebody said: " .. decision)
end

local function run(call)
	local record = require("record")
	local rerun = require("run.rerun")
	local db = call:store("write")
	local id = record.parse(db, call.args[1])
	local row = record.run(db, id)

	if record.ENDED[row.state] then
		error({ code = "invalid", message = ("run %d has ended (%s);"
			.. " 'tidemill retry %d' runs it again"):format(id,
			(row.state:gsub("_", " ")), id) }, 0)
	end
	rerun.check_code(db, call.home, row)
	for _, text in ipairs(call.options.step or {}) do
		answer(db, row, text)
	end
	if row.state == "running" and db:poke_run(id) then
		call:print(("run %d has been told"):format(id))
		return 0
	end
	db:run_requeue(id, "resumed by hand")
	return require("run.foreground").go_on(call, db, id)
end

---@type cli.Verb
return {
	summary = "go on with a run that waits or was killed",
	description = "Finished steps are not repeated. If the recipe changed"
		.. " since the run began, this says so and stops: 'fork'"
		.. " starts a new run that keeps the earlier results.",
	arguments = {
		{ name = "RUN", complete = "run", help = "a run's number" },
	},
	options = {
		{ name = "step", argument = "NAME=done|again", many = true,
			help = "whether a 'once' step that was started has"
			.. " happened" },
		{ name = "quiet", short = "q", help = "print nothing" },
	},
	examples = {
		{ "tidemill resume 12", "after a power failure" },
		{ "tidemill resume 12 --step deploy=done",
			"it did happen: go on behind it" },
	},
	run = run,
}
