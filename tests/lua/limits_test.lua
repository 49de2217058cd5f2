local task = require("task")
local test = require("test")
local time = require("time")

local MIB <const> = 1024 * 1024

--- Calls `fn` in a task of its own with these limits.
local function limited(limits, fn)
	local before = task.limits(limits)

	test.finally(function() task.limits(before) end)
	local handle = task.spawn(fn):observe()
	return pcall(handle.await, handle)
end

return {
	a_loop_is_stopped = function()
		local ok, problem = limited({ slice = 20 }, function()
			while true do end
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
		test.match(problem.message, "ran for 20 ms without waiting")
	end,

	pcall_cannot_swallow_it = function()
		local caught = 0
		local ok, problem = limited({ slice = 20 }, function()
			while true do
				pcall(function() while true do end end)
				caught = caught + 1
			end
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
		test.ok(caught < 3)
	end,

	nor_can_close_or_a_message_handler = function()
		local ok, problem = limited({ slice = 20 }, function()
			local _guard <close> = setmetatable({}, {
				__close = function() while true do end end })
			xpcall(function() while true do end end,
				function() while true do end end)
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
	end,

	nor_can_a_coroutine = function()
		local ok, problem = limited({ slice = 20 }, function()
			while true do
				coroutine.resume(coroutine.create(function()
					while true do end
				end))
			end
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
	end,

	each_wait_begins_a_new_slice = function()
		test.ok(limited({ slice = 50 }, function()
			local last = time.monotonic() + 150
			repeat
				for _ = 1, 10000 do math.abs(1) end
				time.sleep(0)
			until time.monotonic() > last
		end))
	end,

	memory_has_a_ceiling = function()
		local ok, problem = limited({ memory = 64 * MIB }, function()
			local list = {}
			while true do
				list[#list + 1] = ("x"):rep(1000) .. #list
			end
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
		test.match(problem.message, "more than 64 MiB of memory")
		collectgarbage()
		test.ok(collectgarbage("count") < 32 * 1024)
	end,

	a_pcall_cannot_go_on_over_the_ceiling = function()
		local rounds = 0
		local ok, problem = limited({ memory = 64 * MIB }, function()
			local list = {}
			while true do
				rounds = rounds + 1
				pcall(function()
					while true do
						list[#list + 1] = { #list }
					end
				end)
			end
		end)

		test.equal({ ok, problem.code }, { false, "limit" })
		test.ok(rounds < 3)
	end,

	garbage_does_not_count = function()
		test.ok(limited({ memory = 64 * MIB }, function()
			for i = 1, 3000 do
				local _ = ("x"):rep(100000) .. i
			end
		end))
	end,

	one_huge_string_is_refused = function()
		test.ok(limited({ memory = 64 * MIB }, function()
			local ok, problem = pcall(string.rep, "x", 1000 * MIB)

			test.equal(ok, false)
			test.match(tostring(problem), "not enough memory")
		end))
	end,

	limits_are_told = function()
		local limits = task.limits()

		test.equal(limits, { memory = 512 * MIB, slice = 10000 })
		test.raises("must be above 0", task.limits, { slice = 0 })
	end,
}
