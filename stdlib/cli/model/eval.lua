--- tidemill model eval: how good a model's predictions of known rows are.

local files = require("learn.model_files")
local metrics = require("learn.model_metrics")

---@type cli.Verb
return {
	summary = "compare a model's predictions with what is known",
	description = "Each metric is what scikit-learn calls so; ece is over"
		.. " ten parts, precision_at_10 of the tenth with the highest"
		.. " predictions.",
	options = {
		files.MODEL, files.DATA, files.LABEL,
		{ name = "weight", argument = "COLUMN",
			help = "how much a row counts" },
		{ name = "group", argument = "COLUMN",
			help = "rows that are ordered among themselves: ndcg" },
		{ name = "upper", argument = "FILE", complete = "file",
			help = "a model of the upper end of an interval, whose"
			.. " lower end --model is: its coverage" },
	},
	examples = {
		{ "tidemill model eval --model m --data held.csv --label y" },
	},
	run = function(call)
		local name = files.need(call, "model")
		local data = files.need(call, "data")
		local label = files.need(call, "label", "COLUMN")
		local upper = call.options.upper
		local found = files.model(name):evaluate(data, {
			read = true, label = label,
			weight = call.options.weight,
			group = call.options.group,
			upper = upper and files.model(upper) })

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
