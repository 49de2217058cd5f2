--- tidemill shell: where a step ran, with the environment it had.

local record = require("record")

--- The directory of a run: its workspace, or that of its recipe's file.
local function find_directory(call, run)
	if run.workspace then return run.workspace end
	if run.repo and run.repo > 0 then
		return (require("run.workspace")(call.home, run.id))
	end
	return run.path:match("^(/.*)/[^/]*$") or "."
end

--- The step to be: the one that is named, else the one that failed last.
local function find_step(db, run, name)
	if name then return record.step(db, run.id, name) end
	return db:row("SELECT * FROM steps WHERE run = ? AND kind = 'command'"
		.. " ORDER BY state IN ('failed', 'timed_out') DESC, id DESC"
		.. " LIMIT 1", run.id)
end

local function run(call)
	local db = call:store("read")
	local own = #call.args - #(call.rest or {})
	local id, name = record.parse(db, own > 0 and call.args[1] or "last")
	local row = record.run(db, id)
	local dir = find_directory(call, row)
	local step = find_step(db, row, name)
	local place = require("run.environment").of(call.home, row, step)
	local shell = os.getenv("SHELL")

	if not require("fs").exists(dir) then
		error({ code = "not_found", message = ("the workspace of run"
			.. " %d is gone (%s): retention or somebody removed"
			.. " it"):format(id, dir) }, 0)
	end
	if not shell or shell == "" then shell = "/bin/sh" end
	local words = { shell, cwd = place.cwd or dir, env = place.env }
	if call.rest and #call.rest > 0 then
		words = { cwd = words.cwd, env = words.env,
			table.unpack(call.rest) }
	elseif require("tty").is_terminal(0) then
		call:say(("run %d%s, in %s; 'exit' leaves it"):format(id,
			step and ", step " .. step.name or "", words.cwd))
		if step and step.command then
			call:say("its command was: " .. step.command)
		end
	end
	db:close()
	require("tty").exec(words)
end

---@type cli.Verb
return {
	summary = "open a shell where a step ran, with its environment",
	description = "The workspace is that of the run, kept until retention"
		.. " removes it. Without a step it is the one that failed, or"
		.. " the last one. Everything after '--' is run instead of"
		.. " $SHELL.",
	arguments = {
		{ name = "RUN[/STEP]", optional = true, complete = "run",
			help = "a run's number or 'last', which is the default" },
		{ name = "COMMAND", optional = true, many = true,
			help = "after '--': run this instead of a shell" },
	},
	examples = {
		{ "tidemill shell 12/test", "look at what made the test fail" },
		{ "tidemill shell last -- make test", "try it again, there" },
	},
	run = run,
}
