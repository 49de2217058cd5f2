--- When triggers fire: what they say to an event, and when they are due.

local json = require("json")
local time = require("time")

local triggers = {}

local KINDS <const> = { "push", "tag", "cron", "interval", "file", "emit",
	"run" }

local function is_kind(name)
	for _, kind in ipairs(KINDS) do
		if kind == name then return true end
	end
end

local function unknown(name)
	local near = type(name) == "string"
		and require("nearest")(name, KINDS)

	error(("there is no event '%s'%s"):format(tostring(name), near
		and (" (did you mean '%s'?)"):format(near) or ""), 0)
end

--- Returns { kind, … } of { push = "main" }, { push = { branch = "main" } }
--- and { kind = "push", … }.
local function unfold(event)
	if type(event) == "string" then event = { kind = event } end
	if event.kind then
		if not is_kind(event.kind) and event.kind ~= "manual" then
			unknown(event.kind)
		end
		return event
	end
	local kind, value = next(event)
	if not is_kind(kind) then unknown(kind) end
	local main = ({ push = "branch", tag = "tag", emit = "name",
		run = "name" })[kind]
	local copy = { kind = kind }
	if type(value) == "table" then
		for key, item in pairs(value) do copy[key] = item end
	elseif main and value ~= true then
		copy[main] = value
	end
	return copy
end

--- Returns an event with its ref, from the branch or tag that it names.
---@param event table|string
---@return table
function triggers.subject(event)
	local copy = {}

	for key, value in pairs(unfold(event)) do copy[key] = value end
	if copy.kind == "push" and not copy.ref then
		copy.ref = copy.tag and "refs/tags/" .. copy.tag
			or "refs/heads/" .. (copy.branch or "main")
	elseif copy.kind == "tag" and not copy.ref then
		copy.ref = "refs/tags/" .. (copy.tag or "v1.0")
	end
	if copy.ref then
		copy.branch = copy.ref:match("^refs/heads/(.*)") or copy.branch
		copy.tag = copy.ref:match("^refs/tags/(.*)") or copy.tag
		copy.new = copy.new or copy.commit or ("a"):rep(40)
		copy.commit = copy.new
	end
	return copy
end

--- Asks the trigger's own function, as the server does.
local function ask(trigger, event)
	local run, reason = trigger.when(event)

	return run and "run" or "filtered", reason and tostring(reason)
		or run and "its predicate said yes" or "its predicate said no"
end

--- Returns what each trigger of a loaded recipe says to an event.
---@async
---@param recipe recipe.Recipe
---@param event table
---@return table
function triggers.judge(recipe, event)
	local engine = require("engine")
	local subject = triggers.subject(event)
	local spec = json.encode(require("recipe.spec").of(recipe))
	local list = {}

	for i, trigger in ipairs(recipe.triggers) do
		local verdict, reason = engine.judge(spec, i, subject)
		if subject.kind == "cron" or subject.kind == "interval" then
			verdict = trigger.kind == subject.kind and "run" or nil
			reason = verdict and "it is time"
		end
		if verdict == "run" and trigger.when then
			verdict, reason = ask(trigger, subject)
		end
		list[#list + 1] = verdict and { kind = trigger.kind, number = i,
			verdict = verdict, reason = reason,
			params = trigger.params } or nil
		if verdict == "run" and not list.fires then
			list.fires = list[#list]
		end
	end
	return list
end

local function read_time(value)
	if type(value) == "string" then return time.parse(value) end
	return value
end

local COUNT_MAX <const> = 10000

local function add_cron(list, trigger, range)
	local text = require("text")
	local at = range.from - 1

	while #list < range.count do
		local found = text.cron_next(trigger.expr, trigger.tz, at, 64)
		for _, moment in ipairs(found) do
			if moment > range.to then return end
			list[#list + 1] = moment
		end
		if #found == 0 then return end
		at = found[#found]
	end
end

local function add_interval(list, trigger, range)
	local at = range.from + trigger.every

	while at <= range.to and #list < range.count do
		list[#list + 1] = at
		at = at + trigger.every
	end
end

--- Returns when the triggers of a loaded recipe are due.
---@param recipe recipe.Recipe
---@param range { from?: integer|string, to?: integer|string, count?: integer }
---@return table[]
function triggers.due(recipe, range)
	local all = {}

	range = { from = read_time(range.from)
		or time.parse("2026-01-01T00:00:00Z"),
		to = read_time(range.to) or math.maxinteger,
		count = range.count or range.to and COUNT_MAX or 1 }
	for i, trigger in ipairs(recipe.triggers) do
		local list = {}
		if trigger.kind == "cron" then
			add_cron(list, trigger, range)
		elseif trigger.kind == "interval" then
			add_interval(list, trigger, range)
		end
		for _, at in ipairs(list) do
			all[#all + 1] = { at = at, text = time.format(at),
				kind = trigger.kind, trigger = i,
				params = trigger.params }
		end
	end
	table.sort(all, function(a, b)
		if a.at ~= b.at then return a.at < b.at end
		return a.trigger < b.trigger
	end)
	for i = #all, range.count + 1, -1 do all[i] = nil end
	return all
end

return triggers
