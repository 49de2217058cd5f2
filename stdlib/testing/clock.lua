--- A virtual clock: time goes on only when everything waits, and then at once
--- to the next moment at which something is due.

local task = require("task")
local time = require("time")

-- The real ones, before the world puts its own in their place.
local sleep = time.sleep

--- After so many turns of the loop a program or a disk is waited for.
local PATIENCE <const> = 50

---@class testing.Clock
---@field ms integer milliseconds since 1970, now
---@field began integer
---@field entries testing.Entry[]
---@field count integer
local Clock = {}
Clock.__index = Clock

---@class testing.Entry
---@field at integer
---@field order integer
---@field fire fun()
---@field background boolean

--- Returns the milliseconds since 1970.
---@return integer
function Clock:now()
	return self.ms
end

--- Returns how long this clock has gone.
---@return integer
function Clock:gone()
	return self.ms - self.began
end

--- Has `fire` called at a time; returns what `remove` takes.
---@param at integer
---@param fire fun()
---@param background? boolean nobody waits for it in particular
---@return testing.Entry
function Clock:at(at, fire, background)
	self.count = self.count + 1
	local entry = { at = at, order = self.count, fire = fire,
		background = background or false }

	self.entries[#self.entries + 1] = entry
	return entry
end

---@param entry testing.Entry
function Clock:remove(entry)
	for i, other in ipairs(self.entries) do
		if other == entry then
			table.remove(self.entries, i)
			return
		end
	end
end

--- Takes the entry that is due first out of the list.
local function take_first(self)
	local first

	for i, entry in ipairs(self.entries) do
		local best = self.entries[first]
		if not best or entry.at < best.at
			or entry.at == best.at and entry.order < best.order then
			first = i
		end
	end
	return first and table.remove(self.entries, first)
end

--- Implements time.sleep.
---@async
---@param delay integer|string
function Clock:sleep(delay)
	local ms = time.duration(delay)
	local event = task.event()
	local entry = self:at(self.ms + ms, function() event:set() end,
		task.context().background)
	local _guard <close> = setmetatable({}, { __close = function()
		self:remove(entry)
	end })

	event:wait()
end

--- Implements task.timeout.
---@async
---@param delay integer|string
---@param fn async fun(...): ...
---@return any …
function Clock:timeout(delay, fn, ...)
	local handle = task.spawn(fn, ...):observe()
	local late = false
	local entry = self:at(self.ms + time.duration(delay), function()
		late = true
		handle:cancel()
	end)
	local _guard <close> = setmetatable({}, { __close = function()
		self:remove(entry)
	end })
	local results = table.pack(pcall(handle.await, handle))

	if results[1] then return table.unpack(results, 2, results.n) end
	local problem = results[2]
	if late and type(problem) == "table" and problem.code == "cancelled" then
		error({ code = "timeout", message = ("not done after %s")
			:format(type(delay) == "number" and delay .. " ms"
			or delay) }, 0)
	end
	error(problem, 0)
end

local function only_background(self)
	for _, entry in ipairs(self.entries) do
		if not entry.background then return false end
	end
	return true
end

--- Lets time go on until the task is done. `stalled` is called when nothing
--- will ever happen: only background entries, or none, are left. When it
--- returns false, the others' time goes on.
---@async
---@param handle task.Handle
---@param stalled fun(none: boolean): boolean?
function Clock:drive(handle, stalled)
	local turns = 0

	while not handle:done() do
		turns = turns + 1
		if handle:quiet() then
			turns = 0
			if not (only_background(self)
				and stalled(#self.entries == 0)) then
				local entry = take_first(self)
				if entry then
					self.ms = math.max(self.ms, entry.at)
					entry.fire()
				end
			end
		end
		sleep(turns > PATIENCE and 1 or 0)
	end
end

local clock = {}

--- Returns a clock that stands at `at`.
---@param at? integer|string ms, or as time.parse reads it [2026-01-01]
---@return testing.Clock
function clock.new(at)
	if type(at) == "string" then at = time.parse(at) end
	at = at or time.parse("2026-01-01T00:00:00Z")
	return setmetatable({ ms = at, began = at, entries = {}, count = 0 },
		Clock)
end

return clock
