-- The module testing: recipes under test.

local testing = require("testing")
local time = require("time")

local tests = {}

local function recipe(body)
	return testing.recipe { name = "shop", text = "return {\n" .. body
		.. "\n}" }
end

function tests.a_recipe_runs_with_fakes()
	local result = recipe [[
	run = function(ctx)
		ctx:step("lint", "make lint")
		local version = ctx:step("version", { "git", "describe" }).output
		ctx:note("this is " .. version)
		ctx:step("package", { "make", "dist", outputs = "file" })
	end]]:run { processes = {
		["make lint"] = true,
		["git *"] = "v1.2\n",
		["make dist"] = { outputs = { file = "a.tar" }, duration = "3m" },
	} }

	testing.equal(result.error, nil)
	testing.equal(result.state, "passed")
	testing.equal(result.order, { "lint", "version", "package" })
	testing.equal(result.notes, { "this is v1.2" })
	testing.equal(result.steps.package.outputs, { file = "a.tar" })
	testing.equal(result.took, 180000)
	testing.equal(#result.commands, 3)
	testing.equal(result.commands[2].argv, { "git", "describe" })
end

function tests.retries_with_backoff_take_no_time()
	local began = time.monotonic()
	local result = recipe [[
	run = function(ctx)
		ctx:step("flaky", { "curl x", retry = { times = 3,
			backoff = { first = "10s", factor = 3 } } })
		ctx:sleep("2h")
	end]]:run { at = "2026-05-01T10:00:00Z", processes = {
		["curl x"] = { 7, 7, "ok" } } }

	testing.equal(result.state, "passed")
	testing.equal(result.steps.flaky.attempts, 3)
	testing.equal(result.took, 40000 + 7200000)
	testing.equal(time.format(result.ended), "2026-05-01T12:00:40.000Z")
	testing.ok(time.monotonic() - began < 5000)
end

function tests.an_unexpected_command_says_what_was_expected()
	local problem = testing.raises("test", function()
		recipe [[
		run = function(ctx)
			pcall(ctx.step, ctx, "test", "make tset")
		end]]:run { processes = { ["make test"] = true } }
	end)

	testing.contains(problem.message, "unexpected command: make tset")
	testing.contains(problem.message, "did you mean 'make test'?")
end

function tests.a_reply_with_a_wrong_key_says_so()
	testing.raises("unknown key 'stdot' %(did you mean 'stdout'%?%)",
		function()
		recipe [[run = function(ctx) ctx:step("a", "a") end]]:run {
			processes = { a = { stdot = "" } } }
	end)
	testing.raises("no option 'process' %(did you mean 'processes'%?%)",
		function()
		recipe [[run = function() end]]:run { process = {} }
	end)
end

function tests.failures_undo_what_passed()
	local shop = recipe [[
	on_failure = "mail team",
	run = function(ctx)
		ctx:step("one", { "up 1", undo = "down 1" })
		ctx:step("two", { "up 2", undo = "down 2" })
		ctx:step("three", { "up 3", timeout = "5m" })
	end]]
	local result = shop:run { processes = { ["up 1"] = true,
		["up 2"] = true, ["down *"] = true, ["mail team"] = true,
		["up 3"] = { duration = "1h" } } }

	testing.equal(result.state, "failed")
	testing.equal(result.undone, { "two", "one" })
	testing.equal(result.order, { "one", "two", "three", "two/undo",
		"one/undo", "on_failure" })
	testing.equal(result.steps.three.state, "timed_out")
	testing.equal(result.steps.three.class, "timeout")
	testing.equal(result.took, 300000)
	testing.raises("did you mean 'three'", function()
		return result.steps.thre
	end)
end

function tests.a_crashed_run_goes_on()
	local shop = recipe [[
	run = function(ctx)
		ctx:step("build", "make")
		ctx:step("package", "make dist")
		ctx:step("deploy", { "deploy", once = true })
		ctx:step("check", "check")
	end]]
	local result = shop:run { processes = { ["*"] = true },
		crash_after = "package" }

	testing.equal(result.state, "crashed")
	testing.equal(result.ran, { "build", "package" })
	result = result:resume { crash_during = "deploy" }
	testing.equal(result.state, "crashed")
	testing.equal(result.ran, { "deploy" })
	testing.equal(result.steps.deploy.state, "running")
	result = result:resume()
	testing.equal(result.state, "waiting")
	testing.contains(result.waits_for, "Did it?")
	testing.equal(result.ran, {})
	result = result:answer("deploy", "done")
	testing.equal(result.state, "passed")
	testing.equal(result.ran, { "check" })
	testing.equal(result.steps.deploy.state, "passed")
end

function tests.a_crash_in_parallel_branches_repeats_the_unfinished()
	local shop = recipe [[
	run = function(ctx)
		ctx:parallel { a = "a", b = "b", c = "c" }
		ctx:step("end", "end")
	end]]
	local result = shop:run { processes = { a = { duration = 10 },
		b = { duration = 20 }, c = { duration = 30 }, ["end"] = "" },
		crash_after = "b" }

	testing.equal(result.state, "crashed")
	result = result:resume()
	testing.equal(result.state, "passed")
	testing.equal(result.ran, { "c", "end" })
	testing.equal(result.steps.c.attempts, 2)
end

function tests.failed_runs_are_retried_and_forked()
	local shop = recipe [[
	run = function(ctx)
		ctx:step("build", "make")
		ctx:step("test", "make test")
		ctx:step("deploy", "deploy")
	end]]
	local result = shop:run { processes = { make = true, deploy = true,
		["make test"] = { { status = 2, stderr = "no\n" }, 0, 0, 0 } } }

	testing.equal(result.state, "failed")
	testing.equal(result.error.step, "test")
	testing.equal(result.steps.test.status, 2)
	local again = result:retry()
	testing.equal(again.state, "passed")
	testing.equal(again.ran, { "test", "deploy" })
	again = again:retry { from = "deploy" }
	testing.equal(again.ran, { "deploy" })
	again = again:fork { from = "test" }
	testing.equal(again.state, "passed")
	testing.equal(again.ran, { "test", "deploy" })
	testing.ok(again.run ~= result.run)
	testing.raises("has ended", function() again:resume() end)
end

function tests.runs_are_cancelled()
	local shop = recipe [[
	run = function(ctx)
		ctx:step("up", { "up", undo = "down" })
		ctx:step("long", "long")
	end]]
	local fakes = { up = true, down = true, long = { duration = "3h" } }
	local result = shop:run { processes = fakes, cancel_during = "long" }

	testing.equal(result.state, "cancelled")
	testing.equal(result.undone, { "up" })
	result = shop:run { processes = fakes, cancel_after = "1h" }
	testing.equal(result.state, "cancelled")
	testing.equal(result.took, 3600000)
end

function tests.the_recipes_own_time_limit_holds()
	local result = recipe [[
	timeout = "10m",
	run = function(ctx) ctx:sleep("1h") end]]:run {}

	testing.equal(result.state, "timed_out")
	testing.equal(result.took, 600000)
end

function tests.locks_of_others_are_waited_for()
	local shop = recipe [[
	run = function(ctx)
		ctx:lock("prod", { timeout = "30m" }, function()
			ctx:step("deploy", "deploy")
		end)
	end]]
	local result = shop:run { processes = { deploy = true },
		locks = { prod = "10m" } }

	testing.equal(result.state, "passed")
	testing.equal(result.locks, { "prod" })
	testing.equal(result.took, 600000)
	result = shop:run { processes = { deploy = true },
		locks = { prod = true } }
	testing.equal(result.state, "failed")
	testing.equal(result.error.code, "timeout")
	testing.equal(result.took, 1800000)
end

function tests.what_never_ends_waits()
	local result = recipe [[
	run = function(ctx)
		ctx:lock("prod", function() end)
	end]]:run { locks = { prod = true } }

	testing.equal(result.state, "waiting")
	testing.contains(result.waits_for, "lock 'prod'")
end

function tests.sub_runs_run_or_are_faked()
	local shop = testing.recipe { name = "shop", modules = {
		["part.lua"] = [[return { params = { n = 0 },
			run = function(ctx)
				ctx:sleep("1h")
				ctx:step("part", "part " .. ctx.params.n)
			end }]] }, text = [[return { run = function(ctx)
		local a = ctx:run("part.lua", { n = 1 })
		local b = ctx:run("part.lua", { n = 2 })
		ctx:all { a, b }
	end }]] }
	local result = shop:run { processes = { ["part *"] = true } }

	testing.equal(result.state, "passed")
	testing.equal(#result.runs, 2)
	testing.contains(result.runs[2], { state = "passed",
		params = { n = 2 } })
	testing.equal(#result.commands, 2)
	result = shop:run { runs = { part = function(params)
		return params.n == 1 and "passed" or "failed"
	end } }
	testing.equal(result.state, "failed")
	testing.matches(result.error.message, "ended as failed")
end

function tests.parameters_events_and_secrets_arrive()
	local result = recipe [[
	params = { level = "quick" }, secrets = "TOKEN",
	on = { push = { branches = "main", params = { level = "full" } } },
	run = function(ctx)
		ctx:step("test", { "test", ctx.params.level, ctx.event.branch })
		ctx:step("show", function()
			return { ref = ctx.event.ref, home = os.getenv("PLACE"),
				at = os.date("!%H:%M") }
		end)
		ctx:note("with s3cr3t-value")
	end]]:run { event = { push = "main" }, env = { PLACE = "here" },
		secrets = { TOKEN = "s3cr3t-value" }, at = "2026-03-01T08:30:00Z",
		processes = { ["test full main"] = "s3cr3t-value" } }

	testing.equal(result.state, "passed")
	testing.equal(result.steps.show.value, { ref = "refs/heads/main",
		home = "here", at = "08:30" })
	testing.equal(result.steps.test.output, "***")
	testing.equal(result.notes, { "with ***" })
	testing.equal(result.commands[1].env.TOKEN, "s3cr3t-value")
	testing.equal(result.commands[1].env.TIDEMILL_REF, "refs/heads/main")
end

function tests.triggers_say_what_they_would_do()
	local shop = recipe [[
	on = { push = { { branches = "release/*" }, { branches = "main",
		paths = { "src/**", "!docs/**" } } }, emit = "deploy.*",
		tag = { "v*", when = function(event)
			return event.tag ~= "v0", "v0 is a joke"
		end } },
	run = function() end]]
	local list = shop:triggers { push = { branch = "main",
		paths = { "docs/a.md" } } }

	testing.equal(list.fires, nil)
	testing.equal(#list, 2)
	testing.contains(list[1].reason, "'main' is not in release/*")
	testing.contains(list[2].reason, "none of 1 changed file")
	list = shop:triggers { push = { branch = "main",
		paths = { "src/a.c" } } }
	testing.equal(list.fires.number, 2)
	list = shop:triggers { tag = "v0" }
	testing.equal(list[#list].reason, "v0 is a joke")
	testing.ok(shop:triggers { tag = "v1" }.fires)
	testing.ok(shop:triggers { emit = "deploy.prod" }.fires)
	testing.ok(not shop:triggers { emit = "build" }.fires)
	testing.raises("did you mean 'push'", function()
		shop:triggers { pusch = true }
	end)
end

function tests.the_clock_fires_triggers()
	local shop = recipe [[
	on = { cron = { "15 2 * * *", "0 12 * * MON", tz = "Europe/Berlin",
		params = { full = true } } },
	params = { full = false },
	run = function(ctx)
		ctx:step("nightly", { "nightly", tostring(ctx.params.full) })
	end]]
	local due = shop:due { from = "2026-03-28T00:00:00Z", count = 3 }

	testing.equal(due[1].text, "2026-03-28T01:15:00.000Z")
	testing.equal(due[2].text, "2026-03-29T01:00:00.000Z")
	testing.equal(due[3].text, "2026-03-30T00:15:00.000Z")
	local results = shop:run_due({ from = "2026-01-01", to = "2026-01-08" },
		{ processes = { ["nightly true"] = true } })
	testing.equal(#results, 8)
	testing.equal(results[8].state, "passed")
	testing.equal(#recipe [[on = { interval = "10m" },
		run = function() end]]:due { to = "2026-01-01T01:00:00Z" }, 6)
end

function tests.git_is_a_fake_repository()
	local result = recipe [[
	run = function(ctx)
		local repo = require("git").open()
		ctx:note(repo:head().short .. " " .. repo:resolve("v1.0"))
		ctx:note(repo:file("HEAD", "VERSION"))
		ctx:note(table.concat(repo:changed(), " "))
		ctx:note(repo:log()[1].subject)
		repo:tag("v1.1")
		ctx:note(#repo:tags() .. " tags")
	end]]:run { git = { branch = "release", files = { VERSION = "1.0" },
		tags = { ["v1.0"] = ("b"):rep(40) }, changed = { "a.c", "b.c" },
		commits = { { oid = ("c"):rep(40), message = "Fix it\n" } } } }

	testing.equal(result.error, nil)
	testing.equal(result.notes, { "release " .. ("b"):rep(40), "1.0",
		"a.c b.c", "Fix it", "2 tags" })
end

function tests.other_code_runs_in_a_world()
	local world = testing.world { at = "2026-01-01T00:00:00Z",
		processes = { ["df *"] = { "50%", "95%" } } }
	local seen, at = world:call(function()
		local proc, task = require("proc"), require("task")
		local text
		repeat
			time.sleep("10m")
			text = proc.run({ "df", "/" }).stdout
		until text ~= "50%"
		local ok, problem = pcall(task.timeout, "1d", function()
			task.event():wait()
		end)
		testing.equal(ok, false)
		testing.equal(problem.code, "timeout")
		return text, os.time()
	end)

	testing.equal(seen, "95%")
	testing.equal(at, time.parse("2026-01-02T00:20:00Z") // 1000)
	testing.raises("nothing that could end it", function()
		testing.world():call(function()
			require("task").event():wait()
		end)
	end)
end

function tests.programs_that_are_spawned_are_faked()
	local lines, status = testing.world { processes = {
		["tail -f x"] = { stdout = "a\nb\n", status = 3 } } }
		:call(function()
		local handle <close> = require("proc").spawn { "tail", "-f",
			"x" }
		local list = {}
		for line in handle:lines() do list[#list + 1] = line end
		return list, handle:wait().status
	end)

	testing.equal(lines, { "a", "b" })
	testing.equal(status, 3)
end

function tests.programs_are_recorded_and_replayed()
	local fs = require("fs")
	local file = testing.temp_dir() .. "/fixtures/shop.json"
	local shop = recipe [[
	secrets = "TOKEN",
	run = function(ctx)
		ctx:step("show", { "echo", "tell", os.getenv("TOKEN") })
		ctx:step("where", "pwd")
		ctx:step("byte", "printf '\\377'")
		ctx:step("two", "cat x; exit 3")
	end]]
	local function run(options)
		return shop:run { files = { x = "abc\n" },
			secrets = { TOKEN = "very-s3cret" },
			processes = testing.fixture(file, options) }
	end
	local live = run { record = true, secrets = { "very-s3cret" } }
	local text = fs.read(file)

	testing.equal(live.state, "failed")
	testing.equal(live.steps.two.output, "abc")
	testing.ok(not text:find("very%-s3cret"), text)
	testing.contains(text, "${workspace}")
	local again = run { secrets = { "very-s3cret" } }
	testing.equal(again.state, "failed")
	testing.equal(again.steps.two.status, 3)
	testing.equal(again.steps.two.output, "abc")
	testing.equal(again.steps.byte.output, live.steps.byte.output)
	testing.contains(text, '{"hex":"ff"}')
	testing.raises("unexpected command", function()
		recipe [[run = function(ctx) ctx:step("a", "ls") end]]:run {
			processes = testing.fixture(file) }
	end)
	testing.raises("not_found", testing.fixture, file .. "x",
		{ record = false })
end

function tests.fakes_that_nobody_asks_are_named()
	local result = recipe [[run = function(ctx)
		ctx:step("a", "a") end]]:run { processes = { a = true, b = 1 } }

	testing.equal(result.unused, { "b" })
end

return tests
