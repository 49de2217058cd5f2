--- tidemill model: boosted trees: import, look at, predict, judge.

local SUBVERBS <const> = { "calibrate", "cv", "eval", "export", "import",
	"info", "predict", "train" }

local subverbs = {}
for _, name in ipairs(SUBVERBS) do
	subverbs[name] = require("cli.model." .. name)
end

---@type cli.Verb
return {
	summary = "train and use boosted trees on CSV",
	description = "Reads its own models, LightGBM's text and XGBoost's"
		.. " JSON; docs/modules/model.md has the details.",
	examples = {
		{ "tidemill model predict --model m --data f.csv" },
		{ "tidemill model info --model m" },
	},
	subverbs = subverbs,
}
