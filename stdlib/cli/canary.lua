--- tidemill canary: is the new version worse than the baseline?

local EXITS <const> = { pass = 0, fail = 7, marginal = 1, inconclusive = 1 }

local function as_set(value)
	local set = {}

	for _, name in ipairs(type(value) == "table" and value or { value }) do
		set[name] = true
	end
	return set
end

--- The columns that both files have; the others are said.
local function shared(call, names, other)
	local found, missing = {}, {}

	for _, name in ipairs(names) do
		local list = other[name] and found or missing
		list[#list + 1] = name
	end
	if #found == 0 then
		error({ code = "invalid", message = ("the files have no column"
			.. " of numbers in common, expected one a metric") }, 0)
	end
	if #missing > 0 then
		call:say("tidemill: only one file has " .. table.concat(missing,
			", "))
	end
	return found
end

local function check_names(names, set, option)
	local known = {}

	for _, name in ipairs(names) do known[name] = true end
	for name in pairs(set) do
		if not known[name] then
			local near = require("nearest")(name, known)
			error({ code = "invalid", usage = true, message =
				("--%s: there is no metric '%s'%s"):format(
				option, name, near and
				(" (did you mean '%s'?)"):format(near) or "") },
				0)
		end
	end
end

local JUDGES <const> = { kayenta = "ranks", mean = "means",
	tidemill = "shift" }

local function judge(call)
	local options, canary = call.options, require("canary")
	local file = require("learn.metrics_file")
	local old = file.read(options.baseline)
	local baseline, values = old.values, file.read(options.canary).values
	local metrics, names = {}, shared(call, old.names, values)

	local critical = as_set(options.critical)
	check_names(names, critical, "critical")
	for _, name in ipairs(names) do
		local metric = canary.metric(baseline[name], values[name], {
			judge = JUDGES[options.judge],
			direction = options.direction,
			tolerance = options.tolerance,
			confidence = options.confidence,
			detect = options.detect,
			effect = options.effect,
			critical = critical[name] or false,
			replace = options.replace_missing,
			outliers = options.drop_outliers,
			metrics = #names })
		metric.name = name
		metrics[#metrics + 1] = metric
	end
	local score, verdict = canary.score({ metrics }, {
		pass = options.pass, marginal = options.marginal })
	return { verdict = verdict, score = score, metrics = metrics }
end

local function print_text(call, result)
	local lines = {}

	for i, metric in ipairs(result.metrics) do
		lines[i] = { metric.name, metric.classification
			.. (metric.critical_failure and "!" or ""),
			metric.reason }
	end
	call:table({ { title = "METRIC" }, { title = "CLASS" },
		{ title = "REASON" } }, lines)
	local needed = 0
	for _, metric in ipairs(result.metrics) do
		needed = math.max(needed, metric.values_needed or 0)
	end
	call:print(("%s: score %.0f"):format(result.verdict, result.score))
	if needed > 0 and result.verdict ~= "fail" then
		call:print(("%.0f more values a side are needed to see a"
			.. " change of %g %% in every metric"):format(needed,
			100 * call.options.detect))
	end
end

---@type cli.Verb
return {
	summary = "judge whether a canary is worse than its baseline",
	description = [[
Both files are CSV with a header: one column a metric, one row a point in
time; columns called time, timestamp or date are left aside. The judge
'tidemill' knows that neighbours in time are alike, so that it does not cry
wolf over metrics that wander; 'kayenta' is the Mann-Whitney rule that
Spinnaker documents.]],
	options = {
		{ name = "baseline", argument = "FILE", complete = "file",
			help = "metrics of the old version" },
		{ name = "canary", argument = "FILE", complete = "file",
			help = "metrics of the new one" },
		{ name = "direction", argument = "WHICH",
			choices = { "either", "increase", "decrease" },
			default = "either", help = "what is bad" },
		{ name = "tolerance", argument = "SHARE", type = "number",
			help = "what does not matter; of the baseline [0.15],"
			.. " for kayenta of the shift [0.25]" },
		{ name = "confidence", argument = "SHARE", type = "number",
			help = "[0.95, for kayenta 0.98]" },
		{ name = "judge", argument = "NAME",
			choices = { "tidemill", "kayenta", "mean" },
			default = "tidemill", help = "how to judge" },
		{ name = "effect", argument = "MEASURE",
			choices = { "ratio", "cles" }, default = "ratio",
			help = "measure of the effect's size" },
		{ name = "critical", argument = "METRIC", many = true,
			help = "one whose failure fails everything" },
		{ name = "detect", argument = "SHARE", type = "number",
			default = 0.05, help = "the change to estimate the"
			.. " needed time for" },
		{ name = "pass", argument = "SCORE", type = "number",
			default = 95, help = "the least score that passes" },
		{ name = "marginal", argument = "SCORE", type = "number",
			default = 75, help = "the least that is marginal" },
		{ name = "replace-missing",
			help = "missing values count as 0" },
		{ name = "drop-outliers",
			help = "leave out what lies far from the rest" },
	},
	exits = { [0] = "pass", [1] = "marginal or inconclusive",
		[7] = "fail" },
	examples = {
		{ "tidemill canary --baseline old.csv --canary new.csv"
			.. " --direction increase" },
	},
	run = function(call)
		for _, name in ipairs { "baseline", "canary" } do
			if not call.options[name] then
				call:misused("--%s FILE is missing", name)
			end
		end
		local result = judge(call)

		if call.json then
			result.metrics = require("json").array(result.metrics)
			call:print_json(result)
		else
			print_text(call, result)
		end
		return EXITS[result.verdict]
	end,
}
