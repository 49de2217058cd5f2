--- tidemill model calibrate: probabilities that are met.

local files = require("learn.model_files")

---@type cli.Verb
return {
	summary = "calibrate probabilities on rows the model has not seen",
	description = [[
Of the things that are said to happen in one case of ten, one in ten should.
Platt's sigmoid suits few rows, isotonic regression many; 'best' is the one
with the least log loss in cross-validation, or none.]],
	options = {
		files.MODEL, files.DATA, files.LABEL,
		{ name = "method", argument = "NAME", default = "best",
			choices = { "best", "platt", "isotonic" },
			help = "how" },
		{ name = "out", argument = "FILE", complete = "file",
			help = "where the model goes" },
	},
	examples = {
		{ "tidemill model calibrate --model m --data held.csv"
			.. " --label y --out m2" },
	},
	run = function(call)
		local name = files.need(call, "model")
		local data = files.need(call, "data")
		local label = files.need(call, "label", "COLUMN")
		local out = files.need(call, "out")
		local model = files.model(name):calibrate(data, {
			read = true, label = label,
			method = call.options.method })

		require("fs").write(out, model:export())
		call:say(("%s: %s"):format(out, model:info().calibration))
		return 0
	end,
}
