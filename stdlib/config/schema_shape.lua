--- Whether a schema is one: what each of its keywords may be.

local json = require("json")
local is_map = require("config.value").is_map

local shape = {}

local MAX_DEPTH <const> = 200

local TYPES <const> = { null = true, boolean = true, object = true,
	array = true, number = true, string = true, integer = true }

--- An empty table may be either.
local function is_list(value)
	return type(value) == "table" and (next(value) == nil
		or require("config.value").is_list(value))
end

local function is_string(value) return type(value) == "string" end

local function is_number(value) return math.type(value) ~= nil end

local function is_count(value)
	return is_number(value) and value >= 0 and value % 1 == 0
end

local function all(value, fits)
	for _, one in pairs(value) do
		if not fits(one) then return false end
	end
	return true
end

local function are_strings(value)
	return is_list(value) and all(value, is_string)
end

local function is_type(value)
	local list = is_list(value) and value or { value }

	return #list > 0 and all(list, function(name)
		return is_string(name) and TYPES[name] or false
	end)
end

local KINDS <const> = {
	text = { is_string, "a string" },
	number = { is_number, "a number" },
	above = { function(value) return is_number(value) and value > 0 end,
		"a number above 0" },
	count = { is_count, "a count" },
	switch = { function(value) return type(value) == "boolean" end,
		"true or false" },
	list = { is_list, "a list" },
	strings = { are_strings, "a list of strings" },
	types = { is_type, "a type (null, boolean, object, array, number,"
		.. " integer, string), or a list of them" },
	pattern = { function(value)
		return is_string(value) and pcall(require(
			"config.schema_formats").matches, "", value)
	end, "a regular expression" },
	needs = { function(value)
		return is_map(value) and all(value, are_strings)
	end, "an object of lists of strings" },
	part = { function(value)
		return type(value) == "boolean" or is_map(value)
	end, "a schema: an object, true or false" },
	parts = { is_list, "a list of schemas" },
	map = { is_map, "an object of schemas" },
}

local WANTED <const> = { ["$ref"] = "text", ["$dynamicRef"] = "text",
	type = "types", enum = "list", minimum = "number", maximum = "number",
	exclusiveMinimum = "number", exclusiveMaximum = "number",
	multipleOf = "above", minLength = "count", maxLength = "count",
	minItems = "count", maxItems = "count", minProperties = "count",
	maxProperties = "count", minContains = "count", maxContains = "count",
	pattern = "pattern", format = "text", uniqueItems = "switch",
	required = "strings", dependentRequired = "needs", items = "part",
	contains = "part", additionalProperties = "part",
	unevaluatedItems = "part", unevaluatedProperties = "part",
	propertyNames = "part", ["not"] = "part", ["if"] = "part",
	["then"] = "part", ["else"] = "part", allOf = "parts", anyOf = "parts",
	oneOf = "parts", prefixItems = "parts", properties = "map",
	patternProperties = "map", dependentSchemas = "map", ["$defs"] = "map",
	definitions = "map" }

local check

local function check_keyword(self, key, value, path, depth)
	local wanted = WANTED[key]
	local kind = KINDS[wanted]

	if not kind then return end
	if not kind[1](value) then
		self.fail("%s: expected %s, not %s", path, kind[2],
			json.encode(value):sub(1, 60))
	end
	if wanted == "part" then
		check(self, value, path, depth)
	elseif wanted == "parts" then
		for i, part in ipairs(value) do
			check(self, part, ("%s/%d"):format(path, i - 1), depth)
		end
	elseif wanted == "map" then
		for name, part in pairs(value) do
			check(self, part, path .. "/" .. name, depth)
		end
	end
end

check = function(self, part, path, depth)
	if type(part) == "boolean" or self.seen[part] then return end
	if depth > MAX_DEPTH then
		self.fail("%s: deeper than %d", path, MAX_DEPTH)
	end
	if not is_map(part) then
		self.fail("%s: a schema is an object or a boolean, not %s",
			path, json.encode(part):sub(1, 60))
	end
	self.seen[part] = true
	for key, value in pairs(part) do
		check_keyword(self, key, value, path .. "/" .. tostring(key),
			depth + 1)
	end
end

--- Calls `fail` with a format and what it needs when a keyword of the schema,
--- or of one below it, is not what it must be. `seen` are those that were
--- looked at.
---@param root any
---@param path string how messages begin
---@param seen table<table, true>
---@param fail fun(format: string, ...)
function shape.check(root, path, seen, fail)
	check({ fail = fail, seen = seen }, root, path, 0)
end

return shape
