-- The search for the first bad commit, without running anything.

local search = require("bisect.search")
local test = require("test")

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

return tests
