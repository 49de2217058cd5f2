--- Ranges of versions, as npm writes them.

local semver = require("semver")

local range = {}

local function fail(text, what)
	error({ code = "invalid", message = ("'%s' is no range of versions: %s")
		:format(text, what) }, 0)
end

local function version(major, minor, patch, prerelease)
	return semver.parse(("%d.%d.%d%s"):format(major, minor, patch,
		prerelease and "-" .. prerelease or ""))
end

--- A version of which parts may be missing or x: "1", "1.x", "1.2.3-rc.1".
local function read_partial(text, whole)
	local exact = semver.try(text)

	if exact then
		return { exact.major, exact.minor, exact.patch,
			prerelease = exact.prerelease }
	end
	local parts = {}
	local plain = text:gsub("^[vV]", "")
	if plain == "" then fail(whole, "a version is missing") end
	for part in (plain .. "."):gmatch("(.-)%.") do
		local free = part == "x" or part == "X" or part == "*"
		local number = not free and part:find("^%d+$") and #part < 16
			and math.tointeger(tonumber(part))
		if not free and not number or #parts == 3 then
			fail(whole, ("'%s' is no version"):format(text))
		end
		parts[#parts + 1] = number or false
	end
	for i = 1, 3 do
		if not parts[i] then parts[i], parts[i + 1] = false, false end
	end
	return { parts[1], parts[2], parts[3] }
end

local function at_least(part)
	return { ">=", version(part[1] or 0, part[2] or 0, part[3] or 0,
		part.prerelease) }
end

--- Below the first version of the next one: prereleases of that are out.
local function below(major, minor, patch)
	return { "<", version(major, minor or 0, patch or 0, "0") }
end

--- The first version behind all that a partial version means.
local function behind(part)
	if not part[1] then return nil end
	if not part[2] then return below(part[1] + 1) end
	if not part[3] then return below(part[1], part[2] + 1) end
	return { "<=", version(part[1], part[2], part[3], part.prerelease) }
end

local readers = {}

readers["="] = function(part) return { at_least(part), behind(part) } end
readers[">="] = function(part) return { at_least(part) } end
readers["<="] = function(part) return { behind(part) } end

readers["<"] = function(part)
	return { { "<", version(part[1] or 0, part[2] or 0, part[3] or 0,
		part[3] and part.prerelease or "0") } }
end

readers[">"] = function(part)
	if not part[1] then return { below(0) } end
	if not part[2] then
		return { { ">=", version(part[1] + 1, 0, 0) } }
	elseif not part[3] then
		return { { ">=", version(part[1], part[2] + 1, 0) } }
	end
	return { { ">", version(part[1], part[2], part[3], part.prerelease) } }
end

--- ~1.2.3: changes of the patch; ~1: of the minor, too.
readers["~"] = function(part)
	if not part[1] then return {} end
	return { at_least(part), part[2] and below(part[1], part[2] + 1)
		or below(part[1] + 1) }
end

--- ^1.2.3: nothing left of the first number that is not 0 changes.
readers["^"] = function(part)
	local major, minor, patch = part[1], part[2], part[3]

	if not major then return {} end
	if major > 0 or not minor then
		return { at_least(part), below(major + 1) }
	elseif minor > 0 or not patch then
		return { at_least(part), below(0, minor + 1) }
	end
	return { at_least(part), below(0, 0, patch + 1) }
end

--- The comparators of one alternative.
local function read_all(text, whole)
	local list = {}

	local function add(comparators)
		for i = 1, 2 do list[#list + 1] = comparators[i] end
	end
	local from, to = text:match("^%s*(%S+)%s+%-%s+(%S+)%s*$")
	if from then
		add { at_least(read_partial(from, whole)),
			behind(read_partial(to, whole)) }
		return list
	end
	local joined = text:gsub("([<>=~^]+)%s+", "%1")
	for word in joined:gmatch("%S+") do
		local operator, rest = word:match("^([<>=~^]*)(.*)$")
		if operator == "" then operator = "=" end
		if operator == "~>" then operator = "~" end
		if not readers[operator] then
			fail(whole, ("unknown operator '%s'"):format(operator))
		end
		add(readers[operator](read_partial(rest, whole)))
	end
	return list
end

local function holds(found, comparator)
	local order = semver.compare(found, comparator[2])
	local operator = comparator[1]

	if operator == ">=" then return order >= 0 end
	if operator == "<=" then return order <= 0 end
	if operator == ">" then return order > 0 end
	return order < 0
end

local function same_release(left, right)
	return left.major == right.major and left.minor == right.minor
		and left.patch == right.patch
end

local function matches_all(found, comparators)
	local named = not found.prerelease

	for _, comparator in ipairs(comparators) do
		if not holds(found, comparator) then return false end
		local limit = comparator[2]
		named = named or limit.prerelease and limit.prerelease ~= "0"
			and same_release(found, limit)
	end
	return named
end

--- Does the range hold for the version?
---@param found semver.Version
---@param text string
---@return boolean
function range.matches(found, text)
	if type(text) ~= "string" then
		fail(tostring(text), "a text is wanted")
	end
	local one = false

	for part in (text .. "||"):gmatch("(.-)||") do
		one = matches_all(found, read_all(part, text)) or one
	end
	return one
end

return range
