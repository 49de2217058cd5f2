-- Semantic versions: the rules of semver.org, and npm's ranges.

local semver = require("semver")
local test = require("test")

--- The order of semver.org, item 11, and some more.
local ORDER <const> = { "0.0.0-0", "0.0.0", "0.9.9", "1.0.0-0",
	"1.0.0-2", "1.0.0-11", "1.0.0--", "1.0.0-alpha",
	"1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
	"1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0",
	"2.0.0", "10.0.0" }

local VALID <const> = { "1.0.0-0A.is.legal", "1.0.0+0.build.1-rc.10000aaa",
	"1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.0.0-alpha+001", "v1.2.3",
	"999999999999.0.0", "1.0.0-x-y-z.--" }

local INVALID <const> = { "", "1", "1.2", "1.2.3.4", "01.1.1", "1.01.1",
	"1.2.3-", "1.2.3-0123", "1.2.3-a..b", "1.2.3+", "1.2.3+a+b", "1.2.3-+",
	"a.b.c", "1.2.3 ", " 1.2.3", "1.2.3-é", "-1.0.0", "1.2.3-01.a",
	("9"):rep(30) .. ".0.0", "1.2.x" }

--- range, versions within, versions without
local RANGES <const> = {
	{ "1.2.3", "1.2.3 v1.2.3 1.2.3+x", "1.2.4 1.2.3-rc.1" },
	{ "=1.2", "1.2.0 1.2.9", "1.3.0 1.1.9 1.3.0-rc.1" },
	{ "1.x", "1.0.0 1.9.9", "2.0.0 0.9.0 2.0.0-0" },
	{ "*", "0.0.0 9.9.9", "1.0.0-rc.1" },
	{ "", "1.0.0", "1.0.0-rc.1" },
	{ ">1.2.3", "1.2.4 2.0.0", "1.2.3 1.2.2" },
	{ ">1.2", "1.3.0", "1.2.9" },
	{ ">1", "2.0.0", "1.9.9" },
	{ ">=1.2.3 <2", "1.2.3 1.9.9", "1.2.2 2.0.0 2.0.0-rc.1" },
	{ ">= 1.2.3 < 1.3", "1.2.3", "1.3.0" },
	{ "<=1.2", "1.2.9 0.1.0", "1.3.0" },
	{ "<1.2", "1.1.9", "1.2.0" },
	{ "~1.2.3", "1.2.3 1.2.99", "1.2.2 1.3.0" },
	{ "~1.2", "1.2.0 1.2.9", "1.3.0" },
	{ "~1", "1.0.0 1.9.0", "2.0.0" },
	{ "~>1.2.3", "1.2.4", "1.3.0" },
	{ "^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0" },
	{ "^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2" },
	{ "^0.0.3", "0.0.3", "0.0.4" },
	{ "^0.0", "0.0.9", "0.1.0" },
	{ "^0", "0.9.0", "1.0.0" },
	{ "^1.2.3-rc.2", "1.2.3-rc.2 1.2.3-rc.10 1.2.3 1.3.0",
		"1.2.3-rc.1 1.2.4-rc.3 2.0.0-rc.1" },
	{ "1.2 - 1.4", "1.2.0 1.4.9", "1.5.0 1.1.9" },
	{ "1.2.3 - 2", "1.2.3 2.9.9", "3.0.0" },
	{ "1.x || >=2.5 || 5.0.0 - 7.2.3", "1.2.3 2.5.0 6.0.0", "2.4.0 0.1.0" },
}

return {
	versions_are_ordered_as_semver_says = function()
		for i, left in ipairs(ORDER) do
			for j, right in ipairs(ORDER) do
				test.equal(semver.compare(left, right),
					i < j and -1 or i > j and 1 or 0,
					left .. " and " .. right)
			end
		end
		test.equal(semver.compare("1.0.0+a", "1.0.0+b"), 0)
		assert(semver.parse("1.0.0-rc.1") < semver.parse("1.0.0"))
		assert(semver.parse("v1.0.0") == semver.parse("1.0.0+build"))
	end,

	only_versions_are_read = function()
		for _, text in ipairs(VALID) do
			test.equal(tostring(semver.parse(text)),
				(text:gsub("^v", "")))
		end
		for _, text in ipairs(INVALID) do
			test.equal(semver.try(text), nil, text)
		end
		test.raises("'1.2' is no semantic version", semver.parse, "1.2")
	end,

	ranges_mean_what_they_do_for_npm = function()
		for _, case in ipairs(RANGES) do
			for version in case[2]:gmatch("%S+") do
				test.equal(semver.matches(version, case[1]), true,
					version .. " within " .. case[1])
			end
			for version in case[3]:gmatch("%S+") do
				test.equal(semver.matches(version, case[1]),
					false, version .. " without " .. case[1])
			end
		end
	end,

	a_bad_range_is_told = function()
		for _, text in ipairs { ">", "^a", "1.2.3.4", "!1", "1 - ", "=>1",
			"^^1" } do
			test.raises("is no range of versions", semver.matches,
				"1.0.0", text)
		end
	end,

	versions_are_bumped = function()
		for _, case in ipairs {
			{ "1.2.3", "major", "2.0.0" },
			{ "1.2.3", "minor", "1.3.0" },
			{ "1.2.3", "patch", "1.2.4" },
			{ "1.2.3", "prerelease", "1.2.4-rc.1" },
			{ "1.3.0-rc.1", "minor", "1.3.0" },
			{ "1.3.1-rc.1", "minor", "1.4.0" },
			{ "2.0.0-rc.1", "major", "2.0.0" },
			{ "1.2.3-rc.1", "patch", "1.2.3" },
			{ "1.2.3-rc.9", "prerelease", "1.2.3-rc.10" },
			{ "1.2.3-rc", "prerelease", "1.2.3-rc.1" },
		} do
			test.equal(tostring(semver.bump(case[1], case[2])),
				case[3])
		end
		test.equal(tostring(semver.bump("1.2.3-alpha.4", "prerelease",
			"beta")), "1.2.3-beta.1")
		test.equal(tostring(semver.bump("1.2.3-beta.4", "prerelease",
			"beta")), "1.2.3-beta.5")
		test.raises("cannot be bumped", semver.bump, "1.0.0", "mayor")
	end,

	lists_are_sorted_and_the_highest_found = function()
		local list = { "1.10.0", "v1.2.0", "1.9.0", "2.0.0-rc.1" }
		test.equal(semver.sort(list), { "v1.2.0", "1.9.0", "1.10.0",
			"2.0.0-rc.1" })
		test.equal(semver.highest(list, "^1"), "1.10.0")
		test.equal(semver.highest(list, "^3"), nil)
	end,
}
