--- What tests claim. A failure names the file and line of the claim.

local diff = require("testing.diff")

local check = {}

--- Where the code of people is: the library has no line numbers.
local function here()
	local level = 2

	while true do
		local info = debug.getinfo(level, "Sl")
		if not info then return nil end
		if info.source:find("^@") and info.currentline > 0 then
			return ("%s:%d"):format(info.source:sub(2),
				info.currentline)
		end
		level = level + 1
	end
end

local function fail(message, format, ...)
	local text = format:format(...)
	local where = here()

	if message then
		text = message .. (text:find("\n") and ":\n" or ": ") .. text
	end
	error({ code = "test", where = where,
		message = where and where .. ": " .. text or text }, 0)
end

--- Fails the test.
---@param format string as of string.format
---@param ... any
function check.fail(format, ...)
	fail(nil, format, ...)
end

--- Raises unless both are the same: tables are compared by what is in them,
--- and 1 is not 1.0.
---@param got any
---@param wanted any
---@param message? string
function check.equal(got, wanted, message)
	local found = diff.of(got, wanted)

	if found then fail(message, "%s", found) end
end

--- Raises when both are the same.
---@param got any
---@param unwanted any
---@param message? string
function check.differs(got, unwanted, message)
	if not diff.of(got, unwanted) then
		fail(message, "it is %s, as it should not be", diff.show(got))
	end
end

--- Raises unless `value` is neither nil nor false. Returns it.
---@generic T
---@param value T
---@param message? string
---@return T
function check.ok(value, message)
	if not value then fail(message, "it is %s", diff.show(value)) end
	return value
end

--- Raises unless `text` has the Lua pattern in it. Returns the captures.
---@param text string
---@param pattern string
---@param message? string
---@return string …
function check.matches(text, pattern, message)
	if not tostring(text):find(pattern) then
		fail(message, "%s does not match %q", diff.show(text), pattern)
	end
	return tostring(text):match(pattern)
end

local function line_near(text, part)
	local near

	for line in text:gmatch("[^\n]+") do
		if require("nearest")(part, { line }) then near = line end
	end
	return near
end

local function in_text(text, part, message)
	if text:find(part, 1, true) then return end
	local near = #part < 200 and line_near(text, part)

	fail(message, "%s is not in %s%s", diff.show(part), diff.show(text),
		near and "; near it is " .. diff.show(near) or "")
end

--- Every key of `part` is in `whole` with that value; tables below, too.
local function pruned(whole, part)
	local copy = {}

	for key, value in pairs(part) do
		local mine = whole[key]
		if type(value) == "table" and type(mine) == "table" then
			mine = pruned(mine, value)
		end
		copy[key] = mine
	end
	return copy
end

local function in_list(list, item)
	for _, one in ipairs(list) do
		if not diff.of(one, item) then return true end
	end
end

local function in_table(whole, part, message)
	if type(part) ~= "table" then
		if in_list(whole, part) then return end
		fail(message, "%s is not in %s", diff.show(part),
			diff.show(whole, 2))
	end
	local found = diff.of(pruned(whole, part), part)
	if found and not in_list(whole, part) then
		local near = {}
		for key in pairs(part) do
			local name = whole[key] == nil
				and type(key) == "string"
				and require("nearest")(key, whole)
			if name then
				near[#near + 1] = ("\n'%s' may mean '%s'")
					:format(key, name)
			end
		end
		fail(message, "%s%s", found, table.concat(near))
	end
end

--- Raises unless `whole` has `part` in it: a text a text (no pattern), a list a
--- value, a table the fields of another (deeply; it may have more).
---@param whole string|table
---@param part any
---@param message? string
function check.contains(whole, part, message)
	if type(whole) == "string" then
		return in_text(whole, tostring(part), message)
	elseif type(whole) ~= "table" then
		fail(message, "%s cannot contain anything", diff.show(whole))
	end
	in_table(whole, part, message)
end

--- Raises unless `fn` raises an error with this code ("not_found"), or whose
--- text matches this pattern. Returns the error.
---@async
---@param wanted string
---@param fn async fun(...)
---@param ... any its arguments
---@return any
function check.raises(wanted, fn, ...)
	local ok, problem = pcall(fn, ...)

	if ok then fail(nil, "nothing was raised (wanted: %s)", wanted) end
	if type(problem) == "table" and problem.code == wanted then
		return problem
	end
	local text = require("command.failure").text(problem)
	if not text:find(wanted) then
		fail(nil, "%s was raised, not %s", diff.show(text), wanted)
	end
	return problem
end

--- Raises unless `number` is at most `by` away from `wanted`.
---@param number number
---@param wanted number
---@param by number
---@param message? string
function check.near(number, wanted, by, message)
	if type(number) ~= "number" or math.abs(number - wanted) > by then
		fail(message, "it is %s, more than %s away from %s",
			diff.show(number), by, wanted)
	end
end

return check
