-- Reading recipes: keys, triggers, parameters, steps, and their errors.

local recipes = require("recipe.load")
local spec = require("recipe.spec")
local test = require("test")

local function read(text)
	return recipes.text(text, "/x/shop/tidemill.lua")
end

local function refuses(text, pattern)
	local ok, problem = pcall(read, text)

	test.ok(not ok, "it was accepted: " .. text)
	test.equal(problem.code, "invalid")
	test.match(problem.message, pattern)
end

local BODY <const> = " run = function() end }"

local function triggers(on)
	return read("return { on = " .. on .. "," .. BODY).triggers
end

local tests = {}

function tests.a_wrong_key_is_an_error_with_line_and_the_nearest_name()
	refuses([[
-- on.push.branchs is meant below, not here
local other = { on = 1 }
return {
	on = {
		push = {
			branchs = "main",
		},
	},
	run = function() local on = { branchs = other } end,
}]], "^tidemill%.lua:6: unknown key 'branchs' in on%.push "
		.. "%(did you mean 'branches'%?%)$")
end

function tests.keys_of_the_recipe_of_steps_and_of_hooks_are_checked()
	refuses("return { nam = 'x'," .. BODY,
		"tidemill.lua:1: unknown key 'nam' in the recipe.*'name'")
	refuses("return { steps = {\n { 'a', 'make', sofd = true } } }",
		":2: unknown key 'sofd' in steps.1 .did you mean 'soft'")
	refuses("return { ensure = { 'x', cwdd = 'y' }," .. BODY,
		"unknown key 'cwdd' in ensure")
	refuses("return { log = { cap = 'lots' }," .. BODY, "log.cap wants a size")
	refuses("return { timeout = 'soon'," .. BODY,
		"timeout wants a duration.*not 'soon'")
	refuses("return { on_crash = 'resme'," .. BODY, "did you mean 'resume'")
end

function tests.a_recipe_has_a_body_and_is_a_table()
	refuses("return 5", "returns a table, not 5")
	refuses("return { name = 'x' }", "wants 'run'")
	refuses("return { steps = {}," .. BODY, "either 'run' or 'steps'")
	refuses("return {", "tidemill.lua:1:")
end

function tests.the_name_comes_from_the_file_or_its_directory()
	test.equal(read("return {" .. BODY).name, "shop")
	test.equal(recipes.text("return {" .. BODY, "/x/nightly.lua").name,
		"nightly")
	test.equal(read("return { name = 'y'," .. BODY).name, "y")
end

function tests.triggers_have_short_forms()
	for _, on in ipairs { "'push'", "{ 'push' }", "{ push = true }",
		"{ push = {} }" } do
		test.equal(triggers(on), { { kind = "push" } }, on)
	end
	test.equal(triggers("{ push = 'main' }"),
		{ { kind = "push", branches = { "main" } } })
	test.equal(triggers("{ tag = { 'v*', 'r*' } }"),
		{ { kind = "tag", tags = { "v*", "r*" } } })
	test.equal(triggers("{ interval = '5m' }"),
		{ { kind = "interval", every = 300000 } })
	test.equal(triggers("{ emit = 'go', run = 'build' }"), {
		{ kind = "emit", names = { "go" } },
		{ kind = "run", recipes = { "build" } } })
	test.equal(triggers("{ push = false }"), {})
end

function tests.cron_takes_one_or_more_expressions()
	test.equal(triggers("{ cron = { '15 2 * * *', '@daily',"
		.. " tz = 'UTC', jitter = '2m' } }"), {
		{ kind = "cron", expr = "15 2 * * *", tz = "UTC",
			jitter = 120000 },
		{ kind = "cron", expr = "@daily", tz = "UTC",
			jitter = 120000 } })
	refuses("return { on = { cron = '61 * * * *' }," .. BODY, "on.cron")
	refuses("return { on = { interval = '10ms' }," .. BODY,
		"shorter than a second")
	refuses("return { on = { pull = true }," .. BODY,
		"unknown key 'pull' in on")
end

