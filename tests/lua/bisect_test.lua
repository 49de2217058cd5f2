-- The search for the first bad commit, and what a run says about a failure.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local search = require("bisect.search")
local test = require("test")
local verdict = require("bisect.verdict")

--- Searches among `count` commits of which `first` is the first bad one;
--- returns the bounds, and how many were looked at.
local function find(count, first, skips)
	local known, looked = {}, 0
	local at = search.next(known, count)

	while at do
		looked = looked + 1
		known[at] = skips and skips[at] and "skip"
			or at >= first and "bad" or "good"
		at = search.next(known, count)
	end
	local good, bad = search.bounds(known, count)
	return good, bad, looked
end

local tests = {}

function tests.each_culprit_is_found_in_the_fewest_runs()
	for _, count in ipairs { 1, 2, 3, 10, 100 } do
		local most = math.ceil(math.log(count, 2))
		for first = 1, count do
			local good, bad, looked = find(count, first)
			test.equal(good, first - 1)
			test.equal(bad, first)
			test.ok(looked <= most, looked .. " of " .. count)
		end
	end
end

function tests.what_says_nothing_is_gone_around()
	local good, bad = find(10, 7, { [5] = true })

	test.equal({ good, bad }, { 6, 7 })
	good, bad = find(10, 5, { [5] = true, [6] = true })
	test.equal({ good, bad }, { 4, 7 })
end

function tests.what_was_known_before_is_used()
	local known = { [3] = "good", [5] = "bad" }

	test.equal(search.next(known, 100), 4)
	test.equal(search.left(known, 100), 1)
	test.equal(search.left({}, 100), 7)
	test.equal(search.next({ [1] = "good", [2] = "bad" }, 3), nil)
end

function tests.a_good_one_behind_a_bad_one_counts()
	test.equal({ search.bounds({ [2] = "bad", [5] = "good" }, 9) },
		{ 5, 9 })
end

--- A run whose step writes TAP; returns its row. "+a -b": b fails.
local function run(place, words, more)
	durable.run(place, function(ctx)
		if more then ctx:step("build", more) end
		ctx:step("unit", function(c)
			fs.write(place.home .. "/a.tap", (words:gsub("(%p)(%w+)"
				.. " ?", function(sign, name)
				return (sign == "+" and "ok 1 - "
					or "not ok 1 - ") .. name .. "\n"
			end)))
			if words:find("-", 1, true) then c:fail("no") end
		end, { reports = "*.tap" })
	end)
	return durable.run_row(place)
end

function tests.what_counts_are_the_tests_that_failed()
	local place = durable.new_home()
	local failure = verdict.failure(place.db, run(place, "+a -b -c"))

	test.equal(failure.names, { "b", "c" })
	test.equal(verdict.of(place.db, failure, run(place, "+a +b +c")),
		"good")
	test.equal(verdict.of(place.db, failure, run(place, "+a +b -c")),
		"bad")
	test.equal(verdict.of(place.db, failure, run(place, "-a +b +c")),
		"good")
	test.equal(verdict.of(place.db, failure, run(place, "-a")), "good")
	test.equal(verdict.of(place.db, failure, run(place, "+a -b",
		function(c) c:fail("it does not build") end)), "skip")
	failure = verdict.failure(place.db, failure.run, "b")
	test.equal(verdict.of(place.db, failure, run(place, "+a +b -c")),
		"good")
end

function tests.flaky_tests_count_only_alone()
	local place = durable.new_home()
	local both, alone = run(place, "-b -c"), run(place, "-b +c")

	place.db:run("UPDATE test_history SET flaky = 1 WHERE name = 'b'")
	test.equal(verdict.failure(place.db, both).names, { "c" })
	test.equal(verdict.failure(place.db, both).flaky, false)
	local one = verdict.failure(place.db, alone)
	test.equal(one.names, { "b" })
	test.equal(one.flaky, true)
end

function tests.without_tests_the_step_counts()
	local place = durable.new_home()
	local function steps(first, second)
		durable.run(place, function(ctx)
			for i, state in ipairs { first, second } do
				ctx:step("s" .. i, function(c)
					if state == "-" then c:fail("no") end
				end)
			end
		end)
		return durable.run_row(place)
	end
	local failure = verdict.failure(place.db, steps("+", "-"))

	test.equal(failure.step, "s2")
	test.equal(verdict.of(place.db, failure, steps("+", "-")), "bad")
	test.equal(verdict.of(place.db, failure, steps("-", "-")), "skip")
	test.equal(verdict.of(place.db, failure, steps("+", "+")), "good")
end

return tests
