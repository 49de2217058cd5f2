--- Where recipes run: an environment of their own, without what could reach
--- past them. Text only; no globals; `require` finds the modules for recipes
--- and the files beside the recipe, nothing else.
---
--- It keeps recipes repeatable and the host in one piece; it is no wall against
--- their authors, because recipes run programs. So every variable of the
--- environment may be read, and programs run as the user of the runner.

local fs = require("fs")
local path = require("path")

local sandbox = {}

local SOURCE_MAX <const> = 1 << 20

--- The modules that recipes may have. `store` is read-only there.
local MODULES <const> = require("modules")

local BASE <const> = { "assert", "error", "getmetatable", "ipairs", "next",
	"pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset",
	"select", "setmetatable", "tonumber", "tostring", "type", "xpcall" }

local OS <const> = { "clock", "date", "difftime", "getenv", "time" }

-- A recipe must not change the functions that all strings share.
local shared = debug.getmetatable("")
if shared.__metatable == nil then shared.__metatable = false end

--- Returns " (did you mean 'x'?)", or "".
local function advice(name, known)
	local near = type(name) == "string" and require("nearest")(name, known)

	return near and (" (did you mean '%s'?)"):format(near) or ""
end

local function copy(source, names)
	local result = {}

	if names then
		for _, name in ipairs(names) do result[name] = source[name] end
	else
		for name, value in pairs(source) do result[name] = value end
	end
	return result
end

local function invalid(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

local function strict(env)
	local function names()
		local list = {}
		for name in next, env do
			if type(name) == "string" then list[#list + 1] = name end
		end
		return list
	end

	return setmetatable(env, {
		__metatable = false,
		__index = function(_, name)
			error(("there is no global '%s'%s"):format(
				tostring(name), advice(name, names())), 2)
		end,
		__newindex = function(_, name)
			error(("recipes have no globals: write 'local %s'")
				:format(tostring(name)), 2)
		end,
	})
end

--- The file that module `name` means in `dir`, or nil.
local function beside(dir, name)
	if not dir or not name:find("^[%w_%-]+[%w_%-%.]*$")
		or name:find("..", 1, true) then
		return nil
	end
	local base = path.join(dir, (name:gsub("%.", "/")))

	for _, file in ipairs { base .. ".lua", base .. "/init.lua" } do
		if fs.exists(file) then
			if not path.inside(fs.real(dir), fs.real(file)) then
				invalid("module '%s' leads out of '%s'", name, dir)
			end
			return file
		end
	end
end

--- What recipes may have of a native module.
local function native(name)
	local module = require(name)

	if name == "store" then return { query = module.query } end
	if name == "secret" then return { is_name = module.is_name } end
	module = copy(module)
	if name == "task" then module.limits = nil end
	return module
end

--- Runs the chunk of a module. In a coroutine, because there it cannot wait:
--- two tasks might require it at the same time.
local function run_module(chunk, name)
	local thread = coroutine.create(chunk)
	local ok, value = coroutine.resume(thread, name)

	if not ok then error(value, 0) end
	if coroutine.status(thread) ~= "dead" then
		invalid("module '%s' yields while it is loaded", name)
	end
	return value == nil or value
end

local function unknown_module(name, dir)
	invalid("no module '%s' for recipes%s%s", name,
		dir and " or in " .. dir or "", advice(name, MODULES))
end

local function is_native(name)
	for _, module in ipairs(MODULES) do
		if module == name then return true end
	end
end

local function make_require(env, options)
	local loaded, loading = {}, {}

	local function load_file(file, name)
		if loading[name] then
			invalid("module '%s' requires itself", name)
		end
		local _guard <close> = setmetatable({}, { __close = function()
			loading[name] = nil
		end })
		loading[name] = true
		return run_module(sandbox.compile(fs.read(file, SOURCE_MAX),
			"@" .. file, env), name)
	end

	local function find(name)
		local override = options.modules and options.modules[name]
		if override then return override end
		local file = beside(options.dir, name)
		if file then return load_file(file, name) end
		if not is_native(name) then unknown_module(name, options.dir) end
		return native(name)
	end

	return function(name)
		if type(name) ~= "string" then
			error("require needs the name of a module", 2)
		end
		if loaded[name] == nil then loaded[name] = find(name) end
		return loaded[name]
	end
end

--- setmetatable without finalizers: nothing could stop one that never ends.
local function set_metatable(object, metatable)
	if type(metatable) == "table" and rawget(metatable, "__gc") ~= nil then
		error("recipes have no finalizers (__gc): use <close>", 2)
	end
	return setmetatable(object, metatable)
end

--- What recipes lack of `os` says what to use instead.
local MISSING_OS <const> = { __index = function(_, name)
	error(("recipes have no os.%s: ctx:step and proc.run run programs, fs"
		.. " works with files"):format(tostring(name)), 2)
end, __metatable = false }

--- Returns a new environment for the code of one recipe.
---@param options? sandbox.Options
---@return table
function sandbox.environment(options)
	options = options or {}
	local env = copy(_G, BASE)

	env._VERSION = _VERSION
	env.string, env.table, env.utf8 = copy(string), copy(table), copy(utf8)
	env.math, env.coroutine = copy(math), copy(coroutine)
	env.string.dump = nil
	env.os = copy(os, OS)
	env.debug = { traceback = debug.traceback }
	env.setmetatable = set_metatable
	env.load = function(chunk, name, _, own)
		if type(chunk) ~= "string" then
			error("load needs a string of Lua text", 2)
		end
		return load(chunk, name or "=(load)", "t", own or env)
	end
	env.require = make_require(env, options)
	for name, value in pairs(options.globals or {}) do env[name] = value end
	setmetatable(env.os, MISSING_OS)
	env._G = env
	return strict(env)
end

--- What puts something in the place of a recipe's text, with the same lines:
--- the coverage of tests. It gets text, name of the chunk, and environment.
---@type nil|fun(text: string, name: string, env: table): string
sandbox.transform = nil

--- Returns Lua text as a function. What is no Lua is an error of code
--- "invalid" that names file and line.
---@param text string
---@param name string chunk name: "@recipe.lua"
---@param env table
---@return function
function sandbox.compile(text, name, env)
	if text:sub(1, 1) == "#" then text = "--" .. text end
	if sandbox.transform then text = sandbox.transform(text, name, env) end
	local chunk, problem = load(text, name, "t", env)

	if not chunk then invalid("%s", problem) end
	return chunk
end

---@class sandbox.Options
---@field dir? string where `require` looks for files (none: nowhere)
---@field modules? table<string, any> instead of the native ones
---@field globals? table<string, any> instead of, or beside, the usual ones

--- Returns what the recipe's file returns, and its environment.
---@param text string
---@param name string
---@param options? sandbox.Options
---@return any value
---@return table env
function sandbox.load(text, name, options)
	local env = sandbox.environment(options)

	return sandbox.compile(text, name, env)(), env
end

return sandbox
