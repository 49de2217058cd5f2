-- The option `reports` of steps: reading, history, quarantine, what failed.
-- Steps that run programs are in tests/e2e/reports_test.sh.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local query = require("reports.query")
local quarantine = require("reports.quarantine")
local test = require("test")
local time = require("time")

local tests = {}

--- The text of a report, a word a test: "+name" passes, "-name" fails.
local function tap(words)
	local lines = { "TAP version 13" }

	for word in words:gmatch("%S+") do
		lines[#lines + 1] = ("%s - %s"):format(word:sub(1, 1) == "+"
			and "ok 1" or "not ok 1", word:sub(2))
	end
	return table.concat(lines, "\n") .. "\n"
end

--- A step that writes it, and fails if it should.
local function writes(place, words, fails)
	return function(ctx)
		fs.write(place.home .. "/out.tap", tap(words))
		if fails then ctx:fail("tests failed") end
	end
end

--- One that is tried again: then it writes the other one and passes.
local function retried(place, first, second)
	local tries = 0

	return function(ctx)
		tries = tries + 1
		writes(place, tries == 1 and first or second, tries == 1)(ctx)
	end, { reports = "*.tap", retry = { times = 1, backoff = 1 } }
end

local function notes(place)
	local list = {}

	for i, row in ipairs(place.db:query("SELECT text FROM notes ORDER BY"
		.. " id")) do
		list[i] = row.text
	end
	return table.concat(list, "\n")
end

function tests.reports_are_read_when_the_step_ends()
	local place = durable.new_home()
	local result
	local code = durable.run(place, function(ctx)
		result = ctx:step("unit", writes(place, "+a +b -c"),
			{ reports = "*.tap" })
	end)

	test.equal(code, 0)
	test.equal(result.tests, { passed = 2, failed = 1, error = 0,
		skipped = 0, quarantined = 0 })
	test.equal(query.counts(place.db, place.id).failed, 1)
	local row = query.failed(place.db, place.id)[1]
	test.equal(row.name .. " " .. row.label, "c unit")
	test.equal(place.db:row("SELECT count(*) AS n FROM test_results WHERE"
		.. " step = 'unit' AND outcome = 'passed'").n, 2)
end

function tests.also_of_a_step_that_failed()
	local place = durable.new_home()

	test.equal(durable.run(place, function(ctx)
		ctx:step("unit", writes(place, "+a -c", true), { reports = { "*.tap",
			format = "tap", as = "all" } })
	end), 1)
	test.equal(query.counts(place.db, place.id).failed, 1)
	test.equal(durable.step_row(place, "unit").state, "failed")
	test.equal(query.history(place.db, { label = "all", limit = 9 })[1]
		.failed, 1)
end

function tests.ctx_reports_reads_what_is_there()
	local place = durable.new_home()
	local counts

	durable.run(place, function(ctx)
		ctx:step("unit", writes(place, "+a +b"))
		counts = ctx:reports("*.tap")
	end)
	test.equal(counts.passed, 2)
end

function tests.what_is_no_report_is_noted()
	local place = durable.new_home()

	fs.write(place.home .. "/old.xml", "<testsuite/>")
	test.equal(durable.run(place, function(ctx)
		ctx:step("a", function() end, { reports = "*.json" })
		ctx:step("b", function()
			fs.write(place.home .. "/page.html", "<html/>")
		end, { reports = "*.html" })
	end), 0)
	test.match(notes(place), "no report: %*.json matches nothing")
	test.match(notes(place), "page.html is no report: .*not JUnit's")
end

function tests.reports_of_before_are_not_taken()
	local place = durable.new_home()

	fs.write(place.home .. "/old.tap", "ok 1 - a\n")
	require("proc").run { "touch", "-d", "1 hour ago",
		place.home .. "/old.tap" }
	durable.run(place, function(ctx)
		ctx:step("a", function() end, { reports = "*.tap" })
	end)
	test.equal(query.counts(place.db, place.id), nil)
	test.match(notes(place), "older than the step")
end

