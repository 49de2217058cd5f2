--- tidemill model train: from a table to a model.

local files = require("learn.model_files")
local progress = require("learn.model_progress")
local training = require("learn.model_training")

---@type cli.Verb
return {
	summary = "learn boosted trees from a CSV file",
	description = "Every other column is a feature; an empty field is a"
		.. " missing value. With --early-stop the last fifth of the"
		.. " rows (of --time, if given) is held out, and the trees"
		.. " that did not help there are dropped. What is not set"
		.. " suits the number of rows.",
	options = training.options {
		files.DATA, files.LABEL,
		{ name = "out", argument = "FILE", complete = "file",
			help = "where the model goes" },
		{ name = "progress", help = "say how far it is on standard"
			.. " error, as on a terminal" },
	},
	examples = {
		{ "tidemill model train --data runs.csv --label failed"
			.. " --time started --early-stop 20 --out m" },
	},
	run = function(call)
		local data = files.need(call, "data")
		local out = files.need(call, "out")
		local options = training.read(call)
		local watch, done = progress.new(call.options.progress)

		if not options.blend then options.progress = watch end
		local model = require("model_train").train(data, options)
		done()

		require("fs").write(out, model:export())
		local info = model:info()
		if call.json then
			call:print_json { model = out, trees = info.trees,
				features = #info.features }
		else
			call:print(("%s: %d trees"):format(out, info.trees))
		end
		return 0
	end,
}
