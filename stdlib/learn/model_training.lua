--- The options of `tidemill model train`, which `cv` has, too.

local files = require("learn.model_files")

local training = {}

local function list(text)
	local names = {}

	for name in (text or ""):gmatch("[^,]+") do names[#names + 1] = name end
	return names
end

local function numbers(call, names)
	local found = {}

	for _, name in ipairs(names) do
		local text = call.options[name]
		local value = text and tonumber(text)
		if text and not value then
			call:misused("--%s '%s' is no number",
				name:gsub("_", "-"), text)
		end
		found[name] = value
	end
	return found
end

--- "load:+,age:-" as { load = 1, age = -1 }.
local function ways(call)
	local text, found = call.options.monotone, {}

	if not text then return nil end
	for part in text:gmatch("[^,]+") do
		local name, sign = part:match("^(.+):([+-])$")
		if not name then
			call:misused("--monotone '%s' is not COLUMN:+ or"
				.. " COLUMN:-", part)
		end
		found[name] = sign == "+" and 1 or -1
	end
	return found
end

local COUNTS <const> = { "trees", "leaves", "bins", "seed", "early_stop",
	"threads" }
local NUMBERS <const> = { "rate", "min_data", "min_hessian", "l1", "l2",
	"alpha", "row_share", "feature_share", "held_out" }

--- What the call says, as options of the module model_train for a file.
function training.read(call)
	local given = call.options
	local options = numbers(call, NUMBERS)

	for name, value in pairs(numbers(call, COUNTS)) do
		if math.tointeger(value) == nil then
			call:misused("--%s wants a whole number",
				name:gsub("_", "-"))
		end
		options[name] = math.tointeger(value)
	end
	options.read, options.label = true, files.need(call, "label", "COLUMN")
	options.weight, options.time = given.weight, given.time
	options.objective, options.blend = given.objective, given.blend
	options.group, options.goss = given.group, given.goss
	options.from = given.continue and files.model(given.continue)
	options.monotone, options.balance = ways(call), given.balance
	options.ignore, options.categorical = list(given.ignore),
		list(given.categorical)
	return options
end

local OPTIONS <const> = {
	{ name = "objective", argument = "NAME", default = "binary",
		help = "binary regression l1 huber quantile poisson"
		.. " gamma multiclass rank" },
	{ name = "group", argument = "COLUMN",
		help = "of rank: rows that are ordered among themselves" },
	{ name = "blend", help = "trees, a linear model and base"
		.. " rates, by shares that suit the rows" },
	{ name = "categorical", argument = "A,B",
		help = "columns of texts" },
	{ name = "weight", argument = "COLUMN",
		help = "how much a row counts" },
	{ name = "time", argument = "COLUMN",
		help = "the order of the rows; no feature" },
	{ name = "ignore", argument = "A,B",
		help = "columns that are no features" },
	{ name = "trees", argument = "N", help = "at most" },
	{ name = "leaves", argument = "N", help = "of a tree" },
	{ name = "rate", argument = "R", help = "of learning" },
	{ name = "bins", argument = "N", help = "of a column [255]" },
	{ name = "min-data", argument = "N",
		help = "rows on each side of a cut" },
	{ name = "min-hessian", argument = "H", help = "ditto [0.001]" },
	{ name = "l1", argument = "X", help = "penalty of leaves [0]" },
	{ name = "l2", argument = "X", help = "ditto, squared" },
	{ name = "alpha", argument = "X",
		help = "the quantile [0.5]; of huber [0.9]" },
	{ name = "row-share", argument = "X",
		help = "of rows for each tree [1]" },
	{ name = "feature-share", argument = "X",
		help = "of features for each tree [1]" },
	{ name = "goss", help = "trees learn from rows that are wrong, and"
		.. " few others" },
	{ name = "early-stop", argument = "N",
		help = "trees that may go by without help" },
	{ name = "held-out", argument = "X",
		help = "share of rows for that [0.2]" },
	{ name = "continue", argument = "MODEL", complete = "file",
		help = "add trees to this one" },
	{ name = "balance", help = "of binary: both classes weigh the same" },
	{ name = "monotone", argument = "A:+,B:-",
		help = "what predictions rise or fall with only" },
	{ name = "threads", argument = "N", help = "at once [1]; the model is"
		.. " the same with any number" },
	{ name = "seed", argument = "N", help = "of chance [1]" },
}

--- The verb's own options and those of training.
function training.options(own)
	for _, option in ipairs(OPTIONS) do own[#own + 1] = option end
	return own
end

return training