function tests.a_retry_does_not_take_the_report_of_the_first_try()
	local place = durable.new_home()
	local tries = 0

	test.equal(durable.run(place, function(ctx)
		ctx:step("a", function(c)
			tries = tries + 1
			if tries == 1 then
				writes(place, "-a")()
				time.sleep(50)
				c:fail("no")
			end
		end, { reports = "*.tap", retry = { times = 1,
			backoff = 100 } })
	end), 0)
	test.equal(#place.db:query("SELECT * FROM tests"), 1)
	test.match(notes(place), "older than the step")
end

function tests.a_plan_has_what_reads_reports()
	local recipe = require("recipe.load").read({ name = "t",
		run = function(ctx)
			local parts = ctx:split_tests(2)
			ctx:step("a", "echo " .. table.concat(parts[2], " "),
				{ reports = "*.xml" })
			ctx:reports("*.xml")
			if #ctx:failed_tests() > 0 then ctx:step("b", "b") end
		end }, { file = "test" })
	local nodes, problem = require("run.plan").of(recipe, {})

	test.equal(problem, nil)
	test.equal(#nodes, 2)
	test.equal(nodes[1].marks, { "reports" })
	test.equal(nodes[2].name, "reports")
end

function tests.known_tests_are_split_by_their_times()
	local place = durable.new_home()
	local lists

	fs.write(place.home .. "/a.xml", '<testsuite name="s">'
		.. '<testcase name="a" time="3"/><testcase name="b" time="1"/>'
		.. '<testcase name="c" time="2"/></testsuite>')
	durable.run(place, function(ctx) ctx:reports("a.xml") end)
	durable.run(place, function(ctx)
		lists = { ctx:split_tests(2),
			ctx:split_tests(2, { names = { "s::c", "new", "s::a" } }),
			ctx:split_tests(1, { by = "suite" }) }
		test.raises("did you mean 'suite'", ctx.split_tests, ctx, 2,
			{ by = "suit" })
	end)
	test.equal(lists, { { { "s::a" }, { "s::b", "s::c" } },
		{ { "s::a" }, { "s::c", "new" } }, { { "s" } } })
end

function tests.a_wrong_option_is_refused()
	local place = durable.new_home()

	durable.run(place, function(ctx)
		ctx:step("a", function() end, { reports = { fils = "x" } })
	end)
	test.match(durable.run_row(place).error, "did you mean 'files'")
end

local function quarantined(words, fails, entry)
	local place = durable.new_home()

	quarantine.add(place.db, { test = entry and entry.test or "c",
		["until"] = time.now() + (entry and entry.ms or 60000),
		recipe = entry and entry.recipe, why = "known" })
	return durable.run(place, function(ctx)
		ctx:step("unit", writes(place, words, fails),
			{ reports = "*.tap" })
	end), place
end

function tests.a_step_whose_failures_are_in_quarantine_passes()
	local code, place = quarantined("+a -c", true)

	test.equal(code, 0)
	test.equal(durable.step_row(place, "unit").class, "quarantined")
	test.match(notes(place), "only tests in quarantine failed: c")
	test.equal(query.counts(place.db, place.id).quarantined, 1)
end

function tests.quarantine_excuses_nothing_else()
	test.equal((quarantined("+a -b -c", true)), 1)
	test.equal((quarantined("+a +c", true)), 1)
	test.equal((quarantined("+a -c", true, { ms = -1 })), 1)
	test.equal((quarantined("+a -c", true, { recipe = "other" })), 1)
	test.equal((quarantined("+a -c", true, { test = "x::c" })), 1)
end

function tests.only_who_says_no_is_excused()
	local place = durable.new_home()

	quarantine.add(place.db, { test = "c", why = "known",
		["until"] = time.now() + 60000 })
	test.equal(durable.run(place, function(ctx)
		ctx:step("unit", function()
			writes(place, "-c")()
			error("oh")
		end, { reports = "*.tap" })
	end), 1)
end

function tests.many_failures_at_once_are_not_excused()
	local place = durable.new_home()
	local words = {}

	for i = 1, 20 do
		words[i] = "-t" .. i
		quarantine.add(place.db, { test = "t" .. i, why = "known",
			["until"] = time.now() + 60000 })
	end
	test.equal(durable.run(place, function(ctx)
		ctx:step("unit", writes(place, table.concat(words, " "),
			true), { reports = "*.tap" })
	end), 1)
	test.match(notes(place), "quarantine does not excuse that")
end

function tests.who_passes_on_retry_becomes_flaky()
	local place = durable.new_home()

	for _ = 1, 10 do
		durable.run(place, function(ctx)
			ctx:step("unit", writes(place, "+a +b"),
				{ reports = "*.tap" })
		end)
	end
	test.equal(durable.run(place, function(ctx)
		ctx:step("unit", retried(place, "+a -b", "+a +b"))
	end), 0)
	local rows = query.history(place.db, { flaky = true, limit = 9 })
	test.equal(#rows, 1)
	test.equal(rows[1].name, "b")
	test.equal(query.counts(place.db, place.id).changed, 1)
	test.equal(#query.results(place.db, rows[1].id, 100), 12)
end

function tests.a_mass_of_failures_makes_nobody_flaky()
	local place = durable.new_home()
	local good, bad = {}, {}

	for i = 1, 30 do good[i], bad[i] = "+t" .. i, "-t" .. i end
	good, bad = table.concat(good, " "), table.concat(bad, " ")
	for _ = 1, 10 do
		durable.run(place, function(ctx)
			ctx:step("unit", writes(place, good),
				{ reports = "*.tap" })
		end)
	end
	durable.run(place, function(ctx)
		ctx:step("unit", retried(place, bad, good))
	end)
	test.equal(#query.history(place.db, { flaky = true, limit = 9 }), 0)
	test.match(notes(place), "not taken for flakiness")
end

function tests.failed_tests_are_there_after_retry_failed()
	local place = durable.new_home()
	local seen = {}
	local function body(ctx)
		local list = ctx:failed_tests()
		seen[#seen + 1] = #list == 0 and "none" or list[1].test
		ctx:step("unit", writes(place, list[1] and "+b" or "+a -b",
			not list[1]), { reports = "*.tap" })
	end

	test.equal(durable.run(place, body), 1)
	require("run.rerun").reopen_failed(place.db, durable.run_row(place))
	test.equal(durable.again(place), 0)
	test.equal(seen, { "none", "b" })
	test.equal(query.counts(place.db, place.id).failed, 0)
end

return tests
