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

--- Calls `fn` in a task of its own, so that its failures stay there.
local function apart(fn)
	local handle = task.spawn(fn):observe()

	return pcall(handle.await, handle)
end

return {
	await_gives_all_results = function()
		local handle = task.spawn(function(a, b)
			time.sleep(1)
			return a, nil, b, nil
		end, 1, 2)

		test.equal(table.pack(handle:await()),
			{ 1, nil, 2, nil, n = 4 })
		test.equal(table.pack(handle:await()),
			{ 1, nil, 2, nil, n = 4 })
	end,

	await_raises_the_error_with_a_traceback = function()
		local handle = task.spawn(function()
			time.sleep(0)
			error("deep inside")
		end)
		local problem = test.raises("script", handle.await, handle)

		test.match(problem.message, "task_test.lua:%d+: deep inside")
		test.match(problem.traceback, "task_test.lua")
		test.equal(handle:failed(), true)
	end,

	errors_that_are_tables_keep_their_fields = function()
		local handle = task.spawn(function()
			error { code = "exit", message = "no", status = 7 }
		end)
		local problem = test.raises("exit", handle.await, handle)

		test.equal(problem.status, 7)
		test.equal(tostring(problem), "no")
	end,

	spawn_does_not_run_at_once = function()
		local ran = false
		local handle = task.spawn(function() ran = true end)

		test.equal(ran, false)
		handle:await()
		test.equal(ran, true)
	end,

	tasks_take_turns = function()
		local order = {}
		local function worker(name)
			return function()
				for i = 1, 3 do
					order[#order + 1] = name .. i
					time.sleep(0)
				end
			end
		end

		task.all { worker("a"), worker("b") }
		test.equal(#order, 6)
		test.equal(order[1] ~= order[2] and order[1]:sub(1, 1)
			~= order[2]:sub(1, 1), true)
	end,

	a_task_is_not_done_before_its_children = function()
		local ended = false
		task.spawn(function()
			task.spawn(function()
				time.sleep(5)
				ended = true
			end)
		end):await()
		test.equal(ended, true)
	end,

	a_childs_failure_cancels_the_parent_and_its_other_children = function()
		local stopped = 0
		local ok, problem = apart(function()
			task.spawn(function()
				local _, why = pcall(never)
				stopped = stopped + 1
				error(why, 0)
			end)
			task.spawn(raiser("boom", 1))
			never()
		end)

		test.equal({ ok, problem.code, stopped },
			{ false, "boom", 1 })
	end,

	a_childs_failure_shows_when_the_parent_has_ended = function()
		local ok, problem = apart(function()
			task.spawn(raiser("late", 2))
			return "fine"
		end)

		test.equal({ ok, problem.code }, { false, "late" })
	end,

	a_failure_goes_to_who_awaits_it = function()
		local handle = task.spawn(raiser("mine", 1))
		local ok, problem = pcall(handle.await, handle)

		test.equal({ ok, problem.code }, { false, "mine" })
		time.sleep(0) -- this task goes on
	end,

	an_observed_failure_stays_with_the_handle = function()
		local handle = task.spawn(raiser("quiet")):observe()

		time.sleep(2)
		test.equal({ handle:done(), handle:failed() }, { true, true })
		test.raises("quiet", handle.await, handle)
	end,

	cancelled_children_are_no_failure = function()
		local handle = task.spawn(never)

		time.sleep(0)
		handle:cancel()
		test.eventually(function() return handle:done() end)
		test.raises("cancelled", handle.await, handle)
	end,

	clean_up_that_fails_is_one = function()
		local ok, problem = apart(function()
			local handle = task.spawn(function()
				local _guard <close> = setmetatable({}, {
					__close = raiser("cleanup") })
				never()
			end)
			time.sleep(0)
			handle:cancel()
			never()
		end)

		test.equal({ ok, problem.code }, { false, "cleanup" })
	end,

	one_cancelled_before_its_turn_never_runs = function()
		local ran = false
		local handle = task.spawn(function() ran = true end)

		handle:cancel()
		test.raises("cancelled", handle.await, handle)
		test.equal(ran, false)
	end,

	cancellation_goes_down = function()
		local seen = 0
		local handle = task.spawn(function()
			task.spawn(function()
				task.spawn(function()
					pcall(never)
					seen = seen + 1
				end)
				pcall(never)
				seen = seen + 1
			end)
			pcall(never)
			seen = seen + 1
		end)

		time.sleep(2)
		handle:cancel()
		pcall(handle.await, handle)
		test.equal(seen, 3)
	end,

	cancellation_is_sticky = function()
		local raised = 0
		local handle = task.spawn(function()
			for _ = 1, 10 do
				local ok, problem = pcall(time.sleep, 60000)
				if not ok and problem.code == "cancelled" then
					raised = raised + 1
				end
			end
			return task.cancelled()
		end)

		time.sleep(0)
		handle:cancel()
		test.equal(handle:await(), true)
		test.equal(raised, 10)
	end,

	a_pcall_loop_without_waits_is_cancelled_too = function()
		local handle = task.spawn(function()
			local other = task.spawn(function()
				task.current() -- runs when the loop can turn
			end)
			other:await()
			task.current():cancel()
			while true do pcall(string.rep, "x", 10) end
		end)

		test.raises("cancelled", handle.await, handle)
	end,

	close_runs_on_errors_and_may_wait_in_a_shield = function()
		local log = {}
		local handle = task.spawn(function()
			local _guard <close> = setmetatable({}, {
				__close = function()
					log[#log + 1] = "closing"
					local ok = pcall(time.sleep, 1)
					log[#log + 1] = ok
					task.shield(function()
						time.sleep(1)
						log[#log + 1] = "closed"
					end)
				end })
			never()
		end)

		time.sleep(0)
		handle:cancel()
		test.raises("cancelled", handle.await, handle)
		test.equal(log, { "closing", false, "closed" })
	end,

	close_may_wait_after_an_error = function()
		local closed = false
		test.raises("oops", function()
			local _guard <close> = setmetatable({}, {
				__close = function()
					time.sleep(1)
					closed = true
				end })
			error("oops")
		end)
		test.equal(closed, true)
	end,

	an_error_in_close_replaces_the_first = function()
		local ok, problem = apart(function()
			local _guard <close> = setmetatable({}, {
				__close = raiser("second", 1) })
			error { code = "first", message = "first" }
		end)

		test.equal({ ok, problem.code }, { false, "second" })
	end,

	waiting_works_through_metamethods_and_iterators = function()
		local sum = setmetatable({}, { __add = function(_, n)
			time.sleep(0)
			return n
		end })
		local function slowly()
			return function(_, n)
				time.sleep(0)
				return n < 3 and n + 1 or nil
			end, nil, 0
		end
		local count = 0

		for n in slowly() do count = count + n end
		test.equal({ sum + 5, count }, { 5, 6 })
	end,

	waiting_is_refused_where_it_cannot_be = function()
		test.raises("cannot wait in a coroutine of one's own",
			coroutine.wrap(function() time.sleep(0) end))
		test.raises("cannot wait here", table.sort, { 2, 1 },
			function() time.sleep(0) return true end)
		test.raises("cannot wait here", string.gsub, "a", "a",
			function() time.sleep(0) end)
		package.preload.waits = function() time.sleep(0) end
		test.raises("cannot wait here", require, "waits")
		package.preload.waits = nil
	end,

	coroutines_of_ones_own_work = function()
		local generate = coroutine.wrap(function()
			for i = 1, 3 do coroutine.yield(i) end
		end)

		test.equal({ generate(), generate(), generate() }, { 1, 2, 3 })
		test.raises("cannot yield outside", coroutine.yield)
	end,

	nobody_else_can_resume_a_task = function()
		local thread
		local handle = task.spawn(function()
			thread = coroutine.running()
			never()
		end)

		time.sleep(0)
		test.raises("goes on by itself", coroutine.resume, thread)
		test.raises("goes on by itself", coroutine.close, thread)
		handle:cancel()
	end,

	events_wake_all_who_wait_in_order = function()
		local event, order = task.event(), {}
		for i = 1, 3 do
			task.spawn(function()
				local value = event:wait()
				order[#order + 1] = { i, value }
			end)
		end

		time.sleep(1)
		test.equal(event:is_set(), false)
		event:set("now")
		test.equal(#order, 0) -- never from inside the call
		test.equal(event:wait(), "now")
		test.eventually(function() return #order == 3 end)
		test.equal(order, { { 1, "now" }, { 2, "now" }, { 3, "now" } })
		event:clear()
		test.equal(event:is_set(), false)
		test.raises("timeout", task.timeout, 1, event.wait, event)
	end,

	a_queue_can_be_built_on_events = function()
		local items, more, got = {}, task.event(), {}
		local reader = task.spawn(function()
			while #got < 100 do
				if #items == 0 then
					more:clear()
					more:wait()
				end
				got[#got + 1] = table.remove(items, 1)
			end
		end)

		for i = 1, 100 do
			items[#items + 1] = i
			more:set()
			if i % 7 == 0 then time.sleep(0) end
		end
		reader:await()
		test.equal({ #got, got[1], got[100] }, { 100, 1, 100 })
	end,

	context_is_inherited = function()
		task.context().who = "parent"
		local seen = task.spawn(function()
			local own = task.context()
			local before = own.who
			own.who = "child"
			return before
		end):await()

		test.equal({ seen, task.context().who }, { "parent", "parent" })
	end,

	current_is_the_handle = function()
		local inside
		local handle = task.spawn(function() inside = task.current() end)

		handle:await()
		test.ok(rawequal(inside, handle))
		test.raises("cannot wait for itself", function()
			task.current():await()
		end)
	end,

	a_signal_is_waited_for = function()
		local waiting = task.spawn(task.signal, { "USR2", "WINCH" })

		time.sleep(0)
		os.execute("kill -WINCH $PPID")
		test.equal(waiting:await(), "WINCH")
		test.raises("no signal 'NOPE'", task.signal, { "NOPE" })
	end,

	fifty_thousand_sleep_at_once = function()
		local woken = 0
		for _ = 1, 50000 do
			task.spawn(function()
				time.sleep(1)
				woken = woken + 1
			end)
		end

		test.eventually(function() return woken == 50000 end)
	end,

	deep_chains_of_tasks_work = function()
		local function down(n)
			if n == 0 then return "bottom" end
			return task.spawn(down, n - 1):await()
		end

		test.equal(down(2000), "bottom")
	end,

	a_wave_of_cancellations_ends_everything = function()
		local handles = {}
		for i = 1, 2000 do
			handles[i] = task.spawn(function()
				task.all { never, never, function()
					task.timeout("1h", never)
				end }
			end)
		end

		time.sleep(1)
		for _, handle in ipairs(handles) do handle:cancel() end
		for _, handle in ipairs(handles) do
			test.raises("cancelled", handle.await, handle)
		end
	end,

	quiet_tasks_wait_for_each_other_only = function()
		local event = task.event()
		local handle = task.spawn(function()
			local child = task.spawn(event.wait, event)
			child:await()
			time.sleep(0)
			task.timeout("1h", never)
		end):observe()

		test.equal(handle:quiet(), false)
		test.eventually(function() return handle:quiet() end)
		event:set()
		test.equal(handle:quiet(), false)
		for _ = 1, 20 do time.sleep(0) end
		test.equal(handle:quiet(), false)
		handle:cancel()
		pcall(handle.await, handle)
		test.equal(handle:quiet(), true)
	end,
}
