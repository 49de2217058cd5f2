-- Durable runs that go on after a crash, or again: replay, once, undo, values.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local foreground = require("run.foreground")
local open = require("run.open")
local recipes = require("recipe.load")
local test = require("test")

local new_home = durable.new_home
local run = durable.run
local crash = durable.crash
local again = durable.again
local step_row = durable.step_row
local run_row = durable.run_row

local tests = {}

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

function tests.time_and_random_numbers_are_the_same_in_a_replay()
	local place = new_home()
	local path = place.home .. "/values.lua"

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

return tests
