--- tidemill unpause: whether the server starts runs.

---@type cli.Verb
return {
	summary = "Start queued runs again, after pause or drain",
	arguments = {},
	examples = { { "tidemill unpause", "go on" } },
	run = function(call)
		return require("command.mode")(call, "run",
			"queued runs start again")
	end,
}
