--- The keywords of JSON Schema 2020-12, each a function that reports to the
--- check what is wrong: rules[keyword](check, argument, value, schema, seen).

local formats = require("config.schema_formats")
local json = require("json")
local values = require("config.value")

local keywords = { rules = {}, order = {} }
local rules = keywords.rules
local is_list, is_map, same = values.is_list, values.is_map, values.same

--- In the order in which they are tried; those that ask what the others looked
--- at are last.
keywords.names = { "$ref", "$dynamicRef", "$dynamicAnchor", "type", "enum",
	"const", "multipleOf", "minimum", "maximum", "exclusiveMinimum",
	"exclusiveMaximum", "minLength", "maxLength", "pattern", "format",
	"minItems", "maxItems", "uniqueItems", "prefixItems", "items",
	"contains", "minContains", "maxContains", "minProperties",
	"maxProperties", "required", "properties", "patternProperties",
	"additionalProperties", "propertyNames", "dependentRequired",
	"dependentSchemas", "allOf", "anyOf", "oneOf", "not", "if", "then",
	"else", "unevaluatedItems", "unevaluatedProperties" }
for i, name in ipairs(keywords.names) do keywords.order[name] = i end

local function kind(value)
	if value == json.null then return "null" end
	if type(value) == "table" then
		return is_list(value) and "array" or "object"
	end
	return math.type(value) and (value % 1 == 0 and "integer" or "number")
		or type(value)
end

local function show(value)
	local text = json.encode(value)

	return #text > 60 and text:sub(1, 57) .. "..." or text
end

local function count(map)
	local result = 0

	for _ in pairs(map) do result = result + 1 end
	return result
end

local function take(seen, more)
	for key in pairs(more.properties) do seen.properties[key] = true end
	seen.items = math.max(seen.items, more.items)
end

local function refer(check, ref, value, _, seen)
	take(seen, check:judge(check:resolve(ref), value))
end
rules["$ref"], rules["$dynamicRef"] = refer, refer
rules["$dynamicAnchor"] = function() end

function rules.type(check, wanted, value)
	local list = is_list(wanted) and wanted or { wanted }
	local is = kind(value)

	for _, name in ipairs(list) do
		if name == is or name == "number" and is == "integer" then
			return
		end
	end
	check:report("type", "%s is %s %s, expected %s", show(value),
		is:find("^[aio]") and "an" or "a", is,
		table.concat(list, " or "))
end

function rules.enum(check, list, value)
	local shown = {}

	for i, one in ipairs(list) do
		if same(one, value) then return end
		shown[i] = show(one)
	end
	check:report("enum", "%s is none of %s", show(value),
		table.concat(shown, ", "))
end

function rules.const(check, wanted, value)
	if not same(wanted, value) then
		check:report("const", "%s is not %s", show(value), show(wanted))
	end
end

local function number_rule(name, fits, words)
	rules[name] = function(check, limit, value)
		if math.type(value) and not fits(value, limit) then
			check:report(name, "%s is %s %s", show(value), words,
				show(limit))
		end
	end
end
number_rule("minimum", function(a, b) return a >= b end, "less than")
number_rule("maximum", function(a, b) return a <= b end, "more than")
number_rule("exclusiveMinimum", function(a, b) return a > b end,
	"not more than")
number_rule("exclusiveMaximum", function(a, b) return a < b end,
	"not less than")
number_rule("multipleOf", function(a, b)
	local quotient = a / b
	return a % b == 0 or math.abs(quotient - math.floor(quotient + 0.5))
		<= 1e-12 * math.abs(quotient)
end, "no multiple of")

local function size_rule(name, size, fits, words)
	rules[name] = function(check, limit, value)
		local is = size(value)
		if is and not fits(is, limit) then
			check:report(name, "%s has %d %s %d", show(value), is,
				words, limit)
		end
	end
