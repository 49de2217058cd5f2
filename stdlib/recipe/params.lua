--- Typed parameters: declared in the recipe, given as text or JSON.

local problem = require("recipe.problem")
local shape = require("recipe.shape")

local params = {}

local TYPES <const> = { string = true, number = true, integer = true,
	boolean = true, enum = true, list = true }

local check_declaration = shape.record {
	type = shape.one_of("string", "number", "integer", "boolean", "enum",
		"list"),
	of = shape.one_of("string", "number", "integer", "boolean"),
	default = shape.any, required = shape.boolean,
	description = shape.text, pattern = shape.string,
	min = shape.number, max = shape.number,
	values = shape.list(shape.any),
}

local function type_of(value)
	if type(value) == "table" then return "list" end
	return math.type(value) == "integer" and "integer"
		or math.type(value) == "float" and "number" or type(value)
end

local FALSE <const> = { ["false"] = true, no = true, off = true, ["0"] = true }
local TRUE <const> = { ["true"] = true, yes = true, on = true, ["1"] = true }

local convert = {
	string = function(text) return text end,
	enum = function(text) return text end,
	number = function(text) return tonumber(text) end,
	integer = function(text) return math.tointeger(tonumber(text)) end,
	boolean = function(text)
		if TRUE[text] then return true end
		if FALSE[text] then return false end
	end,
}

function convert.list(text, declared)
	local list = {}

	for item in (text .. ","):gmatch("(.-),") do
		if item ~= "" then
			list[#list + 1] = convert[declared.of or "string"](item)
		end
	end
	return list
end

local FITS <const> = {
	string = function(value) return type(value) == "string" end,
	boolean = function(value) return type(value) == "boolean" end,
	number = function(value) return type(value) == "number" end,
	integer = function(value)
		return math.tointeger(value) ~= nil and type(value) == "number"
	end,
	list = function(value) return type(value) == "table" end,
	enum = function() return true end,
}

local function describe_values(values)
	local list = {}

	for i, value in ipairs(values) do list[i] = tostring(value) end
	return table.concat(list, ", ")
end

--- Returns why `value` is none of the declared ones, or nil.
local function enum_problem(declared, value)
	for _, allowed in ipairs(declared.values) do
		if allowed == value then return nil end
	end
	local near = type(value) == "string"
		and require("nearest")(value, declared.values)
	return ("is one of %s%s"):format(describe_values(declared.values),
		near and (" (did you mean '%s'?)"):format(near) or "")
end

--- Returns what is wrong with `value`, or nil.
local function wrong(declared, value)
	if not FITS[declared.type](value) then
		return "wants a value of type " .. declared.type
	end
	if declared.type == "enum" then return enum_problem(declared, value) end
	if declared.type == "list" then
		for i, item in ipairs(value) do
			if not FITS[declared.of or "string"](item) then
				return ("wants only values of type %s, not %s"
					.. " at %d"):format(declared.of or "string",
					problem.describe(item), i)
			end
		end
	end
	if declared.pattern and not tostring(value):find(declared.pattern) then
		return ("does not match the pattern %s"):format(declared.pattern)
	end
	local size = type(value) == "number" and value
		or type(value) == "boolean" and 0 or #value
	if declared.min and size < declared.min then
		return "is less than " .. tostring(declared.min)
	elseif declared.max and size > declared.max then
		return "is more than " .. tostring(declared.max)
	end
end

--- Returns the declarations in full form. `name = 5` declares a default.
---@param given any
---@param place recipe.Place
---@return table<string, table>
function params.read(given, place)
	local declared = {}

	if given == nil then return declared end
	shape.map(shape.any)(given, "params", place)
	for name, one in pairs(given) do
		local path = "params." .. name
		if type(one) ~= "table" then
			one = { type = type_of(one), default = one }
			if not TYPES[one.type] then
				problem.raise(place, path, "%s wants a default"
					.. " or a table with its type", path)
			end
		end
		check_declaration(one, path, place)
		local full = {}
		for key, value in pairs(one) do full[key] = value end
		full.type = one.type or one.values and "enum"
			or one.default ~= nil and type_of(one.default)
			or "string"
		if full.type == "enum" and not full.values then
			problem.raise(place, path, "%s is an enum and wants"
				.. " values", path)
		end
		local why = full.default ~= nil and wrong(full, full.default)
		if why then
			problem.raise(place, path .. ".default",
				"%s.default %s", path, why)
		end
		declared[name] = full
	end
	return declared
end

local function refuse(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

--- Returns the values a run sees: those given, checked, and defaults. Text
--- ("k=v" on the command line) is converted when `as_text`.
---@param declared table<string, table>
---@param given table<string, any>
---@param as_text? boolean
---@return table<string, any>
function params.resolve(declared, given, as_text)
	local values = {}

	for name in pairs(given) do
		if not declared[name] then
			local near = require("nearest")(tostring(name), declared)
			refuse("unknown parameter '%s'%s", name, near and
				(" (did you mean '%s'?)"):format(near) or "")
		end
	end
	for name, one in pairs(declared) do
		local value = given[name]
		if value ~= nil and as_text then
			value = convert[one.type](value, one)
			if value == nil then
				refuse("parameter '%s' wants a value of type %s,"
					.. " not '%s'", name, one.type,
					given[name])
			end
		end
		if value == nil then
			value = one.default
		else
			local why = wrong(one, value)
			if why then
				refuse("parameter '%s' %s, not %s", name, why,
					problem.describe(value))
			end
		end
		if value == nil and one.required then
			refuse("parameter '%s' is required", name)
		end
		values[name] = value
	end
	return values
end

return params
