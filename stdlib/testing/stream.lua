--- A fake of a response whose body is pulled.

local Stream = {}

--- Returns the next piece of the body, nil at its end.
---@param max? integer
---@return string?
function Stream:read(max)
	if self.left == "" then return nil end
	local piece = self.left:sub(1, max or #self.left)

	self.left = self.left:sub(#piece + 1)
	return piece
end

--- Returns an iterator over its lines.
function Stream:lines()
	return function()
		if self.left == "" then return nil end
		local line, rest = self.left:match("^([^\n]*)\n?(.*)$")
		self.left = rest
		return (line:gsub("\r$", ""))
	end
end

--- Returns an iterator over server-sent events.
function Stream:events()
	return require("http.events")(self)
end

function Stream:wait_head() return self end

function Stream:result() return self.response end

function Stream:state()
	local total = #self.response.body

	return { received = total - #self.left, sent = 0, total = total }
end

function Stream.write() return true end
function Stream.finish() end

function Stream:close() self.left = "" end

--- Returns the stream of a response.
---@param response table
---@return table
return function(response)
	return setmetatable({ left = response.body, response = response }, {
		__index = function(_, key)
			if Stream[key] then return Stream[key] end
			return key ~= "body" and response[key] or nil
		end, __close = function(stream) stream:close() end })
end
