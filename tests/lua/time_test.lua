local task = require("task")
local test = require("test")
local time = require("time")

return {
	now_is_the_wall_clock = function()
		test.ok(math.abs(time.now() // 1000 - os.time()) <= 1)
		test.equal(math.type(time.now()), "integer")
	end,

	sleep_waits_at_least_that_long = function()
		local began = time.monotonic()

		time.sleep(20)
		time.sleep("5ms")
		time.sleep(0.5)
		test.ok(time.monotonic() - began >= 24)
	end,

	sleep_refuses_what_is_no_duration = function()
		test.raises("no duration", time.sleep, -1)
		test.raises("not a duration", time.sleep, "later")
		test.raises("number expected", time.sleep, {})
		test.raises("no duration", time.sleep, 0 / 0)
		test.raises("no duration", time.sleep, math.huge)
	end,

	sleeps_end_in_the_order_of_their_times = function()
		local order = {}
		local function sleeper(ms)
			return function()
				time.sleep(ms)
				order[#order + 1] = ms
			end
		end

		task.all { sleeper(300), sleeper(1), sleeper(100) }
		test.equal(order, { 1, 100, 300 })
	end,

	durations_are_read = function()
		local known = { ["250ms"] = 250, ["10s"] = 10000, ["5m"] = 300000,
			["2h"] = 7200000, ["1d"] = 86400000, ["1w"] = 604800000,
			["1h30m"] = 5400000, ["1.5s"] = 1500, ["70"] = 70 }

		for text, ms in pairs(known) do
			test.equal(time.duration(text), ms, text)
		end
		test.equal(time.duration(1500), 1500)
		for _, text in ipairs { "", "5 apples", "s", "1x", "-1s" } do
			test.raises("invalid", time.duration, text)
		end
	end,

	durations_are_described = function()
		test.equal(time.describe(0), "0ms")
		test.equal(time.describe(1500), "1.5s")
		test.equal(time.describe("125s"), "2m 5s")
	end,

	times_are_written_as_iso_8601 = function()
		test.equal(time.format(0), "1970-01-01T00:00:00.000Z")
		test.equal(time.format(1769862600123), "2026-01-31T12:30:00.123Z")
		test.equal(time.format(-1), "1969-12-31T23:59:59.999Z")
		test.equal(time.format(1769862600123, "%Y"), "2026")
		test.match(time.format(), "^20%d%d%-.*Z$")
		test.raises("too long", time.format, 0, ("%c"):rep(100))
	end,

	times_are_read = function()
		local known = {
			["2026-01-31"] = 1769817600000,
			["2026-01-31T12:30:00Z"] = 1769862600000,
			["2026-01-31T12:30:00"] = 1769862600000,
			["2026-01-31 12:30:00.5"] = 1769862600500,
			["2026-01-31T12:30:00.123456Z"] = 1769862600123,
			["2026-01-31T14:30:00+02:00"] = 1769862600000,
			["2026-01-31T07:00:00-05:30"] = 1769862600000,
			["1969-12-31T23:59:59.999Z"] = -1,
		}

		for text, ms in pairs(known) do
			test.equal(time.parse(text), ms, text)
		end
	end,

	what_is_no_time_is_refused = function()
		for _, text in ipairs { "", "yesterday", "2026-13-01",
			"2026-02-30", "2026-01-31T25:00:00Z", "2026-01-31T12:30",
			"2026-01-31T12:30:00 and more", "2026-01-31T12:30:00+2",
			"2026-01-31T12:30:00Zz", "2026-01-31T12:30:00.Z" } do
			test.raises("invalid", time.parse, text)
		end
	end,

	formatting_and_parsing_agree = function()
		for ms = 0, 4102444800000, 98765432123 do
			test.equal(time.parse(time.format(ms)), ms)
		end
	end,
}
