--- Errors about a recipe's text: "recipe.lua:12: unknown key …".

local problem = {}

--- What a check knows about the recipe it checks.
---@class recipe.Place
---@field file string as people know it ("tidemill.lua")
---@field text? string the source, for line numbers
---@field line? integer the line, where it is known
---@field what? string what the whole is called ["the recipe"]

--- Raises "FILE:LINE: message" as an `invalid` error. `path` says which key is
--- meant ("on.push.branchs").
---@param place recipe.Place
---@param path string
---@param format string
function problem.raise(place, path, format, ...)
	local line = place.line or place.text
		and require("recipe.source").line(place.text, path)

	error(setmetatable({ code = "invalid", message = ("%s:%s %s"):format(
		place.file, line and line .. ":" or "", format:format(...)) },
		{ __tostring = function(e) return e.message end }), 0)
end

--- Raises about the unknown key `path`.`key`, with the nearest of `known`.
---@param place recipe.Place
---@param path string "" for the recipe itself
---@param key any
---@param known table<string, any>
function problem.unknown(place, path, key, known)
	local near = type(key) == "string"
		and require("nearest")(key, known)
	local where = path == "" and (place.what or "the recipe") or path

	problem.raise(place, path == "" and tostring(key)
		or path .. "." .. tostring(key),
		"unknown key '%s' in %s%s", tostring(key), where,
		near and (" (did you mean '%s'?)"):format(near) or "")
end

--- Says what kind of value there is: "a table", "the number 5".
---@param value any
---@return string
function problem.describe(value)
	if value == nil then return "nothing" end
	if type(value) == "string" then return ("'%s'"):format(value) end
	if type(value) == "number" or type(value) == "boolean" then
		return tostring(value)
	end
	return "a " .. type(value)
end

return problem
