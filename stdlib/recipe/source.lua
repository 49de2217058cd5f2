--- Where a key stands in a recipe's text: for errors with a line number.
--- Read only when there is an error to report.

local source = {}

local OPENERS <const> = { ["function"] = true, ["do"] = true, ["if"] = true,
	["repeat"] = true }
local CLOSERS <const> = { ["end"] = true, ["until"] = true }

--- Returns where a long bracket that opens at `at` ends, or nil if none does.
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
		elseif c == quote or c == "\n" then
			break
		end
		i = i + 1
	end
	return i
end

--- Returns kind ("name", "string", "space", or the character) and the last
--- position of the token at `at`.
local function token_at(text, at)
	local c = text:sub(at, at)

	if text:find("^%-%-", at) then
		local stop = long_end(text, at + 2)
			or (text:find("\n", at, true) or #text + 1) - 1
		return "space", stop
	elseif c:find("%s") then
		return "space", select(2, text:find("^%s+", at))
	elseif c:find("[%a_]") then
		return "name", select(2, text:find("^[%w_]+", at))
	elseif c:find("%d") then
		return "number", select(2, text:find("^[%w.]+", at))
	elseif c == '"' or c == "'" then
		return "string", quoted_end(text, at)
	elseif c == "[" and long_end(text, at) then
		return "string", long_end(text, at)
	end
	local two = text:match("^[=~<>]=", at)
	return two or c, two and at + 1 or at
end

local function count_lines(text, from, to)
	local lines = 0

	for _ in text:sub(from, to):gmatch("\n") do lines = lines + 1 end
	return lines
end

local function tokens(text)
	local list, at, line = {}, 1, 1

	while at <= #text do
		local kind, stop = token_at(text, at)
		if kind ~= "space" then
			local word = text:sub(at, stop)
			if kind == "string" then
				word = word:gsub("^['\"]", "")
					:gsub("['\"]$", "")
			end
			list[#list + 1] = { kind = kind, text = word,
				line = line }
		end
		line = line + count_lines(text, at, stop)
		at = stop + 1
	end
	return list
end

--- The key that is set by the token at `i`: "name =" or "['name'] =".
local function key_at(list, i)
	local first, second = list[i], list[i + 1]

	if first.kind == "name" and second and second.kind == "=" then
		return first.text
	end
	if first.kind == "[" and second and second.kind == "string"
		and list[i + 2] and list[i + 2].kind == "]"
		and list[i + 3] and list[i + 3].kind == "=" then
		return second.text
	end
end

local function note(found, top, key, line)
	local path = top.path == "" and tostring(key)
		or top.path .. "." .. tostring(key)

	found[#found + 1] = { path = path, key = tostring(key), line = line }
	top.key = path
end

--- A new value begins in a table: its key is named, or the next number.
local function begin_item(found, top, list, i)
	local key = key_at(list, i)

	if not key then
		top.count = top.count + 1
		key = top.count
	end
	note(found, top, key, list[i].line)
	top.fresh = false
end

local function step_into(stack, token)
	local top = stack[#stack]

	if token.kind == "{" then
		stack[#stack + 1] = { table = true, count = 0, fresh = true,
			path = top and top.key or "" }
	elseif token.kind == "(" or token.kind == "name"
		and OPENERS[token.text] then
		stack[#stack + 1] = { path = "" }
	elseif token.kind == "}" or token.kind == ")"
		or token.kind == "name" and CLOSERS[token.text] then
		stack[#stack] = nil
	elseif top and top.table and (token.kind == ","
		or token.kind == ";") then
		top.fresh = true
	end
end

--- Returns every key of every table constructor: { path, key, line }.
local function keys(text)
	local list, found, stack = tokens(text), {}, {}

	for i, token in ipairs(list) do
		local top = stack[#stack]
		if top and top.table and top.fresh and token.kind ~= "}"
			and token.kind ~= "," and token.kind ~= ";" then
			begin_item(found, top, list, i)
		end
		step_into(stack, token)
	end
	return found
end

--- Returns the line of the key at `path` ("on.push.branchs"): the constructor
--- that agrees with most of its end, the last one of equals (the returned
--- table comes last). Nil when the key is nowhere in the text.
---@param text string
---@param path string
---@return integer?
function source.line(text, path)
	local best, best_length
	local all = keys(text)

	while path ~= "" do
		for _, entry in ipairs(all) do
			if entry.path == path
				or entry.path:sub(-#path - 1) == "." .. path
				or path:sub(-#entry.path - 1)
					== "." .. entry.path then
				local length = math.min(#entry.path, #path)
				if not best or length >= best_length then
					best, best_length = entry.line, length
				end
			end
		end
		if best then return best end
		path = path:match("^(.*)%.[^.]*$") or ""
	end
end

return source
