-- Durable runs: steps, hooks, retries, parallel, locks, cancelling.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local scopes = require("run.scope")
local test = require("test")

local new_home = durable.new_home
local run = durable.run
local step_row = durable.step_row
local run_row = durable.run_row

local tests = {}

function tests.a_run_records_its_steps_and_ends()
	local place = new_home()
	local code = run(place, function(ctx)
		local result = ctx:step("one", function() return { n = 1 } end)
		test.equal(result.value, { n = 1 })
	end)

	test.equal(code, 0)
	test.equal(run_row(place).state, "passed")
	test.equal(step_row(place, "one").state, "passed")
end

function tests.names_met_twice_are_numbered_by_place()
	local place = new_home()

	run(place, function(ctx)
		for _ = 1, 2 do ctx:step("x", function() end) end
		ctx:parallel {
			b = function(c) c:step("x", function() end) end,
			a = function(c) c:step("x", function() end) end,
			x = { function() end },
		}
		ctx:step("outer", function(c) c:step("x", function() end) end)
	end)
	local names = {}
	for i, row in ipairs(place.db:steps(place.id)) do names[i] = row.name end
	table.sort(names)
	test.equal(names, { "a/x", "b/x", "outer", "outer/x", "x", "x#2",
		"x#3" })
end

function tests.a_failure_stops_the_run_unless_it_is_soft()
	local place = new_home()
	local code = run(place, function(ctx)
		local soft = ctx:step("soft", { function() error("oh") end,
			soft = true })
		test.equal(soft.state, "failed")
		ctx:step("hard", function() ctx:fail("no") end)
		place.mark("never")
	end)

	test.equal(code, 1)
	test.equal(place.seen, {})
	test.equal(step_row(place, "soft").soft, 1)
	test.match(run_row(place).error, "no")
end

function tests.hooks_run_in_order()
	local place = new_home()
	local function hook(name)
		return function(_, info)
			place.mark(name .. " " .. info.state)
		end
	end
	local function hooks(prefix, more)
		for _, name in ipairs { "on_success", "on_failure", "on_error",
			"on_abort", "ensure" } do
			more[name] = hook(prefix .. name)
		end
		return more
	end

	run(place, hooks("run ", { run = function(ctx)
		ctx:step("good", hooks("", { function() end }))
		ctx:step("bad", hooks("", { function()
			error({ code = "exit", message = "1" })
		end }))
	end }))
	test.equal(place.seen, { "on_success passed", "ensure passed",
		"on_failure failed", "ensure failed", "run on_failure failed",
		"run ensure failed" })
	test.equal(step_row(place, "bad/ensure").kind, "hook")
	place.seen, place.mark = {}, nil
end

function tests.a_script_error_calls_on_error()
	local place = new_home()

	run(place, { run = function() error("bug") end,
		on_error = function() place.mark("error") end,
		on_failure = function() place.mark("failure") end })
	test.equal(place.seen, { "error" })
	test.match(run_row(place).error, "bug")
end

function tests.a_failing_hook_makes_a_passed_step_fail()
	local place = new_home()
	local code = run(place, function(ctx)
		ctx:step("a", { function() end,
			ensure = function() error("late") end })
	end)

	test.equal(code, 1)
	test.match(run_row(place).error, "late")
end

function tests.when_skips()
	local place = new_home()

	test.equal(run(place, function(ctx)
		local result = ctx:step("no", { place.mark, when = false })
		test.equal(result.state, "skipped")
		ctx:step("maybe", { place.mark, when = function()
			return false
		end })
	end), 0)
	test.equal(place.seen, {})
	test.equal(step_row(place, "no").state, "skipped")
end

function tests.parallel_waits_for_all_and_names_the_failed()
	local place = new_home()
	local time = require("time")
	local code = run(place, function(ctx)
		ctx:parallel {
			a = function() error({ code = "exit", message = "x" }) end,
			b = function() time.sleep(10) place.mark("b") end,
			c = function() error({ code = "exit", message = "y" }) end,
		}
	end)

	test.equal(code, 1)
	test.equal(place.seen, { "b" })
	test.match(run_row(place).error, "2 of 3 branches failed: a, c")
end

