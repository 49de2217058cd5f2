local task = require("task")
local test = require("test")
local time = require("time")

local never = function() task.event():wait() end

local function raiser(code, delay)
	return function()
		if delay then time.sleep(delay) end
		error { code = code, message = code }
	end
end

return {
	all_gives_first_results_by_key = function()
		test.equal(task.all {
			function() time.sleep(2) return "slow", "more" end,
			function() return "quick" end,
			named = function() return 3 end,
			task.spawn(function() end),
		}, { "slow", "quick", nil, named = 3 })
		test.equal(task.all {}, {})
	end,

	all_cancels_the_rest_at_the_first_failure = function()
		local ended = {}
		local function stopped(name)
			return function()
				local _guard <close> = setmetatable({}, {
					__close = function()
						task.shield(time.sleep, 1)
						ended[#ended + 1] = name
					end })
				never()
			end
		end

		local problem = test.raises("boom", task.all, {
			stopped("a"), raiser("boom", 1), stopped("b") })
		test.equal(problem.code, "boom")
		test.equal(#ended, 2)
		time.sleep(0)
	end,

	all_waits_for_tasks_that_are_done = function()
		local first = task.spawn(function() return 1 end)

		first:await()
		test.equal(task.all { first, first,
			function() time.sleep(1) return 2 end }, { 1, 1, 2 })
	end,

	all_refuses_what_is_no_task = function()
		test.raises("a number in it", task.all, { 1 })
		test.raises("cannot wait for itself", task.all,
			{ task.current() })
	end,

	any_gives_the_first_and_stops_the_others = function()
		local slow = task.spawn(never)
		local key, value = task.any { slow = slow,
			quick = function() time.sleep(1) return "here" end }

		test.equal({ key, value, slow:done() },
			{ "quick", "here", true })
		test.raises("has no task", task.any, {})
	end,

	any_raises_when_the_first_fails = function()
		test.raises("boom", task.any, { never, raiser("boom", 1) })
	end,

	join_looks_on = function()
		local slow, bad = task.spawn(never), task.spawn(raiser("x", 1))

		test.equal(task.join { slow = slow, bad = bad }, "bad")
		test.equal({ slow:done(), bad:failed() }, { false, true })
		test.equal(task.join { slow, bad }, 2)
		test.raises("timeout", task.timeout, 1, task.join, { slow })
		slow:cancel()
		test.equal(task.join { slow }, 1)
	end,

	timeout_returns_results = function()
		test.equal(table.pack(task.timeout("10s", function(...)
			return ...
		end, 1, nil)), { 1, nil, n = 2 })
	end,

	timeout_raises_when_it_is_over = function()
		local began = time.monotonic()
		local problem = test.raises("timeout", task.timeout, 5, never)

		test.equal(problem.message, "not done after 5 ms")
		test.ok(time.monotonic() - began < 2000)
		problem = test.raises("timeout", task.timeout, "5ms", never)
		test.equal(problem.message, "not done after 5ms")
	end,

	timeouts_nest = function()
		local inner
		local problem = test.raises("timeout", task.timeout, 5, function()
			local ok, why = pcall(task.timeout, 60000, never)
			inner = { ok, why.code }
			error(why, 0)
		end)

		test.equal(inner, { false, "cancelled" })
		test.equal(problem.message, "not done after 5 ms")
		test.raises("not done after 1 ms", task.timeout, 60000,
			function() task.timeout(1, never) end)
	end,

	a_timeout_waits_for_the_end_of_its_function = function()
		local ended = false
		test.raises("timeout", task.timeout, 1, function()
			local _guard <close> = setmetatable({}, {
				__close = function()
					task.shield(time.sleep, 3)
					ended = true
				end })
			never()
		end)
		test.equal(ended, true)
	end,

	a_failure_inside_a_timeout_comes_through = function()
		test.raises("inner", task.timeout, 60000, raiser("inner", 1))
		test.raises("not a duration", task.timeout, "soon", never)
	end,

	a_shield_works_in_a_cancelled_task = function()
		local handle = task.spawn(function()
			pcall(never)
			local result = task.shield(function()
				time.sleep(1)
				return "cleaned"
			end)
			return result, pcall(time.sleep, 0)
		end)

		time.sleep(0)
		handle:cancel()
		local result, ok, problem = handle:await()
		test.equal({ result, ok, problem.code },
			{ "cleaned", false, "cancelled" })
	end,

	a_shield_holds_while_cancellation_comes = function()
		local finished = false
		local handle = task.spawn(function()
			task.shield(function()
				time.sleep(5)
				finished = true
			end)
			time.sleep(0)
		end)

		time.sleep(1)
		handle:cancel()
		test.raises("cancelled", handle.await, handle)
		test.equal(finished, true)
	end,

	a_timeout_works_inside_a_shield = function()
		local seen
		local handle = task.spawn(function()
			pcall(never)
			local ok, why = pcall(task.shield, task.timeout, 2, never)
			seen = { ok, why.code }
		end)

		time.sleep(0)
		handle:cancel()
		pcall(handle.await, handle)
		test.equal(seen, { false, "timeout" })
	end,

	errors_come_out_of_a_shield = function()
		test.raises("inside", task.shield, raiser("inside", 1))
	end,
}
