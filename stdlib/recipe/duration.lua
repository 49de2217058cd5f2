--- Durations: "90s", "2h30m", "250ms", or a number of milliseconds.

local UNITS <const> = { ms = 1, s = 1000, m = 60000, h = 3600000,
	d = 86400000, w = 604800000 }

--- Returns milliseconds, or nil when `value` is no duration.
---@param value any
---@return integer?
local function duration(value)
	local total, at = 0, 1

	if math.type(value) == "integer" then
		return value >= 0 and value or nil
	end
	if type(value) ~= "string" or value == "" then return nil end
	while at <= #value do
		local from, to, number, unit =
			value:find("^(%d+%.?%d*)(%a+)%s*", at)
		if not from or not UNITS[unit] then return nil end
		total = total + tonumber(number) * UNITS[unit]
		at = to + 1
	end
	return math.floor(total)
end

return duration
