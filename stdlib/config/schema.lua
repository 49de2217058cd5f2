--- JSON Schema 2020-12, without remote references: which values are wrong, by
--- path and keyword.

local json = require("json")
local keywords = require("config.schema_keywords")

local is_list = require("config.value").is_list

local schema = {}

---@class config.SchemaProblem
---@field path string[] the keys of the value
---@field keyword string
---@field message string

local MAX_DEPTH <const> = 200

--- Keywords that only say something to people, or are part of others.
local ANNOTATIONS <const> = { ["$schema"] = true, ["$id"] = true,
	["$anchor"] = true, ["$defs"] = true, ["$comment"] = true,
	["$vocabulary"] = true, definitions = true, title = true,
	description = true, default = true, examples = true, deprecated = true,
	readOnly = true, writeOnly = true, contentEncoding = true,
	contentMediaType = true, contentSchema = true }

local function fail(self, format, ...)
	error({ code = "invalid", message = ("%s: %s"):format(self.file,
		format:format(...)) }, 0)
end

local function unescape(part)
	return (part:gsub("%%(%x%x)", function(hex)
		return string.char(tonumber(hex, 16))
	end):gsub("~1", "/"):gsub("~0", "~"))
end

local function find_anchors(self, value)
	if type(value) ~= "table" then return end
	local anchor = value["$anchor"] or value["$dynamicAnchor"]
	if type(anchor) == "string" then self.anchors[anchor] = value end
	for _, inner in pairs(value) do find_anchors(self, inner) end
end

local function check_shape(self, part, path)
	require("config.schema_shape").check(part, path, self.shaped,
		function(...) fail(self, ...) end)
end

local function resolve(self, ref)
	if type(ref) ~= "string" or ref:sub(1, 1) ~= "#" then
		fail(self, "the reference '%s' is remote: only those that begin"
			.. " with # are read", tostring(ref))
	end
	local found = self.root
	if ref:find("^#[^/]") then
		found = self.anchors[ref:sub(2)]
	else
		for part in ref:gmatch("/([^/]*)") do
			if type(found) ~= "table" then break end
			part = unescape(part)
			local index = is_list(found)
				and math.tointeger(tonumber(part))
			found = found[index and index + 1 or part]
		end
	end
	if found == nil then fail(self, "there is no '%s'", ref) end
	check_shape(self, found, ref)
	return found
end

--- One check of a value: where it is, what went wrong, what was looked at.
local Check = {}
Check.__index = Check

function Check:report(keyword, format, ...)
	self.problems[#self.problems + 1] = { keyword = keyword,
		path = table.move(self.keys, 1, #self.keys, 1, {}),
		message = format:format(...) }
end

--- Judges an item or property.
function Check:inner(part, value, key)
	self.keys[#self.keys + 1] = tostring(key)
	local seen = self:judge(part, value)
	self.keys[#self.keys] = nil
	return seen
end

--- Whether the value fits, and what was looked at; nothing is reported.
function Check:fits(part, value)
	local former = self.problems

	self.problems = {}
	local seen = self:judge(part, value)
	local found = self.problems
	self.problems = former
	return #found == 0, seen, found
end

local function check_keyword(self, key)
	if ANNOTATIONS[key] or keywords.order[key] then return end
	local near = require("nearest")(key, keywords.names)
	if near then
		fail(self.schema, "unknown keyword '%s' (did you mean '%s'?)",
			key, near)
	end
end

--- Judges a value; returns which of its properties and items were looked at.
function Check:judge(part, value)
	local seen = { properties = {}, items = 0 }

	if part == true then return seen end
	if part == false then
		self:report("false", "nothing may be here")
		return seen
	end
	if type(part) ~= "table" or is_list(part) then
		fail(self.schema, "a schema is an object or a boolean, not %s",
			json.encode(part))
	end
	self.depth = self.depth + 1
	if self.depth > MAX_DEPTH then
		fail(self.schema, "references go round in circles or deeper"
			.. " than %d", MAX_DEPTH)
	end
	for key in pairs(part) do check_keyword(self, key) end
	for _, key in ipairs(keywords.names) do
		if part[key] ~= nil then
			keywords.rules[key](self, part[key], value, part, seen)
		end
	end
	self.depth = self.depth - 1
	return seen
end

function Check:resolve(ref)
	return resolve(self.schema, ref)
end

local Schema = {}
Schema.__index = Schema

--- Returns what is wrong with a value; an empty list: nothing.
---@param value any
---@return config.SchemaProblem[]
function Schema:check(value)
	local check = setmetatable({ schema = self, keys = {}, problems = {},
		depth = 0 }, Check)

	check:judge(self.root, value)
	return check.problems
end

--- Returns a schema that can check values.
---@param root any
---@param file? string how messages name it ["schema"]
function schema.compile(root, file)
	local self = setmetatable({ root = root, file = file or "schema",
		anchors = {}, shaped = {} }, Schema)

	check_shape(self, root, "#")
	find_anchors(self, root)
	return self
end

--- Reads a schema, in any format that has lists and mappings.
---@param path string
---@param shown? string
function schema.read(path, shown)
	return schema.compile(require("config.files").read(path, shown).value,
		shown or path)
end

return schema
