-- What the live view knows: expected times, and how a step's end is told.

local progress = require("terminal.progress")
local store = require("store")
local test = require("test")

--- A passed run of `shop` whose steps took so long.
local function add_run(db, times, state)
	local id = db:run_create { name = "shop", path = "shop.lua" }
	local total = 0

	for name, ms in pairs(times) do
		local step = db:step_start { run = id, name = name,
			kind = "command", started = 1000 }
		db:step_finish(step, { state = "passed", finished = 1000 + ms,
			wall = ms })
		total = total + ms
	end
	db:run("UPDATE runs SET state = ?, started = 1000, finished = ?"
		.. " WHERE id = ?", state or "passed", 1000 + total, id)
end

return {
	expected_is_the_median_of_what_passed = function()
		local db <close> = store.open { home = test.temp_dir() }
		test.equal((progress.expected(db, "shop")), {})
		for _, ms in ipairs { 100, 900, 300 } do
			add_run(db, { build = ms, test = 10 })
		end
		add_run(db, { build = 90000 }, "failed")
		local times, total = progress.expected(db, "shop")
		test.equal(times, { build = 300, test = 10 })
		test.equal(total, 310)
		test.equal((progress.expected(db, "other")), {})
	end,

	remarks_say_how_a_step_ended = function()
		test.equal(progress.remarks { state = "passed", attempt = 1 },
			"")
		test.equal(progress.remarks { state = "passed", attempt = 3 },
			"attempt 3")
		test.equal(progress.remarks { state = "failed", status = 2,
			soft = true }, "exit 2, soft")
		test.equal(progress.remarks { state = "failed",
			signal = "KILL" }, "signal KILL")
		test.equal(progress.remarks { state = "timed_out" },
			"timed out")
	end,
}
