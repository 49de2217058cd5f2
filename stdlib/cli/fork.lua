--- tidemill fork: a new run that keeps the results of an earlier one up to a
--- step, with the recipe as it is now.

local function run(call)
	local record = require("record")
	local db = call:store("write")
	local row = record.run(db, (record.parse(db, call.args[1])))
	local id = require("run.rerun").fork(db, row, call.options.from)

	return require("run.foreground").go_on(call, db, id)
end

---@type cli.Verb
return {
	summary = "start a new run that keeps earlier results up to a step",
	description = "The way on after a recipe was changed: results of"
		.. " passed steps that began before STEP are copied, STEP and"
		.. " all that follows runs with the recipe as it is now."
		.. " Without --from: every passed step is kept.",
	arguments = {
		{ name = "RUN", complete = "run", help = "a run's number" },
	},
	options = {
		{ name = "from", argument = "STEP",
			help = "the first step that is run again" },
		{ name = "quiet", short = "q", help = "print nothing" },
	},
	examples = {
		{ "tidemill fork 12 --from deploy",
			"keep the build, deploy with the new code" },
	},
	run = run,
}
