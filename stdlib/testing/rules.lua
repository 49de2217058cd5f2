--- Rules: which fake answers a command or a request, and what comes next when
--- it answers several times.

local rules = {}

---@class testing.Rule
---@field shown string for people
---@field wants fun(subject: table): boolean
---@field reply any
---@field replies? any[] one after the other
---@field times? integer how often at most
---@field used integer
---@field weight integer the most exact one first

--- Returns the Lua pattern of a text in which `*` stands for anything.
---@param text string
---@return string
function rules.pattern(text)
	return "^" .. text:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0")
		:gsub("%*", ".*") .. "$"
end

local function by_text(text)
	local pattern = rules.pattern(text)

	return function(subject) return subject.text:find(pattern) ~= nil end,
		#text:gsub("%*", "")
end

local function by_match(match)
	if type(match) == "function" then return match end
	return function(subject) return subject.text:find(match) ~= nil end
end

local function fields_of(given)
	if type(given) ~= "table" then return { reply = given } end
	if given[1] ~= nil and given.match == nil then
		return { replies = given }
	end
	return given
end

--- Returns the rules that a table of fakes makes: `["make *"] = REPLY`, and in
--- its list part `{ match = PATTERN | fn, … }`. A list of replies is a
--- sequence.
---@param given table
---@return testing.Rule[]
function rules.read(given)
	local list = {}

	for key, value in pairs(given) do
		local fields = fields_of(value)
		local rule = { reply = fields.reply, replies = fields.replies,
			times = fields.times, used = 0, order = 0 }
		if rule.reply == nil then rule.reply = fields end
		if type(key) == "string" then
			rule.shown = key
			rule.wants, rule.weight = by_text(key)
		else
			rule.shown = type(fields.match) == "string"
				and "match " .. fields.match or "match (function)"
			rule.wants, rule.weight = by_match(fields.match), -1
			rule.order = key
		end
		list[#list + 1] = rule
	end
	table.sort(list, function(a, b)
		if a.weight ~= b.weight then return a.weight > b.weight end
		if a.order ~= b.order then return a.order < b.order end
		return a.shown < b.shown
	end)
	return list
end

local function is_left(rule)
	local most = rule.replies and #rule.replies or rule.times

	return not most or rule.used < most
end

--- Returns what the first rule that wants `subject` replies, and the rule; nil
--- when there is none, or all of them are used up.
---@param list testing.Rule[]
---@param subject table { text, … }
---@return any reply
---@return testing.Rule?
function rules.reply(list, subject)
	for _, rule in ipairs(list) do
		if is_left(rule) and rule.wants(subject) then
			rule.used = rule.used + 1
			local reply = rule.reply
			if rule.replies then reply = rule.replies[rule.used] end
			if type(reply) == "function" then
				reply = reply(subject)
			end
			return reply, rule
		end
	end
end

--- Returns lines that say what would have been answered, and the nearest.
---@param list testing.Rule[]
---@param subject { text: string }
---@return string
function rules.describe(list, subject)
	local out, names = {}, {}

	for i, rule in ipairs(list) do
		local most = rule.replies and #rule.replies or rule.times
		names[i] = rule.shown
		out[i] = ("  %s%s"):format(rule.shown, most and
			(" (used %d of %d times)"):format(rule.used, most) or "")
	end
	if #out == 0 then return "none is" end
	local near = require("nearest")(subject.text, names)
	return ("expected:\n%s%s"):format(table.concat(out, "\n"), near
		and ("\n(did you mean '%s'?)"):format(near) or "")
end

--- Returns the rules that were never asked.
---@param list testing.Rule[]
---@return string[]
function rules.unused(list)
	local out = {}

	for _, rule in ipairs(list) do
		if rule.used == 0 then out[#out + 1] = rule.shown end
	end
	return out
end

return rules
