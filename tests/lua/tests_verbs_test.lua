-- The verbs tests, quarantine and export as processes, over a home with a run.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local json = require("json")
local proc = require("proc")
local test = require("test")

--- Runs tidemill; returns its exit code, stdout and stderr.
local function tidemill(place, ...)
	local words = { fs.target("/proc/self/exe"), ... }

	words[#words + 1] = "--data"
	words[#words + 1] = place.home
	words.check = false
	words.env = { NO_COLOR = "1", TIDEMILL_HOME = false,
		TIDEMILL_RUN_ID = false, TIDEMILL_RECIPE = false }
	words.timeout = "20s"
	local result = proc.run(words)
	return result.status, result.stdout, result.stderr
end

--- A home with a run of two tests, one of which failed.
local function new_place()
	local place = durable.new_home()

	durable.run(place, { name = "shop", run = function(ctx)
		ctx:step("unit", function()
			fs.write(place.home .. "/a.xml",
				'<testsuite name="shop.Cart"><testcase name='
				.. '"adds" time="1"/><testcase name="pays">'
				.. '<failure message="no money"/></testcase>'
				.. '</testsuite>')
		end, { reports = "a.xml" })
	end })
	return place
end

--- The verb fails with this code, and says it.
local function refuses(place, code, text, ...)
	local status, _, said = tidemill(place, ...)

	test.equal(status, code, said)
	test.ok(said:find(text, 1, true), said)
end

local tests = {}

function tests.tests_of_a_run()
	local place = new_place()
	local _, out = tidemill(place, "tests", "1")

	test.match(out, "1 passed, 1 failed")
	test.match(out, "shop.Cart::pays  new\n    no money")
	_, out = tidemill(place, "tests", "last", "--json")
	local found = json.decode(out)
	test.equal(found.counts.failed, 1)
	test.equal(found.tests[2].message, "no money")
	test.equal(found.tests[1].seconds, 1.0)
	refuses(place, 3, "there is no run 7", "tests", "7")
end

function tests.one_test_over_time()
	local place = new_place()
	local _, out = tidemill(place, "tests", "shop.Cart::pays", "--json")
	local found = json.decode(out)

	test.equal(#found, 1)
	test.equal(found[1].results[1].outcome, "failed")
	test.equal(found[1].state.results, 1)
	_, out = tidemill(place, "tests", "pays")
	test.match(out, "0 passed, 1 failed")
	refuses(place, 3, "did you mean 'shop.Cart::pays'", "tests",
		"shop.Cart::payz")
end

function tests.all_tests_that_are_known()
	local place = new_place()
	local _, out = tidemill(place, "tests", "--slowest", "--json")

	test.equal(json.decode(out)[1].name, "adds")
	_, out = tidemill(place, "tests", "--flaky", "--json")
	test.equal(json.decode(out), {})
	_, out = tidemill(place, "tests")
	test.match(out, "shop +failed +1 +1 +shop.Cart::pays")
end

function tests.parts()
	local place = new_place()
	local _, out = tidemill(place, "tests", "split", "--of", "2")

	test.equal(out, "1\tshop.Cart::adds\n2\tshop.Cart::pays\n")
	fs.write(place.home .. "/names", "b\nc\na\n")
	_, out = tidemill(place, "tests", "split", place.home .. "/names",
		"--of", "3", "--index", "2")
	test.equal(out, "c\n")
	refuses(place, 2, "into how many", "tests", "split")
	refuses(place, 2, "1 to 2", "tests", "split", "--of", "2", "--index",
		"3")
	refuses(place, 2, "did you mean 'file'", "tests", "split", "--of",
		"2", "--by", "fil")
end

function tests.quarantine_has_an_end_and_a_reason()
	local place = new_place()
	local function add(...)
		return "quarantine", "add", "shop.Cart::pays", ...
	end

	refuses(place, 2, "has an end", add("--why", "x"))
	refuses(place, 2, "--why", add("--until", "5d"))
	refuses(place, 2, "is over", add("--until", "2020-01-31", "--why", "x"))
	refuses(place, 2, "more than a year", add("--until", "400d", "--why",
		"x"))
	refuses(place, 2, "wants a day", add("--until", "2030-02-31", "--why",
		"x"))
	refuses(place, 2, "wants a day", add("--until", "soon", "--why", "x"))
	refuses(place, 3, "did you mean 'shop.Cart::pays'", "quarantine",
		"add", "shop.Cart::pay", "--until", "1d", "--why", "x")
	test.equal((tidemill(place, add("--until", "5d", "--why", "x"))), 0)
	test.equal((tidemill(place, add("--until", "9d", "--why", "y"))), 0)
	local _, out = tidemill(place, "quarantine", "ls", "--json")
	test.equal(#json.decode(out), 1)
	test.equal(json.decode(out)[1].why, "y")
	refuses(place, 3, "did you mean", "quarantine", "rm", "shop.Cart::pay")
	test.equal((tidemill(place, "quarantine", "rm", "shop.Cart::pays")), 0)
	local audit = place.db:query("SELECT action FROM audit ORDER BY id")
	test.equal(audit[3].action, "quarantine.rm")
end

function tests.export()
	local place = new_place()
	local _, out = tidemill(place, "export", "--junit", "1")

	test.equal(#require("reports").read(out), 2)
	_, out = tidemill(place, "export", "--csv", "--of", "tests", "--since",
		"1d")
	test.equal(#require("csv").decode(out), 2)
	_, out = tidemill(place, "export", "--otel")
	test.ok(json.decode(out).resourceSpans)
	refuses(place, 2, "as what?", "export", "1")
	refuses(place, 2, "--junit or --csv", "export", "--junit", "--csv")
	refuses(place, 2, "did you mean 'steps'", "export", "--csv", "--of",
		"step")
	refuses(place, 2, "not 'soon'", "export", "--csv", "--since", "soon")
end

return tests
