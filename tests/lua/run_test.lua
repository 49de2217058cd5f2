-- Durable runs: replay after a crash, once, undo, hooks, retries, parallel,
-- recorded values, locks, waiting.

local failure = require("run.failure")
local foreground = require("run.foreground")
local open = require("run.open")
local recipes = require("recipe.load")
local scopes = require("run.scope")
local store = require("store")
local test = require("test")

--- A home with its database, and what happened in it.
local function new_home()
	local home = test.temp_dir()
	local db = store.open { home = home }
	local seen = {}

	test.finally(function() db:close() end)
	return { home = home, db = db, seen = seen, mark = function(what)
		seen[#seen + 1] = what
	end }
end

local function runner_of(place, given, params)
	if type(given) == "function" then given = { run = given } end
	given.name = given.name or "test"
	local recipe = recipes.read(given, { file = "test" })

	recipe.path, recipe.hash = place.home .. "/test.lua", "0"
	return open.new(place.db, recipe, params or {}, { home = place.home,
		foreground = true, workspace = place.home })
end

local function run(place, given, params)
	local runner = runner_of(place, given, params)

	place.recipe, place.id = runner.recipe, runner.id
	return runner:main()
end

--- Ends the runner as a SIGKILL would: nothing more is recorded.
local function crash()
	local runner = scopes.current().run

	runner.parked = "crash"
	failure.raise("cancelled", "crash")
end

--- A new runner for the run that crashed.
local function again(place, given)
	place.db:run_requeue(place.id)
	local row = test.ok(place.db:run_claim(place.id))
	if type(given) == "function" then given = { run = given } end
	local recipe = given and recipes.read(given, { file = "test" })
		or place.recipe
	local runner = require("run.runner") { db = place.db, row = row,
		recipe = recipe, home = place.home, workspace = place.home,
		params = {}, event = { kind = "manual" }, foreground = true,
		observer = require("run.observer").silent, cancellable = {} }

	for _, step in ipairs(place.db:steps(place.id)) do
		runner.journal[step.name] = step
	end
	return runner:main()
end

local function step_row(place, name)
	return place.db:row("SELECT * FROM steps WHERE run = ? AND name = ?",
		place.id, name)
end

local function run_row(place)
	return place.db:row("SELECT * FROM runs WHERE id = ?", place.id)
end

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

function tests.a_finished_step_is_never_repeated()
	local place, crashed = new_home(), false
	local function recipe(ctx)
		local a = ctx:step("a", function() place.mark("a") return 7 end)
		test.equal(a.value, 7)
		ctx:step("b", function()
			place.mark("b")
			if not crashed then
				crashed = true
				crash()
			end
		end)
		ctx:step("c", function() place.mark("c") end)
	end

	test.equal(run(place, recipe), 6)
	test.equal(step_row(place, "b").state, "running")
	test.equal(again(place), 0)
	test.equal(place.seen, { "a", "b", "b", "c" })
	test.equal(step_row(place, "b").attempt, 2)
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

function tests.a_failed_step_is_replayed_as_failed()
	local place, crashed = new_home(), false
	local function recipe(ctx)
		local ok, why = pcall(ctx.step, ctx, "a", function()
			place.mark("a")
			error({ code = "io", message = "broken" })
		end)
		test.ok(not ok)
		test.equal(why.code, "io")
		test.match(why.message, "broken")
		if not crashed then
			crashed = true
			ctx:step("b", crash)
		end
	end

	run(place, recipe)
	test.equal(again(place), 0)
	test.equal(place.seen, { "a" })
end

function tests.a_once_step_asks_its_check()
	for _, happened in ipairs { true, false } do
		local place, crashed = new_home(), false
		run(place, function(ctx)
			ctx:step("deploy", { function()
				place.mark("deploy")
				if not crashed then
					crashed = true
					crash()
				end
			end, once = true, check = function()
				place.mark("check")
				return happened
			end })
		end)
		test.equal(again(place), 0)
		test.equal(place.seen, happened and { "deploy", "check" }
			or { "deploy", "check", "deploy" })
	end
end

function tests.a_once_step_without_check_waits_for_a_person()
	local place, crashed = new_home(), false
	local function recipe(ctx)
		ctx:step("deploy", { function()
			place.mark("deploy")
			if not crashed then
				crashed = true
				crash()
			end
		end, once = true })
		place.mark("after")
	end

	run(place, recipe)
	test.equal(again(place), 6)
	test.equal(run_row(place).state, "waiting")
	test.match(run_row(place).waits_for, "resume %d+ %-%-step 'deploy=done'")
	place.db:run("UPDATE steps SET state = 'passed' WHERE name = 'deploy'")
	test.equal(again(place), 0)
	test.equal(place.seen, { "deploy", "after" })
end

function tests.undo_runs_in_reverse_and_goes_on_after_a_crash()
	local place, crashed = new_home(), false
	local function recipe(ctx)
		for _, name in ipairs { "a", "b", "c" } do
			ctx:step(name, { function() return name end,
				undo = function(_, result)
					place.mark("undo " .. result.value)
					if name == "b" and not crashed then
						crashed = true
						crash()
					end
				end })
		end
		ctx:fail("no")
	end

	run(place, recipe)
	test.equal(again(place), 1)
	test.equal(place.seen, { "undo c", "undo b", "undo b", "undo a" })
	test.equal(step_row(place, "c").undone, 1)
	test.equal(step_row(place, "a").undone, 1)
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

function tests.a_step_is_tried_again()
	local place, tries = new_home(), 0
	local code = run(place, function(ctx)
		ctx:step("flaky", { function()
			tries = tries + 1
			if tries < 3 then error("no") end
		end, retry = { times = 3, backoff = "1ms" } })
	end)

	test.equal(code, 0)
	test.equal(tries, 3)
	test.equal(step_row(place, "flaky").attempt, 3)
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

function tests.time_and_random_numbers_are_the_same_in_a_replay()
	local place = new_home()
	local path = place.home .. "/values.lua"
	local fs = require("fs")

	fs.write(path, [[
		local fs, time = require("fs"), require("time")
		return { run = function(ctx)
			local values = {}
			local function add(v) values[#values + 1] = tostring(v) end
			add(time.now()) add(math.random(1000000)) add(os.time())
			add(os.date("%F %T"))
			ctx:parallel { b = function() add(math.random()) end,
				a = function() add(math.random()) end }
			fs.append(ctx.workspace .. "/seen",
				table.concat(values, " ") .. "\n")
			ctx:step("once", { function() error("no") end, soft = true })
			ctx:fail("on purpose")
		end }]])
	local runner = open.new(place.db, recipes.file(path), {},
		{ home = place.home, foreground = true, workspace = place.home })
	runner:main()
	place.id = runner.id
	require("time").sleep(5)
	require("run.rerun").reopen_failed(place.db, run_row(place))
	test.equal(foreground.attach(place.db, place.id,
		{ home = place.home, foreground = true }), 1)
	local first, second = fs.read(place.home .. "/seen")
		:match("^(.-)\n(.-)\n$")
	test.equal(second, first)
end

function tests.retry_failed_repeats_only_what_did_not_pass()
	local place, broken = new_home(), true
	local function recipe(ctx)
		ctx:step("a", { function() place.mark("a") end,
			undo = function() place.mark("undo a") end })
		ctx:step("b", function()
			place.mark("b")
			if broken then error("no") end
		end)
	end

	test.equal(run(place, recipe), 1)
	broken = false
	require("run.rerun").reopen_failed(place.db, run_row(place))
	test.equal(again(place), 0)
	test.equal(place.seen, { "a", "b", "undo a", "a", "b" })
end

function tests.a_fork_keeps_what_came_before_the_step()
	local place = new_home()
	local function recipe(ctx)
		ctx:step("a", function() place.mark("a") return 5 end)
		ctx:step("b", function() place.mark("b") end)
	end

	run(place, recipe)
	place.id = require("run.rerun").fork(place.db, run_row(place), "b")
	test.equal(again(place, function(ctx)
		local a = ctx:step("a", function() place.mark("new a") end)
		test.equal(a.value, 5)
		ctx:step("b", function() place.mark("new b") end)
	end), 0)
	test.equal(place.seen, { "a", "b", "new b" })
	test.equal(run_row(place).fork_step, "b")
end

function tests.changed_code_stops_a_replay()
	local place = new_home()
	local function recipe(ctx)
		ctx:step("a", function() return 1 end)
		ctx:step("b", crash)
	end

	run(place, recipe)
	test.equal(again(place, function(ctx)
		ctx:step("a", function() return 1 + ctx.run.id end)
		place.mark("never")
	end), 6)
	test.equal(run_row(place).state, "waiting")
	test.match(run_row(place).waits_for, "the code of step 'a'")
	test.equal(place.seen, {})
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

function tests.a_sleep_goes_on_where_it_was()
	local place, crashed = new_home(), false
	local time = require("time")

	run(place, function(ctx)
		ctx:sleep("40ms")
		if not crashed then
			crashed = true
			ctx:step("x", crash)
		end
		ctx:sleep("1ms")
	end)
	local began = time.monotonic()
	test.equal(again(place), 0)
	test.ok(time.monotonic() - began < 35)
	test.equal(step_row(place, "sleep#2").state, "passed")
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
