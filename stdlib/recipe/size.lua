--- Sizes: bytes as a number, or text such as "64K", "256M", "1G".

local UNITS <const> = { [""] = 1, K = 1 << 10, M = 1 << 20, G = 1 << 30 }

--- Returns bytes, or nil when `value` is no size.
---@param value any
---@return integer?
return function(value)
	if math.type(value) == "integer" and value > 0 then return value end
	if type(value) ~= "string" then return nil end
	local number, unit = value:match("^(%d+%.?%d*)([KMG]?)i?B?$")
	if not number then return nil end
	local bytes = math.floor(tonumber(number) * UNITS[unit])
	return bytes > 0 and bytes or nil
end
