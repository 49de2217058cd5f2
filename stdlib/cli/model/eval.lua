--- tidemill model eval: how good a model's predictions of known rows are.

local files = require("learn.model_files")

--- In the order in which people look at them.
local ORDER <const> = { "rows", "auc", "average_precision", "log_loss",
	"brier", "ece", "f1", "accuracy", "precision_at_5", "recall_at_5",
	"precision_at_10", "recall_at_10", "precision_at_20", "recall_at_20",
	"rmse", "mae", "r2", "pinball", "below", "poisson_deviance",
	"gamma_deviance" }

---@type cli.Verb
return {
	summary = "compare a model's predictions with what is known",
	description = "Each metric is what scikit-learn calls so; ece is over"
		.. " ten parts, precision_at_10 of the tenth with the highest"
		.. " predictions.",
	options = { files.MODEL, files.DATA, files.LABEL },
	examples = {
		{ "tidemill model eval --model m --data held.csv --label y" },
	},
	run = function(call)
		local name = files.need(call, "model")
		local data = files.need(call, "data")
		local label = files.need(call, "label", "COLUMN")
		local found = files.model(name):evaluate(data, {
			read = true, label = label })

		if call.json then
			if found.reliability then
				require("json").array(found.reliability)
			end
			call:print_json(found)
			return 0
		end
		for _, key in ipairs(ORDER) do
			local value = found[key]
			if value then
				call:print(("%-18s %s"):format(key,
					math.type(value) == "integer"
					and value or ("%.6g"):format(value)))
			end
		end
		return 0
	end,
}
