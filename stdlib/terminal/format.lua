--- Times, sizes and texts as people read them.

local width = require("terminal.width")

local format = {}

--- Returns "850ms", "1.2s", "3m04s", "2h05m" or "3d04h".
---@param ms? integer
---@return string
function format.duration(ms)
	if not ms then return "-" end
	if ms < 1000 then return ("%dms"):format(ms) end
	if ms < 60000 then return ("%.1fs"):format(ms // 100 / 10) end
	local seconds = ms // 1000
	if seconds < 3600 then
		return ("%dm%02ds"):format(seconds // 60, seconds % 60)
	end
	if seconds < 86400 then
		return ("%dh%02dm"):format(seconds // 3600, seconds // 60 % 60)
	end
	return ("%dd%02dh"):format(seconds // 86400, seconds // 3600 % 24)
end

--- Returns how long ago something was, in one unit: "12s", "5m", "3h", "8d".
---@param ms integer
---@return string
function format.age(ms)
	local seconds = math.max(0, ms // 1000)

	if seconds < 60 then return seconds .. "s" end
	if seconds < 3600 then return seconds // 60 .. "m" end
	if seconds < 86400 then return seconds // 3600 .. "h" end
	if seconds < 86400 * 365 then return seconds // 86400 .. "d" end
	return seconds // (86400 * 365) .. "y"
end

--- Returns "512 B", "1.5 KiB", "20 MiB" …
---@param bytes? integer
---@return string
function format.bytes(bytes)
	local units = { "B", "KiB", "MiB", "GiB", "TiB" }
	local unit = 1

	if not bytes then return "-" end
	while bytes >= 1024 and unit < #units do
		bytes, unit = bytes / 1024, unit + 1
	end
	return (unit == 1 and "%d %s" or bytes < 10 and "%.1f %s"
		or "%.0f %s"):format(bytes, units[unit])
end

--- Returns a local time: "2026-11-23 04:05:06".
---@param ms? integer milliseconds since 1970
---@return string
function format.time(ms)
	return ms and os.date("%Y-%m-%d %H:%M:%S", ms // 1000) or "-"
end

--- Returns "refs/heads/main" as "main", and tags as "tag v1".
---@param ref? string
---@return string?
function format.ref(ref)
	if not ref then return nil end
	return ref:match("^refs/heads/(.+)$")
		or ref:gsub("^refs/tags/", "tag ")
end

--- Returns the number of columns that `text` takes, without colours.
---@type fun(text: string): integer
format.width = width.of

--- Returns `text` cut to `columns`, ending in "…" if something was lost. It
--- must have no colours.
---@type fun(text: string, columns: integer): string
format.fit = width.fit

--- Returns `text` without what could move a terminal's cursor.
---@param text string
---@return string
function format.clean(text)
	return (text:gsub("\27%[[%d;:?]*%a", ""):gsub("[%c]", " "))
end

--- Returns `text` broken into lines of at most `columns`, each after `indent`.
--- Lines that begin with a blank stay as they are; empty lines end paragraphs.
---@param text string
---@param columns integer
---@param indent? string
---@return string
function format.wrap(text, columns, indent)
	local lines, current = {}, nil
	indent = indent or ""

	local function finish()
		if current then lines[#lines + 1] = indent .. current end
		current = nil
	end
	for line in (text:gsub("%s+$", "") .. "\n"):gmatch("(.-)\n") do
		if line == "" or line:find("^%s") then
			finish()
			lines[#lines + 1] = line == "" and "" or indent .. line
		end
		for word in (line:find("^%s") and "" or line):gmatch("%S+") do
			if current and format.width(indent .. current) + 1
				+ format.width(word) > columns then
				finish()
			end
			current = current and current .. " " .. word or word
		end
	end
	finish()
	return table.concat(lines, "\n")
end

return format
