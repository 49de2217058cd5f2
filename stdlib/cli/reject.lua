--- tidemill reject: saying no to a run that waits for an approval.

---@type cli.Verb
return {
	summary = "refuse what a run asks approval for",
	description = "The run fails there, with your name and the comment,"
		.. " unless its recipe catches the error 'rejected'. What"
		.. " waits is listed by 'tidemill approve'.",
	arguments = {
		{ name = "ID", help = "the question's number, such as a7" },
	},
	options = {
		{ name = "comment", short = "c", argument = "TEXT",
			help = "why; it is recorded" },
		{ name = "quiet", short = "q", help = "print nothing" },
	},
	examples = {
		{ "tidemill reject a7 -c 'not on a Friday'" },
	},
	run = function(call)
		return require("run.decide")(call, "rejected")
	end,
}
