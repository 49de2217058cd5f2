--- A fake of what proc.spawn returns.

---@class testing.Handle
---@field pid integer
local Handle = {}
Handle.__index = Handle

local own = setmetatable({}, { __mode = "k" })

local function take(self, pattern)
	local text = own[self].left
	local piece = text:match(pattern)

	if not piece or text == "" then return nil end
	own[self].left = text:sub(#piece + 1)
	return piece
end

--- Returns an iterator over its lines.
function Handle:lines()
	return function()
		local line = take(self, "^[^\n]*\n?")
		return line and (line:gsub("\n$", ""))
	end
end

--- Returns what it printed, nil at the end.
---@param max? integer
---@return string?
function Handle:read(max)
	local text = own[self].left

	if text == "" then return nil end
	local piece = text:sub(1, max or #text)
	own[self].left = text:sub(#piece + 1)
	return piece
end

--- Remembers what was written to it, in `command.stdin`.
---@param bytes string
function Handle:write(bytes)
	local command = own[self].command

	command.stdin = (command.stdin or "") .. bytes
end

function Handle.close_stdin() end

--- Waits until it has ended.
---@async
---@return table
function Handle:wait()
	local state = own[self]

	if not state.result then
		local took = require("time").duration(
			state.reply.duration or 0)
		if took > 0 and not state.killed then
			state.world.clock:sleep(took)
		end
		if state.killed then
			state.reply.signal = state.killed
		end
		state.result = state.finish(nil, took)
	end
	return state.result
end

--- Ends it by a signal.
---@param signal? string
function Handle:kill(signal)
	own[self].killed = signal or "TERM"
end

Handle.__close = function(self) self:kill() end

--- Returns the handle of a command that prints `reply`.
---@param world testing.World
---@param command testing.Command
---@param reply testing.Reply
---@param finish fun(why: string?, took: integer): table
---@return testing.Handle
return function(world, command, reply, finish)
	local self = setmetatable({ pid = require("proc").pid() }, Handle)

	own[self] = { world = world, command = command, reply = reply,
		finish = finish,
		left = (reply.stdout or "") .. (reply.stderr or "") }
	return self
end
