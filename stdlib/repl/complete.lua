--- What Tab offers: modules, fields, and the names that :help knows.

local COMMANDS <const> = { ":help", ":quit" }

local function matching(candidates, word)
	local seen, list = {}, {}

	for _, name in ipairs(candidates) do
		if name:sub(1, #word) == word and not seen[name] then
			seen[name] = true
			list[#list + 1] = name
		end
	end
	table.sort(list)
	return list, #word
end

local function keys_of(value)
	local keys, depth = {}, 0

	while type(value) == "table" and depth < 5 do
		for key in next, value do
			if type(key) == "string"
				and key:find("^[%a_][%w_]*$") then
				keys[#keys + 1] = key
			end
		end
		local meta = getmetatable(value)
		value = type(meta) == "table" and rawget(meta, "__index")
		depth = depth + 1
	end
	return keys
end

--- What a name path stands for, without running what a user wrote.
local function resolve(env, path)
	local value = env

	for name in path:gmatch("[%a_][%w_]*") do
		if type(value) == "userdata" then
			local meta = getmetatable(value)
			value = type(meta) == "table"
				and rawget(meta, "__index") or nil
		end
		if type(value) ~= "table" then return nil end
		value = value == env and env[name] or rawget(value, name)
	end
	if type(value) == "userdata" or type(value) == "string" then
		local meta = getmetatable(value)
		return type(meta) == "table" and rawget(meta, "__index") or nil
	end
	return value
end

local function names_in(env)
	local list = keys_of(env)

	table.move(keys_of(_G), 1, #keys_of(_G), #list + 1, list)
	for _, name in ipairs(require("repl.session").MODULES) do
		list[#list + 1] = name
	end
	return list
end

local function modules()
	return require("repl.docs").modules()
end

--- Returns a function for edit.Options.complete over the variables of `env`.
---@param env table
---@return fun(before: string): string[], integer
return function(env)
	return function(before)
		local help = before:match("^%s*:help%s+(%S*)$")
		if help then return matching(require("repl.docs").names(), help) end
		local command = before:match("^%s*(:%a*)$")
		if command then return matching(COMMANDS, command) end
		local module = before:match("require%s*%(?%s*[\"']([%w_.]*)$")
		if module then return matching(modules(), module) end
		local path, field = before:match(
			"([%a_][%w_.]*)%s*[.:]%s*([%w_]*)$")
		if path then
			return matching(keys_of(resolve(env, path)), field)
		end
		return matching(names_in(env), before:match("[%a_][%w_]*$")
			or "")
	end
end
