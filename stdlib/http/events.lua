--- Server-sent events: the text/event-stream of the HTML standard.

local DATA_MAX <const> = 16 * 1024 * 1024

---@class http.Event
---@field event string its type ["message"]
---@field data string
---@field id? string the last one that was sent
---@field retry? integer ms after which the server wants to be asked again

local function too_large()
	error({ code = "limit", reason = "too_large", message =
		("an event is larger than %d bytes"):format(DATA_MAX) }, 0)
end

--- Takes one line into `event`.
local function take(event, line)
	local name, value = line:match("^([^:]*): ?(.*)$")

	name, value = name or line, value or ""
	if name == "data" then
		event.size = event.size + #value + 1
		if event.size > DATA_MAX then too_large() end
		event.lines[#event.lines + 1] = value
	elseif name == "event" then
		event.event = value
	elseif name == "id" and not value:find("\0", 1, true) then
		event.id = value
	elseif name == "retry" and value:find("^%d+$") then
		event.retry = math.tointeger(tonumber(value))
	end
end

local function empty(last)
	return { lines = {}, size = 0, id = last and last.id,
		retry = last and last.retry }
end

--- Returns an iterator over the events of a stream. It waits for each.
---@param stream http.Stream
---@return async fun(): http.Event?
return function(stream)
	local next_line = stream:lines()
	local pending, first = empty(), true

	return function()
		for line in next_line do
			if first then line = line:gsub("^\u{FEFF}", "") end
			first = false
			if line ~= "" then
				take(pending, line)
			else
				local event = pending
				pending = empty(event)
				if event.size > 0 then
					return { event = event.event or "message",
						data = table.concat(event.lines, "\n"),
						id = event.id, retry = event.retry }
				end
			end
		end
	end
end
