--- Semantic versions, by semver.org 2.0.0: reading, comparing, ranges, bumping.
---
---     local semver = require("semver")
---     local version = semver.parse("v1.4.2-rc.1")
---     assert(version < semver.parse("1.4.2"))
---     assert(semver.matches("1.4.2", "^1.2 || ~2.0.3"))

local semver = {}

---@class semver.Version
---@field major integer
---@field minor integer
---@field patch integer
---@field prerelease? string "rc.1"
---@field build? string
local Version = {}
Version.__index = Version
Version.__name = "semver.Version"

local LONGEST <const> = 256

local function fail(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

--- A number without leading zeros that an integer can hold, or nil.
local function number(text)
	if not text or not text:find("^%d+$") or text:find("^0%d")
		or #text > 15 then
		return nil
	end
	return math.tointeger(tonumber(text))
end

--- Are these identifiers with dots between them? Those of a prerelease that
--- are numbers have no leading zeros.
local function are_identifiers(text, numbers)
	for part in (text .. "."):gmatch("(.-)%.") do
		if not part:find("^[%w-]+$")
			or numbers and part:find("^0%d+$") then
			return false
		end
	end
	return true
end

--- major, minor, patch, prerelease, build; nil when `text` is no version.
local function read(text)
	local core, build = text:match("^([^+]+)%+?(.*)$")
	local has_build = text:find("+", 1, true) ~= nil

	if not core then return nil end
	local triple, prerelease = core:match("^([%d.]+)%-(.+)$")
	triple = triple or core
	local major, minor, patch = triple:match("^(%d+)%.(%d+)%.(%d+)$")
	major, minor, patch = number(major), number(minor), number(patch)
	if not (major and minor and patch)
		or prerelease and not are_identifiers(prerelease, true)
		or has_build and not are_identifiers(build, false) then
		return nil
	end
	return { major = major, minor = minor, patch = patch,
		prerelease = prerelease, build = has_build and build or nil }
end

--- Returns the version that a text means, or nil. A leading "v" is taken off.
---@param text string
---@return semver.Version?
function semver.try(text)
	if type(text) ~= "string" or #text > LONGEST then return nil end
	local version = read((text:gsub("^[vV]", "")))

	return version and setmetatable(version, Version)
end

--- Returns the version that a text means. Raises `invalid`.
---@param text string|semver.Version
---@return semver.Version
function semver.parse(text)
	if getmetatable(text) == Version then return text end
	return semver.try(text) or fail("'%s' is no semantic version"
		.. " (MAJOR.MINOR.PATCH)", tostring(text))
end

local function compare_numbers(left, right)
	return left < right and -1 or left > right and 1 or 0
end

--- Numbers come before words, and are compared as numbers of any length.
local function compare_identifiers(left, right)
	local a, b = left:find("^%d+$"), right:find("^%d+$")

	if a and not b then return -1 end
	if b and not a then return 1 end
	if a and #left ~= #right then
		return compare_numbers(#left, #right)
	end
	return compare_numbers(left, right)
end

--- A version without prerelease comes after all its prereleases; of two, the
--- one with more identifiers comes later when the others are equal.
local function compare_prereleases(left, right)
	if left == right then return 0 end
	if not left then return 1 end
	if not right then return -1 end
	local next_left, next_right = left:gmatch("[^.]+"), right:gmatch("[^.]+")

	while true do
		local a, b = next_left(), next_right()
		if not a or not b then return a and 1 or b and -1 or 0 end
		local order = compare_identifiers(a, b)
		if order ~= 0 then return order end
	end
end

--- Returns -1, 0 or 1: their order, in which builds do not count.
---@param left string|semver.Version
---@param right string|semver.Version
---@return integer
function semver.compare(left, right)
	left, right = semver.parse(left), semver.parse(right)
	for _, part in ipairs { "major", "minor", "patch" } do
		local order = compare_numbers(left[part], right[part])
		if order ~= 0 then return order end
	end
	return compare_prereleases(left.prerelease, right.prerelease)
end

function Version.__eq(left, right)
	return semver.compare(left, right) == 0
end

function Version.__lt(left, right)
	return semver.compare(left, right) < 0
end

function Version.__le(left, right)
	return semver.compare(left, right) <= 0
end

function Version:__tostring()
	return ("%d.%d.%d%s%s"):format(self.major, self.minor, self.patch,
		self.prerelease and "-" .. self.prerelease or "",
		self.build and "+" .. self.build or "")
end

--- The next prerelease: rc.1 -> rc.2, rc -> rc.1.
local function next_prerelease(text, label)
	local head, last = text:match("^(.-)(%d+)$")

	if label and text ~= label and text:match("^(.-)%.%d+$") ~= label then
		return label .. ".1"
	end
	if last and (head == "" or head:sub(-1) == ".") then
		return head .. ("%d"):format(math.tointeger(last) + 1)
	end
	return text .. ".1"
end

local bumps = {}

function bumps.major(old)
	local done = old.prerelease and old.minor == 0 and old.patch == 0

	return { old.major + (done and 0 or 1), 0, 0 }
end

function bumps.minor(old)
	local done = old.prerelease and old.patch == 0

	return { old.major, old.minor + (done and 0 or 1), 0 }
end

function bumps.patch(old)
	return { old.major, old.minor, old.patch + (old.prerelease and 0 or 1) }
end

function bumps.prerelease(old, label)
	if not old.prerelease then
		return { old.major, old.minor, old.patch + 1,
			(label or "rc") .. ".1" }
	end
	return { old.major, old.minor, old.patch,
		next_prerelease(old.prerelease, label) }
end

--- Returns the next version. A prerelease becomes the version it announces:
--- the minor bump of 1.3.0-rc.1 is 1.3.0.
---@param version string|semver.Version
---@param part "major"|"minor"|"patch"|"prerelease"
---@param label? string of a prerelease ["rc"]
---@return semver.Version
function semver.bump(version, part, label)
	local bump = bumps[part] or fail("'%s' cannot be bumped: major, minor,"
		.. " patch or prerelease", tostring(part))
	local new = bump(semver.parse(version), label)

	return setmetatable({ major = new[1], minor = new[2], patch = new[3],
		prerelease = new[4] }, Version)
end

--- Sorts a list of versions (texts or versions) in place, the lowest first.
---@generic T : string|semver.Version
---@param list T[]
---@return T[] the same list
function semver.sort(list)
	local parsed = {}

	for _, item in ipairs(list) do parsed[item] = semver.parse(item) end
	table.sort(list, function(left, right)
		return semver.compare(parsed[left], parsed[right]) < 0
	end)
	return list
end

--- Returns whether a version is within a range: comparators (`=` `>` `>=` `<`
--- `<=` `^` `~`, `1.x`, `1.2 - 1.4`) that all hold, alternatives separated by
--- `||`. A prerelease matches only where a comparator of the same
--- major.minor.patch has one, too.
---@param version string|semver.Version
---@param range string
---@return boolean
function semver.matches(version, range)
	return require("semver.range").matches(semver.parse(version), range)
end

--- Returns the highest of `list` that is within `range`, or nil.
---@generic T : string|semver.Version
---@param list T[]
---@param range string
---@return T?
function semver.highest(list, range)
	local best

	for _, item in ipairs(list) do
		if semver.matches(item, range) and (best == nil
			or semver.compare(item, best) > 0) then
			best = item
		end
	end
	return best
end

return semver
