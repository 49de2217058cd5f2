--- Server-sent events: lines of a log, or of what happens.

local json = require("json")
local reply = require("web.reply")
local time = require("time")

local stream = {}

local HEARTBEAT <const> = 15000 -- ms; finds readers that have gone

---@class web.Stream
---@field request web.Request
---@field beat integer when something was sent last
local Stream = {}
Stream.__index = Stream

--- Begins a stream as the answer to a request.
---@param request web.Request
---@return web.Stream
function stream.begin(request)
	request.streaming, request.status = true, 200
	request.raw:stream(200, reply.secure {
		["Content-Type"] = "text/event-stream; charset=utf-8",
		["Cache-Control"] = "no-store", ["X-Accel-Buffering"] = "no" })
	return setmetatable({ request = request, beat = time.monotonic() },
		Stream)
end

--- Sends an event; returns whether the reader is there.
---@async
---@param name string
---@param value any
---@param id? integer|string
---@return boolean
function Stream:send(name, value, id)
	local text = ("%sevent: %s\ndata: %s\n\n"):format(id
		and ("id: %s\n"):format(id) or "", name, json.encode(value))

	self.beat = time.monotonic()
	self.request.sent = self.request.sent + #text
	return self.request.raw:write(text)
end

--- Waits; returns whether to go on: the reader is there and the server stays.
---@async
---@param ms integer
---@return boolean
function Stream:pause(ms)
	time.sleep(ms)
	if self.request.web.stopping or self.request.raw:gone() then
		return false
	end
	if time.monotonic() - self.beat < HEARTBEAT then return true end
	self.beat = time.monotonic()
	return self.request.raw:write(": still here\n\n")
end

return stream
