--- The formats of JSON Schema, and regular expressions.

local formats = { known = {} }
local known = formats.known

--- Whether a regular expression (PCRE2) is found in a text. Raises `invalid`
--- when it is broken.
---@param text string
---@param pattern string
---@return boolean
function formats.matches(text, pattern)
	return require("template").render(
		"{{ 1 if text is search(pattern) else 0 }}",
		{ text = text, pattern = pattern }) == "1"
end

local DAYS <const> = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

function known.date(text)
	local year, month, day = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")

	year, month, day = tonumber(year), tonumber(month), tonumber(day)
	if not year or month < 1 or month > 12 then return false end
	local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
	return day >= 1 and day <= DAYS[month] + (leap and month == 2 and 1 or 0)
end

function known.time(text)
	local hour, minute, second, rest = text:match(
		"^(%d%d):(%d%d):(%d%d)(.*)$")

	if not hour or tonumber(hour) > 23 or tonumber(minute) > 59
		or tonumber(second) > 60 then
		return false
	end
	rest = rest:gsub("^%.%d+", "")
	if rest:find("^[Zz]$") then return true end
	local off_hour, off_minute = rest:match("^[+-](%d%d):(%d%d)$")
	return off_hour ~= nil and tonumber(off_hour) <= 23
		and tonumber(off_minute) <= 59
end

known["date-time"] = function(text)
	local date, time = text:match("^([%d-]+)[Tt](.+)$")

	return date ~= nil and known.date(date) and known.time(time)
end

function known.ipv4(text)
	local parts = 0

	for part in (text .. "."):gmatch("([^.]*)%.") do
		parts = parts + 1
		if not part:find("^%d%d?%d?$") or tonumber(part) > 255
			or part:find("^0%d") then
			return false
		end
	end
	return parts == 4
end

--- Counts groups of one side of "::", nil when one is broken.
local function groups(text)
	local count = 0

	if text == "" then return 0 end
	for part in (text .. ":"):gmatch("([^:]*):") do
		if part:find("^%x%x?%x?%x?$") then
			count = count + 1
		elseif part:find(".", 1, true) and known.ipv4(part)
			and text:sub(-#part) == part then
			count = count + 2
		else
			return nil
		end
	end
	return count
end

function known.ipv6(text)
	local left, right = text:match("^(.-)::(.*)$")

	if not left then return groups(text) == 8 end
	local a, b = groups(left), groups(right)
	return a ~= nil and b ~= nil and a + b <= 7
end

function known.hostname(text)
	if text == "" or #text > 253 then return false end
	for label in (text .. "."):gmatch("([^.]*)%.") do
		if #label > 63 or not label:find("^%w[%w-]*$")
			or label:find("%-$") then
			return false
		end
	end
	return true
end

function known.email(text)
	local user, host = text:match("^([^%s@]+)@([^%s@]+)$")

	return user ~= nil and known.hostname(host) and not user:find("^%.")
		and not user:find("%.$") and not user:find("..", 1, true)
end

function known.uuid(text)
	return text:find("^%x+%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+$") ~= nil
		and #text == 36 and text:sub(9, 9) == "-"
end

function known.uri(text)
	return text:find("^%a[%w+.-]*:[%w%p]*$") ~= nil
		and not text:find("[<>\"{}|\\^`]")
		and not text:find("%%%X") and not text:find("%%%x%X")
		and not text:find("%%.?$")
end

known["uri-reference"] = function(text)
	return text:find("^[%w%p]*$") ~= nil
		and not text:find("[<>\"{}|\\^`]")
end

known["json-pointer"] = function(text)
	return (text == "" or text:find("^/") ~= nil)
		and not text:gsub("~[01]", ""):find("~")
end

function known.duration(text)
	local date, time = text:match("^P([%d%u]-)T([%d%u]+)$")

	date = date or text:match("^P([%d%u]+)$")
	if not date or date == "" and not time then return false end
	return (date:find("^%d*Y?%d*M?%d*D?$") or date:find("^%d+W$"))
		~= nil and not date:find("%d$")
		and not date:find("%u%u") and not date:find("^%u")
		and (not time or time:find("^%d*H?%d*M?%d*S?$") ~= nil
		and not time:find("%d$") and not time:find("^%u")
		and not time:find("%u%u"))
end

function known.regex(text)
	return (pcall(formats.matches, "", text))
end

return formats
