--- tidemill tests: the tests of a run, of a recipe, and of one over time.

local function columns(...)
	local list = {}

	for i, title in ipairs { ... } do
		list[i] = { title = title,
			align = (title == "TIME" or title == "FAILED"
				or title == "RUNS" or title == "RUN")
				and "right" or nil }
	end
	return list
end

--- The tests of a run: those that failed, with --all every one.
local function of_run(call, db, id)
	local format = require("terminal.format")
	local query = require("reports.query")
	local show = require("reports.show")

	require("record").run(db, id)
	if call.json then
		return call:print_json { run = id, counts =
			query.counts(db, id) or require("json").null,
			tests = show.facts(query.of_run(db, id)) }
	end
	if not query.counts(db, id) then
		return call:print(("run %d has no tests: the option 'reports'"
			.. " of a step names them"):format(id))
	end
	if not call.options.all then
		return show.run(call, db, id, call.options.limit)
	end
	local rows = {}
	for i, row in ipairs(query.of_run(db, id)) do
		rows[i] = { row.outcome, show.time(row.seconds),
			format.clean(require("reports.name")(row)),
			format.clean(row.message or "") }
	end
	call:table(columns("OUTCOME", "TIME", "TEST", "MESSAGE"), rows)
end

--- What is known of tests over time: failing and flaky ones, or the slowest.
local function overview(call, db)
	local format = require("terminal.format")
	local show = require("reports.show")
	local found = require("reports.query").history(db, {
		recipe = call.options.recipe, flaky = call.options.flaky,
		slowest = call.options.slowest, limit = call.options.limit })
	local rows = {}

	if call.json then
		for _, row in ipairs(found) do
			row.test = require("reports.name")(row)
			row.flaky = row.flaky == 1
			row.state = require("json").decode(row.state)
		end
		return call:print_json(require("json").array(found))
	end
	for i, row in ipairs(found) do
		rows[i] = { row.recipe, row.last_outcome,
			row.flaky == 1 and "flaky" or "",
			("%d"):format(row.failed),
			("%d"):format(row.passed + row.failed + row.skipped),
			show.time(row.seconds),
			format.clean(require("reports.name")(row)) }
	end
	call:table(columns("RECIPE", "LAST", "VERDICT", "FAILED", "RUNS",
		"TIME", "TEST"), rows)
end

local function print_results(call, row, results)
	local format = require("terminal.format")
	local show = require("reports.show")
	local rows = {}

	call:print(("%s  %s, step '%s'%s: %d passed, %d failed, %d skipped%s")
		:format(call.paint("bold", format.clean(
		require("reports.name")(row))), row.recipe, row.label,
		row.flaky == 1 and ", flaky" or "", row.passed, row.failed,
		row.skipped, row.seconds and ", takes "
		.. show.time(row.seconds) or ""))
	for i, result in ipairs(results) do
		rows[i] = { tostring(result.run), format.time(result.created),
			format.ref(result.ref) or "",
			(result.oid or ""):sub(1, 10), result.outcome
			.. (result.attempt > 1 and (" (attempt %d)"):format(
			result.attempt) or ""), show.time(result.seconds),
			format.clean(result.message or "") }
	end
	call:table(columns("RUN", "WHEN", "REF", "COMMIT", "OUTCOME", "TIME",
		"MESSAGE"), rows)
end

--- One test over time.
local function of_test(call, db, name)
	local query = require("reports.query")
	local found = query.named(db, name, call.options.recipe)
	local out = require("json").array {}

	for i, row in ipairs(found) do
		local results = query.results(db, row.id, call.options.limit)
		if call.json then
			row.test = require("reports.name")(row)
			row.flaky = row.flaky == 1
			row.state = require("json").decode(row.state)
			row.results = require("json").array(results)
			out[i] = row
		else
			print_results(call, row, results)
		end
	end
	if call.json then call:print_json(out) end
end

local function run(call)
	local db = call:store("read")
	local word = call.args[1]

	if not word then return overview(call, db) end
	if word == "last" or word:find("^#?%d+$") then
		return of_run(call, db, (require("record").parse(db, word)))
	end
	return of_test(call, db, word)
end

--- The run that asks, which also says which recipe is meant.
local function asking(call, db)
	local id = math.tointeger(tonumber(os.getenv("TIDEMILL_RUN_ID")))
	local name = call.options.recipe or os.getenv("TIDEMILL_RECIPE")

	if not name then
		local row = db:row("SELECT recipe FROM test_history ORDER BY"
			.. " last_seen DESC LIMIT 1")
		name = row and row.recipe or ""
	end
	return { id = id or math.maxinteger, name = name }
end

local function read_names(file)
	local text = file == "-" and io.read("a") or require("fs").read(file)
	local names = {}

	for line in text:gmatch("[^\r\n]+") do names[#names + 1] = line end
	return names
end

local function split(call)
	local of, index = call.options.of, call.options.index
	local db = call:store("read")

	if not of or of < 1 then call:misused("--of N: into how many parts?") end
	if index and (index < 1 or index > of) then
		call:misused("--index is 1 to %d", of)
	end
	local names, seconds = require("reports.split").parts(db,
		asking(call, db), of, { by = call.options.by,
		label = call.options.label, names = call.args[1]
		and read_names(call.args[1]) or nil })
	if call.json then
		local list = require("json").array {}
		for i, part in ipairs(names) do
			list[i] = { tests = part, seconds = seconds[i] }
		end
		return call:print_json(index and list[index] or list)
	end
	for i, part in ipairs(names) do
		for _, name in ipairs(not index and part
			or i == index and part or {}) do
			call:print(index and name or i .. "\t" .. name)
		end
	end
end

---@type cli.Verb
return {
	summary = "show tests: of a run, over time, in parts",
	description = "Of a run: those that failed. Without RUN: all tests that"
		.. " are known, the flaky and failing ones first. With a"
		.. " test's name (SUITE::NAME): each of its results.",
	arguments = {
		{ name = "RUN|TEST", optional = true, complete = "run",
			help = "a run's number, 'last', or a test" },
	},
	options = {
		{ name = "all", help = "of a run: those that passed, too" },
		{ name = "flaky", help = "only flaky ones" },
		{ name = "slowest", help = "in order of their time" },
		{ name = "recipe", argument = "NAME", help = "of this one" },
		{ name = "limit", argument = "N", type = "integer",
			default = 50, help = "at most so many" },
	},
	examples = {
		{ "tidemill tests last", "what failed" },
		{ "tidemill tests --flaky", "whom nobody should trust" },
		{ "tidemill tests 'shop.CartTest::adds'", "its history" },
		{ "tidemill tests split --of 4 --index 1", "a quarter" },
	},
	subverbs = {
		split = {
			summary = "split tests into parts of the same time",
			description = "By what the tests took in earlier runs"
				.. " of the recipe. Names are read from FILE"
				.. " ('-': standard input), a line each; without"
				.. " it all known tests are split. In a step,"
				.. " results of its own run do not count, so all"
				.. " parts fit together.",
			arguments = { { name = "FILE", optional = true,
				complete = "file", help = "names" } },
			options = {
				{ name = "of", argument = "N", type = "integer",
					help = "how many parts" },
				{ name = "index", argument = "I",
					type = "integer",
					help = "print this one, from 1" },
				{ name = "by", argument = "WHAT",
					default = "test", help = "a name is a"
					.. " test, suite or file" },
				{ name = "label", argument = "STEP",
					help = "only tests of this step" },
				{ name = "recipe", argument = "NAME",
					help = "of this one [the step's own]" },
			},
			run = split,
		},
	},
	run = run,
}
