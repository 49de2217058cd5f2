--- tidemill export: runs, steps and tests for other programs.

local function chosen(call)
	local found

	for _, name in ipairs { "junit", "csv", "otel" } do
		if call.options[name] then
			if found then call:misused("--%s or --%s", found, name) end
			found = name
		end
	end
	if not found then
		call:misused("as what? --junit, --csv or --otel")
	end
	return found
end

local function runs_of(call, db)
	local runs = require("reports.export.runs")
	local text = call.options.since

	if text and call.args[1] then call:misused("a run or --since") end
	if not text then
		local record = require("record")
		return runs.one(db, (record.parse(db, call.args[1] or "last")))
	end
	local since = runs.since(text)
	if not since then
		call:misused("--since wants a time before now (7d), a day"
			.. " (2027-01-31) or a time, not '%s'", text)
	end
	return runs.each(db, since, call.options.recipe)
end

local function kind_of(call)
	local kinds = require("reports.export.csv").KINDS
	local kind = call.options.of

	for _, one in ipairs(kinds) do
		if one == kind then return kind end
	end
	local near = require("nearest")(kind, kinds)
	call:misused("--of is runs, steps or tests, not '%s'%s", kind, near
		and (" (did you mean '%s'?)"):format(near) or "")
end

local function run(call)
	local format = chosen(call)
	local kind = kind_of(call)
	local db = call:store("read")
	local runs = runs_of(call, db)
	local function write(text) call:write(text) end

	if format == "junit" then
		require("reports.export.junit")(db, runs, write)
	elseif format == "otel" then
		require("reports.export.otel").write(db, runs, write)
	else
		require("reports.export.csv").write(db, runs, write, kind)
	end
end

---@type cli.Verb
return {
	summary = "write runs, steps and tests for other programs",
	description = "To standard output. --junit: the tests of runs, of a run"
		.. " without tests its steps. --csv: a row a step (or --of runs,"
		.. " tests). --otel: OTLP's JSON, as collectors of OpenTelemetry"
		.. " read it from files or take it at /v1/traces; a run is a"
		.. " trace, each step a span.",
	arguments = {
		{ name = "RUN", optional = true, complete = "run",
			help = "a run's number [the last one]" },
	},
	options = {
		{ name = "junit", help = "JUnit XML" },
		{ name = "csv", help = "CSV with a header" },
		{ name = "otel", help = "OTLP JSON" },
		{ name = "of", argument = "WHAT", default = "steps",
			help = "of CSV: runs, steps or tests" },
		{ name = "since", argument = "TIME", help = "all runs that"
			.. " have ended, created since: 7d, 2027-01-31" },
		{ name = "recipe", argument = "NAME", help = "with --since:"
			.. " only of this one" },
	},
	examples = {
		{ "tidemill export --junit 12 >junit.xml" },
		{ "tidemill export --csv --of tests --since 30d" },
		{ "tidemill export --otel last | curl -H 'Content-Type:"
			.. " application/json' -d @- localhost:4318/v1/traces" },
	},
	run = run,
}
