--- tidemill model import: another library's model as one of Tidemill.

local files = require("learn.model_files")

---@type cli.Verb
return {
	summary = "make a Tidemill model of LightGBM's or XGBoost's",
	description = "Tidemill's own format is checked once and used in place,"
		.. " so that the first prediction comes at once.",
	arguments = { { name = "FILE", complete = "file",
		help = "LightGBM's text or XGBoost's JSON" } },
	options = { { name = "out", argument = "FILE", complete = "file",
		help = "where the model goes" } },
	examples = { { "tidemill model import lgb.txt --out m" } },
	run = function(call)
		local out = files.need(call, "out")
		local model = files.model(call.args[1])

		require("fs").write(out, model:export("tidemill"))
		call:say(("%s: %d trees"):format(out, model:info().trees))
		return 0
	end,
}
