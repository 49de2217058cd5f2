--- tidemill model cv: how good a model will be on rows it has not seen.

local files = require("learn.model_files")
local metrics = require("learn.model_metrics")
local training = require("learn.model_training")

--- Mean and standard error of a metric over the folds that have it.
local function spread(folds, key)
	local sum, squares, count = 0, 0, 0

	for _, fold in ipairs(folds) do
		local value = fold[key]
		if value then
			sum, squares = sum + value, squares + value * value
			count = count + 1
		end
	end
	local mean = sum / count
	local variance = (squares - count * mean * mean)
		/ math.max(count - 1, 1)
	return mean, math.sqrt(math.max(variance, 0) / count)
end

local function print_text(call, found)
	local lines = {}

	for _, key in ipairs(metrics.ORDER) do
		local value = found[key]
		if value and key ~= "rows" then
			local mean, err = spread(found.folds, key)
			lines[#lines + 1] = { key, ("%.6g"):format(value),
				("%.6g"):format(mean), ("%.2g"):format(err) }
		end
	end
	call:print(("%d rows foreseen in %d parts%s"):format(found.rows,
		#found.folds, found.ordered and ", in the order of time"
		or ""))
	call:table({ { title = "METRIC" }, { title = "ALL ROWS" },
		{ title = "MEAN" }, { title = "ERROR" } }, lines)
end

---@type cli.Verb
return {
	summary = "judge a training by cross-validation",
	description = [[
The rows are taken apart; each part is foreseen by a model that was learned
from the others or, with --time, from all parts before it. It is said how good
that is over the rows of all parts, and the mean and standard error over the
parts. Options are those of 'tidemill model train'.]],
	options = training.options {
		files.DATA, files.LABEL,
		{ name = "folds", argument = "N", help = "parts [5]" },
	},
	examples = {
		{ "tidemill model cv --data runs.csv --label failed"
			.. " --time started --folds 5 --blend" },
	},
	run = function(call)
		local data = files.need(call, "data")
		local options = training.read(call)
		local folds = tonumber(call.options.folds or 5)

		if not (folds and math.tointeger(folds) and folds >= 2
			and folds <= 100) then
			call:misused("--folds '%s', expected 2 to 100",
				call.options.folds)
		end
		options.folds = math.tointeger(folds)
		local found = require("model_train").cross(data,
			options)

		if call.json then
			metrics.mark(found)
			for _, fold in ipairs(found.folds) do
				metrics.mark(fold)
			end
			call:print_json(found)
		else
			print_text(call, found)
		end
		return 0
	end,
}
