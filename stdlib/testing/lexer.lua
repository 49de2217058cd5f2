--- The words of Lua text with their places: for the coverage of recipes.

local lexer = {}

---@class testing.Token
---@field kind "name"|"keyword"|"number"|"string"|"symbol"
---@field text string
---@field from integer
---@field to integer
---@field line integer

local KEYWORDS <const> = {}
for word in ([[and break do else elseif end false for function goto if in
	local nil not or repeat return then true until while]]):gmatch("%a+") do
	KEYWORDS[word] = true
end

--- Where a long bracket that opens at `at` ends, or nil if none opens there.
local function long_end(text, at)
	local level = text:match("^%[(=*)%[", at)

	if not level then return nil end
	local _, stop = text:find("]" .. level .. "]", at, true)
	return stop or #text
end

local function quoted_end(text, at)
	local quote, i = text:sub(at, at), at + 1

	while i <= #text do
		local c = text:sub(i, i)
		if c == "\\" then
			i = i + 1
		elseif c == quote then
			return i
		end
		i = i + 1
	end
	return #text
end

local SYMBOLS <const> = { "^%.%.%.", "^%.%.", "^::", "^//", "^[=~<>]=",
	"^<<", "^>>", "^." }

local function comment_end(text, at)
	return long_end(text, at + 2)
		or (text:find("\n", at, true) or #text + 1) - 1
end

--- Returns kind and last position of what is at `at`; kind nil: no word.
local function next_token(text, at)
	local c = text:sub(at, at)

	if c:find("%s") then
		return nil, select(2, text:find("^%s+", at))
	elseif text:find("^%-%-", at) then
		return nil, comment_end(text, at)
	elseif c:find("[%a_]") then
		local _, stop = text:find("^[%w_]+", at)
		return KEYWORDS[text:sub(at, stop)] and "keyword" or "name",
			stop
	elseif text:find("^%.?%d", at) then
		local hex = text:match("^0[xX][%x%.]*[pP]?[%+%-]?%x*()", at)
		return "number", (hex or text:match(
			"^[%d%.]+[eE]?[%+%-]?%d*()", at)) - 1
	elseif c == '"' or c == "'" then
		return "string", quoted_end(text, at)
	elseif c == "[" and long_end(text, at) then
		return "string", long_end(text, at)
	end
	for _, symbol in ipairs(SYMBOLS) do
		local _, stop = text:find(symbol, at)
		if stop then return "symbol", stop end
	end
end

--- Returns the words of a text that Lua can read.
---@param text string
---@return testing.Token[]
function lexer.tokens(text)
	local list, at, line = {}, 1, 1

	if text:sub(1, 1) == "#" then
		at = (text:find("\n", 1, true) or #text + 1)
	end
	while at <= #text do
		local kind, stop = next_token(text, at)
		if kind then
			list[#list + 1] = { kind = kind, from = at, to = stop,
				text = text:sub(at, stop), line = line }
		end
		for _ in text:sub(at, stop):gmatch("\n") do line = line + 1 end
		at = stop + 1
	end
	return list
end

return lexer
