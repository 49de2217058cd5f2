--- What a recipe finds out by itself, outside of its steps: the time, random
--- numbers, git, programs. Each is recorded where it was asked, and a replay
--- gets the same answer. Inside step functions everything is live.

local failure = require("run.failure")
local scopes = require("run.scope")

local values = {}

local function decode(row)
	if row.state ~= "passed" then error(failure.decode(row.error), 0) end
	local list = row.result and require("json").decode(row.result) or {}

	return table.unpack(list.values or {}, 1, list.count or 0)
end

local function record(run, scope, key, results)
	local id = run.db:step_start { run = run.id, name = key,
		kind = "value", parent = scope.parent }

	if not results[1] then
		run.db:step_finish(id, { state = "failed",
			error = failure.encode(failure.of(results[2]), run) })
		return
	end
	local list = require("json").array {}
	if run.mask then
		-- What is recorded must be what the recipe gets now.
		for i = 2, results.n do
			results[i] = require("run.masking").value(run,
				results[i])
		end
	end
	for i = 2, results.n do
		list[i - 1] = results[i] == nil and require("json").null
			or results[i]
	end
	local ok, text = pcall(require("json").encode, { values = list,
		count = results.n - 1 })
	if not ok then
		failure.raise("invalid", "%s gives a value that cannot be"
			.. " recorded: call it inside of a step's function", key)
	end
	run.db:step_finish(id, { state = "passed", result = text })
end

--- Returns what `fn` returned when it was first asked as `name` here.
---@async
---@param scope run.Scope
---@param name string
---@param fn function
function values.recorded(scope, name, fn, ...)
	local run = scope.run
	local key = scope:name(name)
	local row = run.journal[key]

	if row and row.state ~= "running" then
		run.journal[key] = nil
		return decode(row)
	end
	run.journal[key] = nil
	run:check_alive(scope)
	local results = table.pack(pcall(fn, ...))
	if run.parked or not results[1] and failure.is_cancel(results[2]) then
		error(results[2], 0)
	end
	record(run, scope, key, results)
	if not results[1] then error(results[2], 0) end
	return table.unpack(results, 2, results.n)
end

--- The scope in which calls are to be recorded, or nil.
function values.recording()
	local scope = scopes.current()

	return scope and scope.run and not scope.live and scope or nil
end

--- While a recipe is planned nothing is asked of the outside world.
function values.planned(name)
	local scope = scopes.current()

	return scope and scope.plan
		and require("run.placeholder").new(name) or nil
end

--- Returns `fn` with its answers recorded as those of `name`.
function values.wrap(name, fn)
	return function(...)
		local scope = values.recording()
		if not scope then return fn(...) end
		return values.recorded(scope, name, fn, ...)
	end
end

--- Returns a copy of `module` with the functions of `names` instead of its own.
function values.copy_with(module, names)
	local copy = {}

	for key, value in pairs(module) do copy[key] = value end
	for name, fn in pairs(names) do copy[name] = fn end
	return copy
end

--- The program's own log and what recipes print know no secrets.
function values.hidden(fn)
	return function(...)
		local scope = scopes.current()
		local run = scope and scope.run
		if not (run and run.mask) then return fn(...) end
		local args = table.pack(...)
		for i = 1, args.n do
			args[i] = require("run.masking").value(run,
				type(args[i]) == "table" and args[i]
				or args[i] ~= nil and tostring(args[i]) or nil)
		end
		return fn(table.unpack(args, 1, args.n))
	end
end

local function recorded_os(library)
	return values.copy_with(library, { time = function(parts)
		if parts then return library.time(parts) end
		local scope = values.recording()
		if not scope then return library.time() end
		return values.recorded(scope, "os.time", library.time)
	end, date = values.wrap("os.date", library.date),
		clock = values.wrap("os.clock", library.clock) })
end

local function recorded_math(library)
	return values.copy_with(library, { random = function(...)
		local scope = values.recording()
		if not scope then return library.random(...) end
		return require("run.random").number(scope, ...)
	end, randomseed = function(...)
		local scope = values.recording()
		if not scope then return library.randomseed(...) end
		require("run.random").seed(scope, ...)
	end })
end

--- The modules that recipes get instead of the native ones, by name.
values.modules = setmetatable({}, { __index = function(modules, name)
	local wrapper = require("run.wrappers")[name]
	if not wrapper then return nil end
	local module = wrapper(require(name))

	modules[name] = module
	return module
end })

--- Returns the libraries that recipes get instead of Lua's own.
---@return table<string, table>
function values.globals()
	local sandboxed = { clock = os.clock, date = os.date,
		difftime = os.difftime, getenv = os.getenv, time = os.time }

	return { os = recorded_os(sandboxed), math = recorded_math(math),
		print = values.hidden(print) }
end

return values
