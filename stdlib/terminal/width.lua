--- How many columns of a terminal a text takes.

local width = {}

local ranges

--- Is `point` in one of the sorted ranges?
local function within(list, point)
	local low, high = 1, #list // 2

	while low <= high do
		local middle = (low + high) // 2
		if point > list[2 * middle] then
			low = middle + 1
		elseif point < list[2 * middle - 1] then
			high = middle - 1
		else
			return true
		end
	end
	return false
end

--- Returns how many columns a character takes: 0, 1 or 2.
---@param point integer
---@return integer
function width.of_character(point)
	if point < 0x300 then return point == 0 and 0 or 1 end
	ranges = ranges or require("terminal.width_ranges")
	if within(ranges.none, point) then return 0 end
	return within(ranges.two, point) and 2 or 1
end

--- Returns how many columns a text takes, without its colours. Bytes that are
--- no UTF-8 take one each.
---@param text string
---@return integer
function width.of(text)
	local plain = text:find("\27", 1, true)
		and text:gsub("\27%[[%d;]*m", "") or text
	local count = 0

	if not plain:find("[\x80-\xff]") or not utf8.len(plain) then
		return #plain
	end
	for _, point in utf8.codes(plain) do
		count = count + width.of_character(point)
	end
	return count
end

--- The longest begin of `text` that takes `columns` or less.
local function head(text, columns)
	local count = 0

	for at, point in utf8.codes(text) do
		count = count + width.of_character(point)
		if count > columns then return text:sub(1, at - 1) end
	end
	return text
end

--- Returns `text` cut to `columns`, ending in "…" if something was lost. It
--- must have no colours.
---@param text string
---@param columns integer
---@return string
function width.fit(text, columns)
	if width.of(text) <= columns then return text end
	if columns < 1 then return "" end
	if not utf8.len(text) then return text:sub(1, columns - 1) .. "…" end
	return head(text, columns - 1) .. "…"
end

return width
