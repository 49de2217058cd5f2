--- Reads what a step is given, in all its forms, into one.

local hash = require("recipe.hash")

local spec = {}

---@class step.Spec
---@field kind "command"|"function"
---@field argv? string[] program and arguments
---@field shell? string a command line for /bin/sh
---@field fn? function
---@field command? string for people
---@field source string fingerprint of what it runs
---@field options table the step's keys

local EMPTY <const> = setmetatable({}, { __newindex = function()
	error("the options of a step are shared", 2)
end })

--- A single word with a slash in it needs no shell.
local function plain(text)
	return text:find("^[%w_.+-]*/[%w_./+-]*$") ~= nil
end

local function quoted(words)
	local list = {}

	for i, word in ipairs(words) do
		list[i] = word:find("^[%w_./:=@%%+,-]+$") and word
			or "'" .. word:gsub("'", "'\\''") .. "'"
	end
	return table.concat(list, " ")
end

local function of_text(text, options)
	return { kind = "command", options = options, command = text,
		shell = not plain(text) and text or nil,
		argv = plain(text) and { text } or nil,
		source = hash.text(text) }
end

local function of_words(words, options)
	local text = quoted(words)

	return { kind = "command", argv = words, command = text,
		source = hash.text(text), options = options }
end

local function of_function(fn, options)
	return { kind = "function", fn = fn, source = hash.code(fn),
		options = options }
end

local function named(what, more)
	local options = {}

	for key, value in pairs(what) do
		if type(key) == "string" then options[key] = value end
	end
	for key, value in pairs(more or {}) do options[key] = value end
	return next(options) and options or EMPTY
end

--- Reads `what`: a command line, a function, a list of words, or a table of
--- options with one of those in front. Options are checked.
---@param name string for errors
---@param what any
---@param more? table options given beside
---@return step.Spec
function spec.read(name, what, more)
	if type(what) == "string" and what ~= "" then
		return of_text(what, spec.check(name, more))
	elseif type(what) == "function" then
		return of_function(what, spec.check(name, more))
	elseif type(what) ~= "table" or what[1] == nil then
		error(require("run.failure").new { code = "invalid", message =
			("step '%s' wants a command or a function, not %s")
			:format(name, type(what) == "table" and "options alone"
			or require("recipe.problem").describe(what)) }, 0)
	end
	local options = spec.check(name, named(what, more))
	if type(what[1]) == "function" then
		return of_function(what[1], options)
	elseif type(what[1]) == "table" then
		return of_words(what[1], options)
	elseif #what == 1 then
		return of_text(what[1], options)
	end
	local words = {}
	for i, word in ipairs(what) do words[i] = tostring(word) end
	return of_words(words, options)
end

--- Returns `options`, checked; keys that no step has are errors.
---@param name string
---@param options? table
---@return table
function spec.check(name, options)
	if options == nil or options == EMPTY then return EMPTY end
	require("recipe.keys").check_step(options, ("step '%s'"):format(name),
		require("recipe.here")())
	return options
end

return spec