function tests.the_spec_says_what_the_server_must_know()
	local json = require("json")
	local recipe = read([[return { concurrency = "a/${ref}", priority = 2,
		timeout = "1m", on = { push = { paths = { "src/**" },
		quiet = "2s", when = function() return true end },
		run = "lint" }, params = { n = 1 },]] .. BODY)
	local out = json.decode(json.encode(spec.of(recipe)))

	test.equal(out.triggers[1].when, true)
	test.equal(out.triggers[1].paths[1], "src/**")
	test.equal(out.triggers[1].quiet, 2000)
	test.equal(out.triggers[2].states[1], "passed")
	test.equal(out.concurrency.limit, 1)
	test.equal(out.timeout, 60000)
	test.equal(out.params.n.type, "integer")
end

function tests.parameters_are_typed_and_checked()
	local params = require("recipe.params")
	local declared = read([[return { params = { level = { values =
		{ "debug", "info" }, default = "info" }, n = { type = "integer",
		min = 1, max = 9 }, full = false, tags = { type = "list" },
		who = { required = true, pattern = "^%a+$" } },]] .. BODY)
		.params
	local function resolve(given) return params.resolve(declared, given, true) end

	test.equal(resolve { who = "eva", n = "3", full = "yes",
		tags = "a,b" }, { who = "eva", n = 3, full = true,
		tags = { "a", "b" }, level = "info" })
	for pattern, given in pairs {
		["'who' is required"] = {},
		["'who' does not match"] = { who = "7" },
		["did you mean 'debug'"] = { who = "a", level = "debig" },
		["'n' wants a value of type integer"] = { who = "a", n = "x" },
		["'n' is more than 9"] = { who = "a", n = "10" },
		["unknown parameter 'whi' .did you mean 'who'"] = { whi = "a" },
	} do
		local ok, problem = pcall(resolve, given)
		test.ok(not ok, pattern)
		test.match(problem.message, pattern)
	end
	refuses("return { params = { a = { type = 'integer',\n default = 'x'"
		.. " } }," .. BODY, ":2: params.a.default wants")
end

function tests.steps_need_known_names_and_no_circles()
	local nodes = read([[return { steps = { { "test", "make test",
		needs = "build" }, { "build", { "make", "-j2" } } } }]]).nodes

	test.equal(nodes[1].needs, { "build" })
	test.equal(nodes[2].options, { "make", "-j2" })
	refuses("return { steps = { { 'a', 'x', needs = 'buidl' },"
		.. "{ 'build', 'y' } } }", "needs 'buidl'.*did you mean 'build'")
	refuses("return { steps = { { 'a', 'x', needs = 'b' },"
		.. "{ 'b', 'y', needs = 'a' } } }", "circle: a %-> b %-> a")
	refuses("return { steps = { { 'a', 'x' }, { 'a', 'y' } } }",
		"two steps are named 'a'")
end

function tests.loading_has_no_side_effects()
	refuses("local proc = require('proc') proc.run { 'true' } return {"
		.. BODY, "must not run programs while it is loaded")
	local ok, problem = pcall(read, "os.execute('true') return {" .. BODY)
	test.ok(not ok and problem.code == "invalid")
end

function tests.classes_of_failures()
	local classes = require("step.classes")

	test.equal(classes.of({ status = 7 }, "curl -f x"), "transient")
	test.equal(classes.of({ status = 7 }, "make"), "failed")
	test.equal(classes.of({ status = 128 }, "/usr/bin/git pull"),
		"transient")
	test.equal(classes.of({ status = 137, signal = "KILL" }), "killed")
	test.equal(classes.of({ status = 143, timed_out = "total",
		signal = "TERM" }), "timeout")
	test.ok(classes.matches("transient", "timeout"))
	test.ok(not classes.matches("transient", "failed"))
end

function tests.retries_have_a_backoff_and_conditions()
	local retry = require("run.retry")
	local failed = { state = "failed", status = 2, class = "failed" }

	test.equal(retry(2, failed, 1), 1000)
	test.equal(retry(2, failed, 2), 2000)
	test.equal(retry(2, failed, 3), nil)
	test.equal(retry({ times = 9, backoff = "50ms" }, failed, 5), 50)
	test.equal(retry({ times = 9, backoff = { first = "1s", factor = 3,
		max = "5s" } }, failed, 3), 5000)
	test.equal(retry({ times = 1, on = { exit = 2 } }, failed, 1), 1000)
	test.equal(retry({ times = 1, on = { exit = { 3, 4 } } }, failed, 1),
		nil)
	test.equal(retry({ times = 1, on = { class = "transient" } },
		{ state = "timed_out", class = "timeout" }, 1), 1000)
	test.equal(retry({ times = 1, on = { signal = "SIGSEGV" } },
		{ state = "failed", signal = "SEGV" }, 1), 1000)
end

return tests
