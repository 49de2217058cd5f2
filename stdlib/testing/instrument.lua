--- Lua text that counts which of its statements and branches are executed. The
--- counters are put into the text, on the lines that are there, so that errors
--- name the same lines; nothing is slower when nobody counts.

local lexer = require("testing.lexer")

local instrument = {}

---@class testing.Counter
---@field kind "statement"|"branch"|"function"
---@field line integer
---@field what? string branch: "then", "else", "no else", "loop"
---@field owner? integer branch: line of its `if` or loop

--- Words after which a name cannot begin a statement.
local OPERATORS <const> = { ["and"] = true, ["or"] = true, ["not"] = true,
	["in"] = true, ["return"] = true, ["local"] = true, ["goto"] = true,
	["function"] = true, ["for"] = true, ["if"] = true,
	["elseif"] = true, ["while"] = true, ["until"] = true }

--- Words that begin a statement wherever one can begin.
local STARTERS <const> = { ["local"] = true, ["if"] = true, ["for"] = true,
	["while"] = true, ["repeat"] = true, ["return"] = true,
	["break"] = true, ["goto"] = true, ["do"] = true, ["function"] = true }

local OPENERS <const> = { ["then"] = true, ["do"] = true, ["else"] = true,
	["repeat"] = true }

--- Can a statement have ended with this word?
local function ends_value(token)
	if not token then return true end
	if token.kind == "keyword" then
		return token.text == "end" or token.text == "nil"
			or token.text == "true" or token.text == "false"
			or token.text == "break" or OPENERS[token.text] ~= nil
	end
	return token.kind ~= "symbol" or token.text == ")"
		or token.text == "]" or token.text == "}"
		or token.text == ";" or token.text == "..."
		or token.text == "::" or token.is_attribute == true
end

local State = {}
State.__index = State

function State:count(kind, line, what, owner)
	local counters = self.counters

	counters[#counters + 1] = { kind = kind, line = line, what = what,
		owner = owner }
	return #counters
end

--- Puts a counter behind (or in front of) a place of the text.
function State:insert(at, number, format)
	self.inserts[#self.inserts + 1] = { at = at, text =
		(format or " __covered(%d); "):format(number + self.offset) }
end

function State:top()
	return self.stack[#self.stack]
end

function State:push(kind, token, fields)
	local entry = fields or {}

	entry.kind, entry.line = kind, token.line
	self.stack[#self.stack + 1] = entry
end

function State:pop()
	self.stack[#self.stack] = nil
end

--- Are we where statements are, not inside of brackets?
function State:in_block()
	local top = self:top()

	return not top or top.kind ~= "bracket"
end

local function begins_statement(self, token, previous)
	if not self:in_block() or self.header then return false end
	if token.kind == "keyword" then
		return STARTERS[token.text] and ends_value(previous)
			and not (token.text == "function"
				and previous and previous.text == "local")
	end
	return token.kind == "name" and ends_value(previous)
		and not (previous and previous.kind == "keyword"
			and OPERATORS[previous.text])
end

local function on_statement(self, token)
	if token.is_label then return end
	self:insert(token.from - 1, self:count("statement", token.line))
end

local branches = {}

--- `if x then`, `elseif x then`
branches["then"] = function(self, token)
	local top = self:top()
	local line = self.condition or token.line

	self.header = nil
	self:insert(token.to, self:count("branch", line, "then",
		top and top.line or line))
end

branches["else"] = function(self, token)
	local top = self:top()

	top.has_else = true
	self:insert(token.to, self:count("branch", token.line, "else",
		top.line))
end

branches["elseif"] = function(self, token)
	self.header, self.condition = "if", token.line
end

branches["if"] = function(self, token)
	self:push("if", token)
	self.header, self.condition = "if", token.line
end

branches["for"] = function(self, token)
	self:push("loop", token)
	self.header = "loop"
end
branches["while"] = branches["for"]

branches["do"] = function(self, token)
	if self.header == "loop" then
		self.header = nil
		self:insert(token.to, self:count("branch", token.line, "loop",
			self:top().line))
	else
		self:push("do", token)
	end
end

branches["repeat"] = function(self, token)
	self:push("repeat", token)
end

branches["until"] = function(self)
	self:pop()
end

branches["function"] = function(self, token)
	self:push("function", token, { waits = true, header = self.header })
	self.header = nil
end

branches["end"] = function(self, token)
	local top = self:top()

	if top and top.kind == "if" and not top.has_else then
		self:insert(token.from - 1, self:count("branch", top.line,
			"no else", top.line), " else __covered(%d); ")
	end
	self:pop()
	if top and top.kind == "function" then self.header = top.header end
end

--- The body of a function begins behind the ")" of its parameters.
local function close_bracket(self, token)
	self:pop()
	local top = self:top()

	if token.text == ")" and top and top.waits then
		top.waits = nil
		self:insert(token.to, self:count("function", token.line))
		return true
	end
end

local function on_symbol(self, token)
	local text = token.text

	if text == "(" or text == "[" or text == "{" then
		self:push("bracket", token, { header = self.header })
		self.header = nil
	elseif text == ")" or text == "]" or text == "}" then
		self.header = self:top() and self:top().header
		return close_bracket(self, token)
	end
end

--- Marks what needs a second look: the names of labels, and the ">" that ends
--- an attribute ("local x <const>") and so perhaps a statement.
local function mark(tokens)
	for i, token in ipairs(tokens) do
		local before, last = tokens[i - 1], tokens[i - 2]
		if token.kind == "name" and before and before.text == "::" then
			token.is_label = true
		elseif token.text == ">" and last and last.text == "<"
			and (before.text == "const"
			or before.text == "close") then
			token.is_attribute = true
		end
	end
end

--- After `function` and its name no statement begins before its parameters.
local function waits_for_parameters(self)
	local top = self:top()

	return top and top.waits
end

local function walk(self, tokens)
	local previous

	for _, token in ipairs(tokens) do
		if not waits_for_parameters(self)
			and begins_statement(self, token, previous) then
			on_statement(self, token)
		end
		local body
		if token.kind == "keyword" and branches[token.text] then
			branches[token.text](self, token)
		elseif token.kind == "symbol" then
			body = on_symbol(self, token)
		end
		previous = not body and token
			or { kind = "symbol", text = ";", line = token.line }
	end
end

local function apply(text, inserts)
	local parts, at = {}, 1

	table.sort(inserts, function(a, b)
		if a.at ~= b.at then return a.at < b.at end
		return a.order < b.order
	end)
	for _, insert in ipairs(inserts) do
		parts[#parts + 1] = text:sub(at, insert.at)
		parts[#parts + 1] = insert.text
		at = insert.at + 1
	end
	parts[#parts + 1] = text:sub(at)
	return table.concat(parts)
end

--- Returns the text with calls of `__covered(N)`, and what each N counts.
---@param text string Lua that compiles
---@param offset? integer what is added to each N [0]
---@return string
---@return testing.Counter[]
function instrument.text(text, offset)
	local self = setmetatable({ counters = {}, inserts = {}, stack = {},
		offset = offset or 0 }, State)
	local tokens = lexer.tokens(text)

	mark(tokens)
	walk(self, tokens)
	for i, insert in ipairs(self.inserts) do insert.order = i end
	return apply(text, self.inserts), self.counters
end

return instrument
