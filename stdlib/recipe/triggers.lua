--- Reads the `on` of a recipe in its short and long forms into one list.

local duration = require("recipe.duration")
local problem = require("recipe.problem")
local shape = require("recipe.shape")

local triggers = {}

local words = shape.list(shape.string)
local params = shape.map(shape.any)
local common = { when = shape.callable, params = params,
	quiet = shape.duration, dedupe = shape.string }
local overlap = shape.one_of("skip", "queue", "cancel")

local function fields(more)
	for key, value in pairs(common) do more[key] = value end
	return more
end

--- One entry a kind: its keys, and the key that a plain value or the list
--- part of its table stands for.
local KINDS <const> = {
	push = { main = "branches", fields = fields { branches = words,
		tags = words, paths = words, authors = words, message = words,
		skip_ci = shape.boolean } },
	tag = { main = "tags", fields = fields { tags = words, authors = words,
		message = words, skip_ci = shape.boolean } },
	cron = { main = "expr", single = true, required = true,
		fields = fields { expr = shape.string, tz = shape.string,
		jitter = shape.duration, max_late = shape.duration,
		missed = shape.one_of("once", "skip", "all"),
		overlap = overlap } },
	interval = { main = "every", single = true, required = true,
		fields = fields { every = shape.duration,
		jitter = shape.duration, overlap = overlap } },
	drift = { main = "project", single = true, required = true,
		fields = fields { project = shape.string, env = shape.string,
		host = shape.string, root = shape.string,
		every = shape.duration, jitter = shape.duration,
		overlap = overlap } },
	file = { main = "paths", required = true,
		fields = fields { paths = words } },
	emit = { main = "names", required = true,
		fields = fields { names = words } },
	run = { main = "recipes", required = true,
		fields = fields { recipes = words, all = shape.boolean,
		states = shape.list(shape.one_of("passed", "failed",
			"cancelled", "timed_out", "superseded")) } },
}

local DURATIONS <const> = { "quiet", "jitter", "max_late", "every" }
local LISTS <const> = { "branches", "tags", "paths", "authors", "message",
	"names", "recipes", "states" }

local function check_cron(trigger, path, place)
	local ok, why = pcall(require("text").cron_next, trigger.expr,
		trigger.tz, 0, 1)

	if not ok then
		problem.raise(place, path, "%s: %s", path, type(why) == "table"
			and why.message or tostring(why))
	end
end

--- A trigger of drift is one of time that asks whether anything drifted.
local function watch_drift(trigger)
	local project, own = trigger.project, trigger.when
	local options = { env = trigger.env, host = trigger.host,
		root = trigger.root }

	trigger.kind, trigger.every = "interval", trigger.every or 300000
	for _, key in ipairs { "project", "env", "host", "root" } do
		trigger[key] = nil
	end
	function trigger.when(event)
		local config = require("config")
		local found, drifted = config.drift(config.open(project),
			options)
		if drifted == 0 then return false, "no drift" end
		for _, entry in ipairs(found) do
			if entry.state == "changed"
				or entry.state == "missing" then
				event.path = event.path or entry.path
			end
		end
		if own then return own(event) end
		return true, ("%s drifted"):format(event.path)
	end
end

--- Gives a trigger its full form: lists as lists, durations in milliseconds.
local function finish(trigger, kind, path, place)
	trigger.kind = kind
	for _, key in ipairs(DURATIONS) do
		if trigger[key] ~= nil then
			trigger[key] = duration(trigger[key])
		end
	end
	for _, key in ipairs(LISTS) do
		if type(trigger[key]) == "string" then
			trigger[key] = { trigger[key] }
		end
	end
	if KINDS[kind].required and trigger[KINDS[kind].main] == nil then
		problem.raise(place, path, "%s wants %s", path,
			KINDS[kind].main)
	end
	if kind == "drift" then watch_drift(trigger) end
	if trigger.kind == "interval" and trigger.every < 1000 then
		problem.raise(place, path, "%s is shorter than a second", path)
	end
	if kind == "cron" then check_cron(trigger, path, place) end
	return trigger
end

local function copy_named(value)
	local copy = {}

	for key, one in pairs(value) do
		if type(key) == "string" then copy[key] = one end
	end
	return copy
end

local function add(list, kind, value, path, place)
	local main = KINDS[kind].main
	local trigger = type(value) == "table" and copy_named(value)
		or value ~= true and { [main] = value } or {}

	if type(value) == "table" and #value > 0 then
		trigger[main] = { table.unpack(value) }
	end
	shape.record(KINDS[kind].fields)(trigger, path, place)
	list[#list + 1] = finish(trigger, kind, path, place)
end

--- A kind's value may be a list of triggers, or for cron and interval a list
--- of plain values that share the named keys.
local function add_kind(list, kind, value, path, place)
	if type(value) ~= "table" or #value == 0 then
		return add(list, kind, value, path, place)
	end
	local many = KINDS[kind].single or type(value[1]) == "table"
	if not many then return add(list, kind, value, path, place) end
	for i, one in ipairs(value) do
		local trigger = type(one) == "table" and one
			or copy_named(value)
		if type(one) ~= "table" then trigger[KINDS[kind].main] = one end
		add(list, kind, trigger, #value > 1 and path .. "." .. i
			or path, place)
	end
end

local ORDER <const> = { "push", "tag", "cron", "interval", "drift", "file",
	"emit", "run" }

--- Returns all triggers of `on`, in a fixed order: by kind, then as written.
---@param on any
---@param place recipe.Place
---@return table[]
function triggers.read(on, place)
	local list = {}

	if on == nil then return list end
	if type(on) == "string" then on = { on } end
	if type(on) ~= "table" then
		problem.raise(place, "on", "on wants a table of triggers, not %s",
			problem.describe(on))
	end
	local given = {}
	for key, value in pairs(on) do
		local kind = math.type(key) == "integer" and value or key
		if type(kind) ~= "string" or not KINDS[kind] then
			problem.unknown(place, "on", kind, KINDS)
		end
		if value ~= false then
			given[kind] = kind == key and { value } or { true }
		end
	end
	for _, kind in ipairs(ORDER) do
		if given[kind] then
			add_kind(list, kind, given[kind][1], "on." .. kind, place)
		end
	end
	return list
end

return triggers
