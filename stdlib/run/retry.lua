--- When a failed step is tried again, and after which delay.

local classes = require("step.classes")
local duration = require("recipe.duration")

local FIRST <const> = 1000
local MAX <const> = 5 * 60 * 1000

local function has(list, value)
	if type(list) ~= "table" then return list == value end
	for _, item in ipairs(list) do
		if item == value then return true end
	end
	return false
end

local function signal_name(name)
	return type(name) == "string" and (name:gsub("^SIG", ""))
end

--- Is this failure one that `on` names? Without `on`: every failure.
local function is_worth_it(on, outcome)
	if not on then return true end
	if on.exit and has(on.exit, outcome.status) and not outcome.signal then
		return true
	end
	for _, name in ipairs(type(on.signal) == "table" and on.signal
		or { on.signal }) do
		if outcome.signal and signal_name(name) == outcome.signal then
			return true
		end
	end
	for _, class in ipairs(type(on.class) == "table" and on.class
		or { on.class }) do
		if classes.matches(class, outcome.class) then return true end
	end
	return false
end

--- The delay before try number `tries` + 1.
local function delay_of(backoff, tries)
	if type(backoff) ~= "table" then
		backoff = { first = backoff, factor = backoff and 1 or nil }
	end
	local first = duration(backoff.first or FIRST)
	local delay = first * (backoff.factor or 2) ^ (tries - 1)

	delay = math.min(delay, duration(backoff.max or MAX))
	if backoff.jitter then delay = delay * (0.5 + math.random() / 2) end
	return math.floor(delay)
end

--- Returns milliseconds to wait before the next try, or nil: no more.
---@param retry table|integer the step's `retry`
---@param outcome table
---@param tries integer how many there were
---@return integer?
return function(retry, outcome, tries)
	if type(retry) == "number" then retry = { times = retry } end
	if outcome.state == "cancelled" or tries > (retry.times or 2)
		or not is_worth_it(retry.on, outcome) then
		return nil
	end
	return delay_of(retry.backoff, tries)
end
