--- tidemill retry: a run again, or only what failed of it.

local function run(call)
	local record = require("record")
	local rerun = require("run.rerun")
	local db = call:store("write")
	local id = record.parse(db, call.args[1])
	local row = record.run(db, id)

	if not record.ENDED[row.state] then
		error({ code = "invalid", message = ("run %d has not ended; it"
			.. " is %s"):format(id, row.state) }, 0)
	end
	if call.options.failed and call.options.from then
		call:misused("either --failed or --from")
	end
	if call.options.failed or call.options.from then
		rerun.check_code(db, call.home, row)
		if call.options.from then
			rerun.reopen_from(db, row, call.options.from)
		else
			rerun.reopen_failed(db, row)
		end
	else
		id = rerun.copy(db, row)
	end
	return require("run.foreground").go_on(call, db, id)
end

---@type cli.Verb
return {
	summary = "run a run again: all of it, or what failed",
	description = "Alone: a new run with the same commit, event and"
		.. " parameters. With --failed or --from it is the same run,"
		.. " whose other results are kept.",
	arguments = {
		{ name = "RUN", complete = "run", help = "a run's number" },
	},
	options = {
		{ name = "failed", help = "the same run: repeat what did not"
			.. " pass, keep the rest" },
		{ name = "from", argument = "STEP", help = "the same run:"
			.. " repeat this step and all that began after it" },
		{ name = "quiet", short = "q", help = "print nothing" },
	},
	examples = {
		{ "tidemill retry 12", "a new run like it" },
		{ "tidemill retry 12 --failed", "after the network is back" },
	},
	run = run,
}
