-- Module text: globs, cron, time zones.

local text = require("text")

local tests = {}

function tests.globs_say_what_decided()
	local list = { "src/**", "!src/docs/**" }
	local matched, reason = text.match(list, "src/a.c")

	assert(matched and reason == "'src/a.c' matches 'src/**'", reason)
	matched, reason = text.match(list, "src/docs/a.md")
	assert(not matched)
	assert(reason == "'src/docs/a.md' is excluded by '!src/docs/**'", reason)
	matched, reason = text.match(list, "Makefile")
	assert(not matched)
	assert(reason == "'Makefile' matches none of 2 patterns", reason)
	matched, reason = text.match("main", "maint")
	assert(not matched and reason == "'maint' does not match 'main'", reason)
	matched, reason = text.match({ "!docs/**" }, "a")
	assert(matched and reason == "'a' is not excluded", reason)
	assert(text.match({}, "anything"))
end

function tests.a_malformed_glob_raises()
	local ok, problem = pcall(text.match, { "a", "[b" }, "x")

	assert(not ok and problem.code == "invalid")
	assert(problem.message == "glob '[b': '[' without ']'", problem.message)
	assert(not pcall(text.match, { 1 }, "x"))
	assert(not pcall(text.match, nil, "x"))
end

function tests.cron_times_follow_their_zone()
	-- 2026-03-28 12:00 UTC: the night after, Berlin has no 02:30.
	local from = 1774699200000
	local times = text.cron_next("30 2 * * *", "Europe/Berlin", from, 2)

	assert(#times == 2)
	assert(times[1] == from + 13 * 3600000, times[1])
	assert(times[2] == from + (36 * 60 + 30) * 60000, times[2])
	assert(text.cron_next("@hourly", "UTC", 0)[1] == 3600000)
	assert(#text.cron_next("0 0 30 2 *", "UTC") == 0)
	assert(#text.cron_next("@daily", nil, nil, 5) == 5)
end

function tests.cron_errors_have_codes()
	local ok, problem = pcall(text.cron_next, "60 * * * *", "UTC")

	assert(not ok and problem.code == "invalid")
	assert(problem.message:find("'60' is no minute", 1, true))
	ok, problem = pcall(text.cron_next, "@daily", "Mars/Olympus")
	assert(not ok and problem.code == "not_found")
	ok, problem = pcall(text.cron_next, "@daily", "../../etc/passwd")
	assert(not ok and problem.code == "invalid")
end

function tests.cron_describes_itself()
	assert(text.cron_describe("15 2 * * 1-5") ==
		"at 02:15 on Monday to Friday")
	assert(text.cron_describe("@hourly") == "every hour")
end

function tests.zones_have_offsets()
	assert(text.zone_offset("Europe/Berlin", 1774699200000) == 3600)
	assert(text.zone_offset("Asia/Kathmandu") == 20700)
	assert(text.zone_offset("UTC") == 0)
end

return tests
