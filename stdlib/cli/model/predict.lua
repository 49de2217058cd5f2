--- tidemill model predict: one prediction a row.

local files = require("learn.model_files")

local function want(options)
	if options.contributions then return "contributions" end
	return options.raw and "raw" or "predictions"
end

---@type cli.Verb
return {
	summary = "print the prediction of each row of a CSV file",
	description = [[
Columns are found by their names, others are left aside. An empty field is a
missing value. A model without names of features takes the columns in their
order; --ignore names one that is none.]],
	options = {
		files.MODEL, files.DATA,
		{ name = "raw", help = "scores before they are made"
			.. " probabilities" },
		{ name = "contributions", help = "how much of the raw score"
			.. " each feature is responsible for" },
		{ name = "ignore", argument = "COLUMN",
			help = "a column that is no feature" },
	},
	examples = {
		{ "tidemill model predict --model m.txt --data new.csv" },
	},
	run = function(call)
		local options = call.options
		local name = files.need(call, "model")
		local data = files.need(call, "data")
		if options.raw and options.contributions then
			call:misused("--raw and --contributions exclude each"
				.. " other")
		end
		local model = files.model(name)

		for part in model:scores(data, { read = true,
			want = want(options), ignore = options.ignore }) do
			call:write(part)
		end
		return 0
	end,
}
