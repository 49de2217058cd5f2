--- Requests that are more than a question and an answer: a body that comes bit
--- by bit, a response that is pulled, progress.

--- Sends what `feed` returns, piece by piece, until it returns nil or the
--- server wants no more.
---@async
local function send(stream, feed, progress)
	for piece in feed do
		if type(piece) ~= "string" then
			error({ code = "invalid", message = "the body of a request"
				.. " comes in strings, not as a " .. type(piece) }, 0)
		end
		if not stream:write(piece) then return end
		if progress then progress(stream:state()) end
	end
	stream:finish()
end

--- Returns the response, or the stream once its head is there.
---@async
---@param stream http.Stream
---@param feed? fun(): string?
---@param progress? fun(state: http.State)
---@param streamed boolean
return function(stream, feed, progress, streamed)
	local _guard <close> = setmetatable({}, { __close = function(_, problem)
		if problem then stream:close() end
	end })

	if feed then send(stream, feed, progress) end
	if streamed then return stream:wait_head() end
	if progress then
		for state in stream:progress() do progress(state) end
		progress(stream:state())
	end
	return stream:result()
end
