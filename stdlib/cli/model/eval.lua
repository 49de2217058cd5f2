--- tidemill model eval: how good a model's predictions of known rows are.

local files = require("learn.model_files")
local metrics = require("learn.model_metrics")

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
			metrics.mark(found)
			call:print_json(found)
			return 0
		end
		for _, key in ipairs(metrics.ORDER) do
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
