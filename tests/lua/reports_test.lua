-- The module reports: each format, from files as programs write them.

local fs = require("fs")
local reports = require("reports")
local test = require("test")

local tests = {}

--- "suite/name outcome" of each test of a file, as lines.
local function read(name, options)
	local list, format, dropped = reports.read(fs.read(
		"tests/data/reports/" .. name), options)
	local lines = {}

	test.equal(dropped, 0)
	for i, one in ipairs(list) do
		lines[i] = ("%s|%s|%s"):format(one.suite, one.name, one.outcome)
	end
	return table.concat(lines, "\n"), format, list
end

function tests.junit()
	local lines, format, list = read("junit.xml")

	test.equal(format, "junit")
	test.equal(lines, [[
shop.CartTest|adds|passed
shop.CartTest|removes|failed
shop.CartTest|pays|error
shop.CartTest|ships|skipped
shop.CartTest|refunds|failed
shop.CartTest|refunds|passed
empty|output|failed]])
	test.equal(list[1].seconds, 0.012)
	test.equal(list[1].file, "src/CartTest.java")
	test.equal(list[2].seconds, 1200.5)
	test.equal(list[2].message, "expected: <1> but was: <2>")
	test.ok(list[2].details:find("CartTest.java:12", 1, true))
	test.equal(list[3].message, "java.lang.NullPointerException")
	test.equal(list[4].message, "no network")
	test.equal(list[4].details, nil)
	test.equal(list[5].message, "timed out")
	test.equal(list[7].details, "only here")
	test.equal(list[7].file, "a.py")
end

function tests.tap()
	local lines, format, list = read("tap.txt")

	test.equal(format, "tap")
	test.equal(lines, [[
|adds numbers|passed
|divides|failed
|reads mail|skipped
|is fast|skipped
parser|numbers|passed
parser|strings|failed
|test 6|passed]])
	test.equal(list[2].message, "expected 2, got 3")
	test.equal(list[2].seconds, 0.0125)
	test.equal(list[2].file, "math.js")
	test.equal(list[3].message, "no network")
	test.equal(list[6].message, "found '\"' in line 3")
	local bailed
	bailed, format, list = read("tap_bail.txt")
	test.equal(format, "tap")
	test.equal(bailed, "|first|passed\n|Bail out!|error")
	test.equal(list[2].message, "the database is gone")
	list = reports.read("1..3\nok 1\n")
	test.equal(list[2].message, "2 of 3 planned tests did not run")
end

function tests.go()
	local lines, format, list = read("go.json")

	test.equal(format, "go")
	test.equal(lines, [[
example.org/shop|TestCart/empty|passed
example.org/shop|TestCart/full|failed
example.org/shop|TestMail|skipped
example.org/broken|(package)|error]])
	test.equal(list[2].message, "cart_test.go:12: got 2, want 3")
	test.equal(list[2].seconds, 0.01)
	test.equal(list[4].message, "broken.go:3:1: syntax error")
end

function tests.cargo()
	local lines, format, list = read("cargo.txt")

	test.equal(format, "cargo")
	test.equal(lines, [[
shop|cart::adds|passed
shop|cart::removes|failed
shop|mail|skipped
shop|cart::panics|passed
doc shop|src/lib.rs - Cart::new (line 5)|passed]])
	test.equal(list[2].message, "assertion `left == right` failed")
	test.ok(list[2].details:find("right: 2", 1, true))
	test.equal(list[3].message, "needs a network")
	test.equal(list[4].seconds, 0.25)
end

function tests.pytest()
	local lines, format, list = read("pytest.txt")

	test.equal(format, "pytest")
	test.equal(lines, [[
tests/test_cart.py|test_adds|passed
tests/test_cart.py::TestCart|test_removes[a b]|failed
tests/test_cart.py|test_ships|skipped
tests/test_cart.py|test_slow|skipped
tests/test_cart.py|test_pays|error
tests/test_cart.py|test_refunds|failed
tests/test_cart.py|test_refunds|passed
tests/test_cart.py|test_ends[e - f]|passed]])
	test.equal(list[1].seconds, 1.75)
	test.equal(list[2].message, "assert 1 == 2")
	test.equal(list[2].file, "tests/test_cart.py")
	test.ok(list[2].details:find("AssertionError", 1, true))
	test.equal(list[3].message, "no network")
	test.equal(list[5].message, "OSError: gone")
	test.ok(list[5].details:find('raise OSError("gone")', 1, true))
end

function tests.ctest()
	local lines, format, list = read("ctest.txt")

	test.equal(format, "ctest")
	test.equal(lines, [[
|cart.adds|passed
|cart.removes|failed
|mail|skipped
|slow|error
|crash|error]])
	test.equal(list[1].seconds, 0.01)
	test.equal(list[2].details, "cart.c:12: 1 != 2")
	test.equal(list[3].details, nil)
	test.equal(list[4].details, nil)
	test.equal(list[4].message, "Timeout")
	test.equal(list[4].seconds, 1.51)
	test.equal(list[5].message, "Exception: SegFault")
end

function tests.colours_and_carriage_returns_are_left_out()
	local list = reports.read("test a ... \27[32mok\27[0m\r\n")

	test.equal(list[1].outcome, "passed")
end

function tests.what_tidemill_test_writes_is_read()
	local list = reports.read(require("testing.junit") {
		{ file = "a_test.lua", name = "adds", state = "passed", ms = 5 },
		{ file = "a_test.lua", name = "<&>", state = "failed", ms = 1,
			message = "1 is not 2", traceback = "a.lua:3" },
	})

	test.equal(list[1].seconds, 0.005)
	test.equal(list[2].suite .. list[2].name, "a_test.lua<&>")
	test.equal(list[2].message, "1 is not 2")
	test.ok(list[2].details:find("a.lua:3", 1, true))
end

function tests.split()
	local list = {}

	for i = 1, 100 do list[i] = { name = "t" .. i, seconds = i % 7 } end
	list[50].seconds = nil
	local parts, seen = reports.split(list, 4), {}
	for _, part in ipairs(parts) do
		local sum = 0
		for _, one in ipairs(part) do
			test.equal(seen[one.name], nil)
			seen[one.name] = true
			sum = sum + (one.seconds or 3)
		end
		test.ok(sum >= 72 and sum <= 78, tostring(sum))
	end
	test.equal(reports.split(list, 4, 2), parts[2])
	test.equal(reports.split({}, 2), { {}, {} })
	test.equal(reports.split({ "a", "b", "c" }, 3), { { "a" }, { "b" },
		{ "c" } })
	test.raises("1 to 10000", reports.split, {}, 0)
	test.raises("number of parts", reports.split, {}, 2, 3)
end

function tests.a_format_that_does_not_exist_is_refused()
	test.raises("not 'xml'", reports.read, "", { format = "xml" })
	test.raises("no result of a test", reports.read, "nothing here")
	test.raises("of TAP", reports.read, "nothing", { format = "tap" })
end

return tests