function tests.fail_fast_cancels_the_others()
	local place = new_home()
	local time = require("time")
	local began = time.monotonic()

	run(place, function(ctx)
		ctx:parallel { fail_fast = true,
			a = function() time.sleep(5) error("x") end,
			b = { function() time.sleep("1m") end },
		}
	end)
	test.ok(time.monotonic() - began < 20000)
	test.equal(step_row(place, "b").state, "cancelled")
	test.equal(run_row(place).state, "failed")
end

function tests.parallel_keeps_its_limit_and_returns_results()
	local place = new_home()
	local time = require("time")
	local now, most = 0, 0

	run(place, function(ctx)
		local list = { limit = 2 }
		for i = 1, 6 do
			list[i] = { "s" .. i, function()
				now = now + 1
				most = math.max(most, now)
				time.sleep(2)
				now = now - 1
				return i * i
			end }
		end
		local results = ctx:parallel(list)
		test.equal(results[3], 9)
		test.equal(results.s6, 36)
	end)
	test.equal(most, 2)
	test.equal(run_row(place).state, "passed")
end

function tests.a_list_of_steps_respects_needs()
	local place = new_home()
	local code = run(place, { steps = {
		{ "test", function() place.mark("test") end, needs = "build" },
		{ "build", function() place.mark("build") end },
		{ "bad", function() error("no") end },
		{ "after bad", place.mark, needs = { "bad", "test" } },
		{ "far after", place.mark, needs = "after bad" },
	} })

	test.equal(code, 1)
	test.equal(place.seen, { "build", "test" })
	test.equal(step_row(place, "after bad").state, "skipped")
	test.equal(step_row(place, "far after").state, "skipped")
end

function tests.a_lock_excludes_and_is_given_back()
	local place = new_home()
	local inside, most = 0, 0
	local time = require("time")

	test.equal(run(place, function(ctx)
		local function section()
			ctx:lock("till", function()
				inside = inside + 1
				most = math.max(most, inside)
				time.sleep(2)
				inside = inside - 1
			end)
		end
		ctx:parallel { a = section }
		ctx:lock("till", section and function() end)
	end), 0)
	test.equal(most, 1)
	test.equal(#place.db:lock_list(), 0)
end

function tests.a_lock_held_by_another_run_times_out()
	local place = new_home()
	local other = place.db:run_create { name = "o", path = "/o",
		state = "queued" }

	place.db:run_claim(other)
	test.ok(place.db:lock_try { name = "till", run = other, step = "x" })
	test.equal(run(place, function(ctx)
		ctx:lock("till", { timeout = "20ms" }, place.mark)
	end), 1)
	test.equal(place.seen, {})
	test.match(run_row(place).error, "was not free within")
end

function tests.a_cancelled_run_undoes_and_calls_on_abort()
	local place = new_home()
	local time = require("time")
	local code = run(place, { run = function(ctx)
		ctx:step("a", { function() end,
			undo = function() place.mark("undo") end })
		ctx:step("long", function()
			scopes.current().run:cancel("a test")
			time.sleep("1m")
		end)
	end, on_abort = function() place.mark("abort") end,
		ensure = function() place.mark("ensure") end })

	test.equal(code, 4)
	test.equal(place.seen, { "undo", "abort", "ensure" })
	test.equal(run_row(place).state, "cancelled")
	test.equal(step_row(place, "long").state, "cancelled")
end

function tests.a_step_that_is_not_cancellable_ends_first()
	local place = new_home()
	local time = require("time")

	test.equal(run(place, function(ctx)
		ctx:step("swap", { function()
			scopes.current().run:cancel("a test")
			time.sleep(5)
			place.mark("swapped")
		end, cancellable = false })
		ctx:step("next", place.mark)
	end), 4)
	test.equal(place.seen, { "swapped" })
	test.equal(step_row(place, "swap").state, "passed")
end

function tests.a_run_out_of_time_is_timed_out()
	local place = new_home()
	local time = require("time")

	test.equal(run(place, { timeout = "30ms", run = function(ctx)
		ctx:step("long", function() time.sleep("1m") end)
	end }), 5)
	test.equal(run_row(place).state, "timed_out")
end

function tests.step_names_are_checked()
	local place = new_home()

	for _, name in ipairs { "", "a#2", "a\nb", ("x"):rep(300) } do
		test.equal(run(place, function(ctx)
			ctx:step(name, function() end)
		end), 1)
		test.match(run_row(place).error, "name")
	end
end

return tests