end
local function at_least(a, b) return a >= b end
local function at_most(a, b) return a <= b end
local function length(value)
	return type(value) == "string" and (utf8.len(value) or #value) or nil
end
local function items(value) return is_list(value) and #value or nil end
local function properties(value)
	return is_map(value) and count(value) or nil
end
size_rule("minLength", length, at_least, "characters, less than")
size_rule("maxLength", length, at_most, "characters, more than")
size_rule("minItems", items, at_least, "items, less than")
size_rule("maxItems", items, at_most, "items, more than")
size_rule("minProperties", properties, at_least, "keys, less than")
size_rule("maxProperties", properties, at_most, "keys, more than")

function rules.pattern(check, pattern, value)
	if type(value) == "string" and not formats.matches(value, pattern) then
		check:report("pattern", "%s does not match %s", show(value),
			pattern)
	end
end

function rules.format(check, name, value)
	if type(value) == "string" and formats.known[name]
		and not formats.known[name](value) then
		check:report("format", "%s is no %s", show(value), name)
	end
end

function rules.uniqueItems(check, wanted, value)
	if not wanted or not is_list(value) then return end
	local scalars = {}

	for i, item in ipairs(value) do
		local former = scalars[item]
		for j = 1, type(item) == "table" and i - 1 or 0 do
			if same(value[j], item) then former = j end
		end
		if former then
			check:report("uniqueItems", "%s is there twice",
				show(item))
			return
		end
		scalars[item] = i
	end
end

function rules.prefixItems(check, list, value, _, seen)
	if not is_list(value) then return end
	for i = 1, math.min(#list, #value) do
		check:inner(list[i], value[i], i - 1)
	end
	seen.items = math.max(seen.items, math.min(#list, #value))
end

function rules.items(check, part, value, whole, seen)
	if not is_list(value) then return end
	for i = #(whole.prefixItems or {}) + 1, #value do
		check:inner(part, value[i], i - 1)
	end
	seen.items = #value
end

function rules.contains(check, part, value, whole)
	if not is_list(value) then return end
	local found = 0

	for _, item in ipairs(value) do
		if check:fits(part, item) then found = found + 1 end
	end
	local least, most = whole.minContains or 1, whole.maxContains
	if found < least or most and found > most then
		check:report("contains", "%d of its items %s, expected %s %d",
			found, found == 1 and "fits" or "fit", found < least
			and "at least" or "at most", found < least and least
			or most)
	end
end
rules.minContains = function() end
rules.maxContains = rules.minContains

function rules.required(check, names, value)
	if not is_map(value) then return end
	for _, name in ipairs(names) do
		if value[name] == nil then
			check:report("required", "'%s' is missing", name)
		end
	end
end

function rules.properties(check, parts, value, _, seen)
	if not is_map(value) then return end
	for name, part in pairs(parts) do
		if value[name] ~= nil then
			check:inner(part, value[name], name)
			seen.properties[name] = true
		end
	end
end

function rules.patternProperties(check, parts, value, _, seen)
	if not is_map(value) then return end
	for pattern, part in pairs(parts) do
		for key, item in pairs(value) do
			if formats.matches(tostring(key), pattern) then
				check:inner(part, item, key)
				seen.properties[key] = true
			end
		end
	end
end

local function is_named(whole, key)
	if (whole.properties or {})[key] ~= nil then return true end
	for pattern in pairs(whole.patternProperties or {}) do
		if formats.matches(tostring(key), pattern) then return true end
	end
	return false
end

local function known_names(whole)
	local names = {}

	for name in pairs(whole.properties or {}) do names[#names + 1] = name end
	return names
end

local function unexpected(check, keyword, key, whole)
	local near = require("nearest")(tostring(key), known_names(whole))

	check:report(keyword, "unknown key '%s'%s", key, near
		and (" (did you mean '%s'?)"):format(near) or "")
end

function rules.additionalProperties(check, part, value, whole, seen)
	if not is_map(value) then return end
	for key, item in pairs(value) do
		if not is_named(whole, key) then
			seen.properties[key] = true
			if part == false then
				unexpected(check, "additionalProperties", key,
					whole)
			else
				check:inner(part, item, key)
			end
		end
	end
end

function rules.propertyNames(check, part, value)
	if not is_map(value) then return end
	for key in pairs(value) do check:inner(part, tostring(key), key) end
end

function rules.dependentRequired(check, needs, value)
	if not is_map(value) then return end
	for key, names in pairs(needs) do
		for _, name in ipairs(value[key] ~= nil and names or {}) do
			if value[name] == nil then
				check:report("dependentRequired", "'%s' is"
					.. " missing: '%s' needs it", name, key)
			end
		end
	end
end

function rules.dependentSchemas(check, parts, value, _, seen)
	if not is_map(value) then return end
	for key, part in pairs(parts) do
		if value[key] ~= nil then take(seen, check:judge(part, value)) end
	end
end

function rules.allOf(check, parts, value, _, seen)
	for _, part in ipairs(parts) do take(seen, check:judge(part, value)) end
end

--- How many of several schemas fit; reports when none does.
local function count_fitting(check, keyword, parts, value, seen)
	local fitting, best = 0, nil

	for _, part in ipairs(parts) do
		local ok, looked, problems = check:fits(part, value)
		if ok then
			fitting = fitting + 1
			take(seen, looked)
		elseif not best or #problems < #best then
			best = problems
		end
	end
	if fitting == 0 then
		check:report(keyword, "it fits none of %d schemas; the nearest"
			.. " says: %s", #parts, best and best[1].message or "-")
	end
	return fitting
end

function rules.anyOf(check, parts, value, _, seen)
	count_fitting(check, "anyOf", parts, value, seen)
end

function rules.oneOf(check, parts, value, _, seen)
	local fitting = count_fitting(check, "oneOf", parts, value, seen)

	if fitting > 1 then
		check:report("oneOf", "it fits %d of the schemas, expected one",
			fitting)
	end
end

rules["not"] = function(check, part, value)
	if check:fits(part, value) then
		check:report("not", "%s is not allowed", show(value))
	end
end

rules["if"] = function(check, part, value, whole, seen)
	local ok, looked = check:fits(part, value)
	local next_part = whole["else"]

	if ok then
		take(seen, looked)
		next_part = whole["then"]
	end
	if next_part ~= nil then take(seen, check:judge(next_part, value)) end
end
rules["then"] = function() end
rules["else"] = rules["then"]

function rules.unevaluatedItems(check, part, value, _, seen)
	if not is_list(value) then return end
	for i = seen.items + 1, #value do check:inner(part, value[i], i - 1) end
	seen.items = #value
end

function rules.unevaluatedProperties(check, part, value, whole, seen)
	if not is_map(value) then return end
	for key, item in pairs(value) do
		if not seen.properties[key] then
			seen.properties[key] = true
			if part == false then
				unexpected(check, "unevaluatedProperties", key,
					whole)
			else
				check:inner(part, item, key)
			end
		end
	end
end

return keywords
