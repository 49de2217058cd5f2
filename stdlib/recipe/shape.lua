--- Checks values against shapes: small functions that raise with file, line
--- and the nearest right name.

local problem = require("recipe.problem")

local shape = {}

--- A shape checks `value` at `path` and raises, or returns nothing.
---@alias recipe.Shape fun(value: any, path: string, place: recipe.Place)

local function wants(value, path, place, wanted)
	problem.raise(place, path, "%s wants %s, not %s", path, wanted,
		problem.describe(value))
end

function shape.string(value, path, place)
	if type(value) ~= "string" or value == "" then
		wants(value, path, place, "a string")
	end
end

--- A string that may be empty.
function shape.text(value, path, place)
	if type(value) ~= "string" then wants(value, path, place, "a string") end
end

function shape.boolean(value, path, place)
	if type(value) ~= "boolean" then
		wants(value, path, place, "true or false")
	end
end

function shape.integer(value, path, place)
	if math.type(value) ~= "integer" then
		wants(value, path, place, "a whole number")
	end
end

function shape.count(value, path, place)
	if math.type(value) ~= "integer" or value < 1 then
		wants(value, path, place, "a whole number from 1")
	end
end

function shape.number(value, path, place)
	if type(value) ~= "number" then wants(value, path, place, "a number") end
end

function shape.any() end

function shape.callable(value, path, place)
	if type(value) ~= "function" then
		wants(value, path, place, "a function")
	end
end

function shape.duration(value, path, place)
	if not require("recipe.duration")(value) then
		wants(value, path, place,
			"a duration such as \"90s\" or \"2h30m\"")
	end
end

--- A size in bytes: a number, or "64M".
function shape.size(value, path, place)
	if not require("recipe.size")(value) then
		wants(value, path, place, "a size such as \"64M\"")
	end
end

--- One of some words, with the nearest right one.
---@param ... any
function shape.one_of(...)
	local words = { ... }

	return function(value, path, place)
		local names = {}
		for i, word in ipairs(words) do
			if word == value then return end
			names[i] = type(word) == "string" and ('"%s"'):format(word)
				or tostring(word)
		end
		local near = type(value) == "string"
			and require("nearest")(value, words)
		problem.raise(place, path, "%s wants %s, not %s%s", path,
			table.concat(names, " or "), problem.describe(value),
			near and (" (did you mean '%s'?)"):format(near) or "")
	end
end

--- A list, or one value in place of a list of one.
function shape.list(item)
	return function(value, path, place)
		if type(value) ~= "table" then return item(value, path, place) end
		for key, one in pairs(value) do
			if math.type(key) ~= "integer" then
				problem.raise(place, path .. "." .. tostring(key),
					"%s is a list and has no key '%s'", path,
					tostring(key))
			end
			item(one, path .. "." .. key, place)
		end
	end
end

--- A table from names to values.
function shape.map(item)
	return function(value, path, place)
		if type(value) ~= "table" then
			wants(value, path, place, "a table")
		end
		for key, one in pairs(value) do
			if type(key) ~= "string" then
				problem.raise(place, path, "%s wants names as"
					.. " keys, not %s", path,
					problem.describe(key))
			end
			item(one, path .. "." .. key, place)
		end
	end
end

--- A table with known keys. `positions` checks what stands at [1], [2], ….
---@param fields table<string, recipe.Shape>
---@param positions? recipe.Shape
function shape.record(fields, positions)
	return function(value, path, place)
		if type(value) ~= "table" then
			wants(value, path, place, "a table")
		end
		for key, one in pairs(value) do
			local at = path == "" and tostring(key)
				or path .. "." .. tostring(key)
			if fields[key] then
				fields[key](one, at, place)
			elseif positions and math.type(key) == "integer" then
				positions(one, at, place)
			else
				problem.unknown(place, path, key, fields)
			end
		end
	end
end

--- Whatever of `choices` (by Lua type) fits; `wanted` says it in words.
---@param choices table<string, recipe.Shape>
---@param wanted string
function shape.by_type(choices, wanted)
	return function(value, path, place)
		local chosen = choices[type(value)]
		if not chosen then wants(value, path, place, wanted) end
		chosen(value, path, place)
	end
end

return shape
