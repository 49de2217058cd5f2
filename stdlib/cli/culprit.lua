--- tidemill culprit: which metric moved first and most around an incident?

--- From fewer rows nobody can tell what is usual.
local LEAST <const> = 8

--- How many rows are before the incident; nil: it is not said.
local function calm_rows(call, times, count)
	local at = call.options.at
	local row = at and math.tointeger(tonumber(at))

	if not at then return nil end
	if row and row >= 1 and row <= count then return row - 1 end
	for i, text in ipairs(times or {}) do
		if text >= at then return i - 1 end
	end
	call:misused("--at '%s' is no row of the file%s", at, times
		and " and no time in it" or "")
end

local function number(value)
	return value and ("%.6g"):format(value) or "?"
end

local function reason(one, first)
	local late = one.onset - first

	return ("%s, from %s to %s (%.1f spreads)"):format(late == 0
		and "moved first" or ("%d %s later"):format(late, late == 1
		and "row" or "rows"), number(one.before), number(one.after),
		one.size)
end

--- Those that moved, the likeliest first, with their reasons.
local function ranked(names, found, times)
	local list, first = {}, math.maxinteger

	for i, one in ipairs(found) do
		one.metric = names[i]
		if one.moved then
			list[#list + 1] = one
			first = math.min(first, one.onset)
		end
	end
	table.sort(list, function(a, b)
		if a.score ~= b.score then return a.score > b.score end
		return a.metric < b.metric
	end)
	for rank, one in ipairs(list) do
		one.rank, one.moved = rank, nil
		one.time = times and times[one.onset]
		one.reason = reason(one, first)
	end
	return list
end

local function print_list(call, list)
	local rows = {}

	for i, one in ipairs(list) do
		rows[i] = { tostring(one.rank), one.metric,
			("%.2f"):format(one.score), one.time
			or "row " .. one.onset, one.reason }
	end
	call:table({ { title = "RANK", align = "right" },
		{ title = "METRIC" }, { title = "SCORE", align = "right" },
		{ title = "SINCE" }, { title = "WHY" } }, rows)
end

---@type cli.Verb
return {
	summary = "find the metric that moved first around an incident",
	description = "FILE is CSV with a column a metric (and perhaps one"
		.. " 'timestamp'), a row a time. Each metric is judged by its"
		.. " own values before the incident; those that changed are"
		.. " ranked by how early and how far they moved.",
	arguments = { { name = "FILE", complete = "file",
		help = "metrics around the incident" } },
	options = { { name = "at", argument = "ROW|TIME",
		help = "when it began, at the latest that all was well"
			.. " before [two fifths of the rows]" } },
	examples = { { "tidemill culprit metrics.csv --at 2024-05-01T10:30" },
		{ "tidemill culprit metrics.csv --at 120 --json" } },
	run = function(call)
		local file = call.args[1]
		local data = require("learn.metrics_file").read(file)
		local names, times, values = data.names, data.times, {}

		if #names == 0 then
			error({ code = "invalid", message = file .. ":1: there"
				.. " is no column of numbers, expected one a"
				.. " metric" }, 0)
		end
		for i, name in ipairs(names) do
			values[i] = data.values[name]
		end
		local rows = #values[1]
		local calm = calm_rows(call, times, rows) or rows * 2 // 5
		if calm < LEAST then
			error({ code = "invalid", message = ("%s: %d of its %d"
				.. " rows are before the incident, expected %d"
				.. " or more"):format(file, calm, rows, LEAST)
				}, 0)
		end
		local found = require("culprit").find(values, { calm = calm })
		local list = ranked(names, found, times)
		if call.json then
			call:print_json(require("json").array(list))
		elseif #list == 0 then
			call:print(("none of %d metrics moved"):format(#names))
		else
			print_list(call, list)
		end
		return 0
	end,
}
