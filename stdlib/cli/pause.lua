--- tidemill pause: whether the server starts runs.

---@type cli.Verb
return {
	summary = "Start no further runs; what runs goes on",
	arguments = {},
	examples = { { "tidemill pause", "while the disk is repaired" } },
	run = function(call)
		return require("command.mode")(call, "pause",
			"no further runs start until 'tidemill unpause'")
	end,
}
