--- Secrets of former versions: what was applied is kept with its secrets
--- hidden, too, so that they stay hidden when they have been changed since.

local versions = require("config.versions")

local former = {}

local MARK <const> = "***"

--- The texts between the marks of a line.
local function pieces(line)
	local list, at = {}, 1

	while true do
		local from, to = line:find(MARK, at, true)
		list[#list + 1] = line:sub(at, from and from - 1)
		if not from then return list end
		at = to + 1
	end
end

--- Adds what stands at the marks of `hidden` in the line `clear`; false when
--- the two do not fit together.
local function take(clear, hidden, found)
	local list = pieces(hidden)
	local at = #list[1] + 1

	if clear:sub(1, #list[1]) ~= list[1] then return false end
	for i = 2, #list do
		local piece, last = list[i], i == #list
		local from = last and #clear - #piece + 1
			or clear:find(piece, at + 1, true)
		if not from or from < at or last
			and clear:sub(from) ~= piece then
			return false
		end
		found[#found + 1] = clear:sub(at, from - 1)
		at = from + #piece
	end
	return true
end

local function lines(text)
	local list = {}

	for line in (text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
	return list
end

--- Returns `text` with the mark where its lines are those of `clear` that
--- `hidden` hides, or differ from them in what is hidden alone.
---@param text string
---@param clear string
---@param hidden string
---@return string
function former.cover(text, clear, hidden)
	local a, b, same, shapes = lines(clear), lines(hidden), {}, {}

	if #a ~= #b then return text end
	for i = 1, #a do
		if a[i] ~= b[i] and same[a[i]] ~= b[i] then
			same[a[i]] = b[i]
			-- a line of nothing else is like any other
			local first = pieces(b[i])[1]
			if first:find("%S") then
				shapes[#shapes + 1] = { first, b[i] }
			end
		end
		same[a[i]] = same[a[i]] or a[i]
	end
	if clear == hidden then return text end
	local list = lines(text)
	for i, line in ipairs(list) do
		list[i] = same[line]
		for _, shape in ipairs(shapes) do
			if list[i] then break end
			list[i] = line:sub(1, #shape[1]) == shape[1]
				and take(line, shape[2], {}) and shape[2] or nil
		end
		list[i] = list[i] or line
	end
	return table.concat(list, "\n")
end

--- Returns the secrets that a text held, given it with them hidden; false when
--- that cannot be told.
---@param clear string
---@param hidden string
---@return string[]|false
function former.secrets(clear, hidden)
	local a, b, found = lines(clear), lines(hidden), {}

	if #a ~= #b then return false end
	for i = 1, #a do
		if a[i] ~= b[i] and not take(a[i], b[i], found) then
			return false
		end
	end
	return found
end

--- Returns a function that hides today's secrets and those of all kept
--- versions. What cannot be told is hidden as a whole.
---@param db store.Store
---@param home string
---@param project string
---@param target string
---@param values config.Values
---@return fun(text: string): string
function former.hider(db, home, project, target, values)
	local known, list, lost = {}, {}, false
	local function hide(text)
		return require("config.layers").hide(values, text)
	end

	for _, row in ipairs(db:query([[SELECT DISTINCT f.hash, f.shown
		FROM configuration_files f JOIN configurations c
		ON c.id = f.configuration WHERE c.project = ?
		AND c.target = ? AND f.shown IS NOT NULL
		AND f.shown <> f.hash]], project, target)) do
		local ok, found = pcall(function()
			return former.secrets(versions.content(home, row.hash),
				versions.content(home, row.shown))
		end)
		lost = lost or not ok or not found
		for _, secret in ipairs(ok and found or {}) do
			if not known[secret] and #secret >= 4 then
				known[secret] = true
				list[#list + 1] = secret
			end
		end
	end
	if lost then
		return function(text)
			return (text:gsub("[^\n]+", MARK))
		end
	end
	if #list == 0 then return hide end
	local mask = require("steplog").mask(list)
	return function(text) return mask:apply(hide(text)) end
end

return former
