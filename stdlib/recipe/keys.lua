--- The keys of a recipe and of a step, and what their values must be.

local shape = require("recipe.shape")

local keys = {}

local words = shape.list(shape.string)

local function command_text(value, path, place)
	if type(value) == "table" then
		for i = 1, #value do shape.text(value[i], path .. "." .. i, place) end
	elseif type(value) ~= "function" then
		shape.string(value, path, place)
	end
end

local environment = shape.by_type({
	table = shape.map(shape.by_type({ string = shape.text,
		number = shape.any, boolean = shape.any },
		"a string, a number, or false to remove it")),
}, "a table of names and values")

local function class_name(value, path, place)
	shape.one_of(table.unpack(require("step.classes").NAMES))(value, path,
		place)
end

local retry = shape.by_type({ number = shape.integer,
	table = shape.record {
		times = shape.count,
		backoff = shape.by_type({ string = shape.duration,
			number = shape.duration, table = shape.record {
				first = shape.duration, factor = shape.number,
				max = shape.duration, jitter = shape.boolean,
			} }, "a duration, or { first, factor, max, jitter }"),
		on = shape.record {
			exit = shape.list(shape.integer),
			signal = words,
			class = shape.list(class_name),
		},
	},
}, "how often to try again, or { times, backoff, on }")

local hook_fields
local function hook(value, path, place)
	if type(value) == "function" or type(value) == "string" then return end
	shape.record(hook_fields, command_text)(value, path, place)
end

hook_fields = {
	cwd = shape.string, env = environment, stdin = shape.text,
	timeout = shape.duration, silent_after = shape.duration,
	retry = retry, grace = shape.duration,
}

local HOOKS <const> = { "on_success", "on_failure", "on_error", "on_abort",
	"ensure" }
keys.HOOKS = HOOKS

local report_fields = shape.record({
	files = words, format = shape.one_of("auto", "junit", "tap", "go",
		"cargo", "pytest", "ctest"),
	output = shape.boolean, as = shape.string,
}, shape.string)

local reports = shape.by_type({ string = shape.string,
	table = report_fields },
	"a glob, a list of globs, or { files, format, output, as }")

local step_fields = {
	cwd = shape.string, env = environment, stdin = shape.text,
	timeout = shape.duration, silent_after = shape.duration,
	grace = shape.duration, retry = retry, soft = shape.boolean,
	once = shape.boolean, check = shape.callable, undo = hook,
	needs = words, when = shape.by_type({ boolean = shape.any,
		["function"] = shape.any }, "a boolean or a function"),
	outputs = words, cancellable = shape.boolean, pty = shape.boolean,
	keep = shape.size, clear_env = shape.boolean, reports = reports,
}
for _, name in ipairs(HOOKS) do step_fields[name] = hook end
keys.step = step_fields

--- Checks the options of one step: what a step's table may hold.
keys.check_step = shape.record(step_fields, command_text)

local concurrency = shape.by_type({
	string = shape.string,
	table = shape.record {
		group = shape.string, limit = shape.count,
		supersede = shape.one_of("queued", "running", false),
	},
}, "a group's name, or { group, limit, supersede }")

keys.recipe = {
	name = shape.string, description = shape.text,
	on = shape.any, params = shape.any, steps = shape.any,
	concurrency = concurrency, priority = shape.integer,
	timeout = shape.duration,
	on_crash = shape.one_of("resume", "fail", "wait"),
	env = environment, secrets = words,
	log = shape.record { cap = shape.size },
	limit = shape.count, fail_fast = shape.boolean,
	run = shape.callable,
}
for _, name in ipairs(HOOKS) do keys.recipe[name] = hook end

--- Checks the recipe's own keys; triggers, params and steps have their files.
keys.check_recipe = shape.record(keys.recipe)

return keys
