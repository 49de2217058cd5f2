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
local function recording()
	local scope = scopes.current()

	return scope and scope.run and not scope.live and scope or nil
end

--- While a recipe is planned nothing is asked of the outside world.
local function planned(name)
	local scope = scopes.current()

	return scope and scope.plan
		and require("run.placeholder").new(name) or nil
end

local function wrap(name, fn)
	return function(...)
		local scope = recording()
		if not scope then return fn(...) end
		return values.recorded(scope, name, fn, ...)
	end
end

--- Programs must not run while a recipe is loaded, and have the run's
--- environment and directory.
local function wrap_program(name, fn)
	return function(options)
		local scope = scopes.current()
		local run = scope and scope.run
		if planned(name) then return planned(name) end
		if not run then
			failure.raise("invalid", "a recipe must not run programs"
				.. " while it is loaded: %s", name)
		end
		if name == "proc.spawn" and not scope.live then
			failure.raise("invalid", "proc.spawn outside of a"
				.. " step cannot be recorded: use it in a"
				.. " step's function, or proc.run")
		end
		if type(options) == "table" then
			options = run:program_options(options)
		end
		if scope.live then return fn(options) end
		return values.recorded(scope, name, fn, options)
	end
end

--- A repository whose answers are recorded; it is opened when it is needed.
local function recorded_repo(open, first)
	local repo = first

	return setmetatable({}, { __index = function(_, key)
		repo = repo or open()
		local member = repo[key]
		if type(member) ~= "function" then return member end
		return wrap("git:" .. key, function(_, ...)
			return member(repo, ...)
		end)
	end })
end

local function wrap_git(git)
	local wrapped = {}

	for name, fn in pairs(git) do
		local recorded = wrap("git." .. name, fn)
		wrapped[name] = function(...)
			return planned("git." .. name) or recorded(...)
		end
	end
	-- A handle is of this process: there is nothing to record.
	wrapped.progress = function()
		return planned("git.progress") or git.progress()
	end
	-- Which argument is the repository's directory.
	for name, at in pairs { open = 1, init = 1, clone = 2, mirror = 2 } do
		wrapped[name] = function(...)
			local scope, args = recording(), table.pack(...)
			if planned("git." .. name) then
				return planned("git." .. name)
			end
			local function open()
				return git[name](table.unpack(args, 1, args.n))
			end
			if not scope then return open() end
			if name == "open" then args[1] = args[1] or "." end
			if type(args[at]) == "string" then
				args[at] = scope.run:path(args[at])
			end
			args.n = math.max(args.n, at)
			if name == "open" then return recorded_repo(open) end
			values.recorded(scope, "git." .. name, function()
				open()
			end)
			return recorded_repo(function()
				return git.open(args[at])
			end)
		end
	end
	return wrapped
end

local function copy_with(module, names)
	local copy = {}

	for key, value in pairs(module) do copy[key] = value end
	for name, fn in pairs(names) do copy[name] = fn end
	return copy
end

local function sleep(module)
	return function(delay)
		local scope = recording()
		if planned("sleep") then return end
		if not scope then return module.sleep(delay) end
		return require("run.waits").sleep(scope.run, delay)
	end
end

local wrappers = {}

function wrappers.time(module)
	return copy_with(module, { now = wrap("time.now", module.now),
		monotonic = wrap("time.monotonic", module.monotonic),
		sleep = sleep(module) })
end

function wrappers.proc(module)
	return copy_with(module, {
		run = wrap_program("proc.run", module.run),
		spawn = wrap_program("proc.spawn", module.spawn) })
end

wrappers.git = wrap_git

function wrappers.http(module)
	return require("run.http")(module)
end

--- Never recorded: a replay asks again.
function wrappers.secret()
	return { get = function(name)
		local scope = scopes.current()
		if planned("secret.get") then return planned("secret.get") end
		if not (scope and scope.run) then
			failure.raise("invalid", "a recipe must not read"
				.. " secrets while it is loaded")
		end
		local value = require("secrets").get(scope.run.db, name)
		require("run.masking").learn(scope.run, { value })
		return value
	end }
end

--- The program's own log and what recipes print know no secrets.
local function hidden(fn)
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

function wrappers.log(module)
	local wrapped = {}

	for name, fn in pairs(module) do wrapped[name] = hidden(fn) end
	wrapped.level = module.level
	return wrapped
end

--- What happens on other machines belongs into steps: it must not happen again
--- in a replay, and deserves a name.
local function in_steps_only(prefix, module, names)
	local wrapped = {}

	for _, name in ipairs(names) do
		wrapped[name] = function(...)
			local scope = scopes.current()
			if scope and scope.live then
				return module[name](...)
			end
			failure.raise("invalid", "%s.%s is for the functions of"
				.. " steps: ctx:step(\"NAME\", function() … end)",
				prefix, name)
		end
	end
	return copy_with(module, wrapped)
end

function wrappers.ssh(module)
	return in_steps_only("ssh", module.using(values.modules.proc),
		{ "open", "run", "each" })
end

function wrappers.mail(module)
	return in_steps_only("mail", module, { "send" })
end

--- A task's context is the runner's; recipes have a table of their own in it.
function wrappers.task(module)
	return copy_with(module, { context = function()
		local context = module.context()
		local own = rawget(context, "own")
		if not own then
			own = setmetatable({}, { __index = context.own })
			context.own = own
		end
		return own
	end, sleep = sleep(module) })
end

function wrappers.os(library)
	return copy_with(library, { time = function(parts)
		if parts then return library.time(parts) end
		local scope = recording()
		if not scope then return library.time() end
		return values.recorded(scope, "os.time", library.time)
	end, date = wrap("os.date", library.date),
		clock = wrap("os.clock", library.clock) })
end

function wrappers.math(library)
	return copy_with(library, { random = function(...)
		local scope = recording()
		if not scope then return library.random(...) end
		return require("run.random").number(scope, ...)
	end, randomseed = function(...)
		local scope = recording()
		if not scope then return library.randomseed(...) end
		require("run.random").seed(scope, ...)
	end })
end

--- The modules that recipes get instead of the native ones, by name.
values.modules = setmetatable({}, { __index = function(modules, name)
	if not wrappers[name] or name == "os" or name == "math" then
		return nil
	end
	local module = wrappers[name](require(name))

	modules[name] = module
	return module
end })

--- Returns the libraries that recipes get instead of Lua's own.
---@return table<string, table>
function values.globals()
	local sandboxed = { clock = os.clock, date = os.date,
		difftime = os.difftime, getenv = os.getenv, time = os.time }

	return { os = wrappers.os(sandboxed), math = wrappers.math(math),
		print = hidden(print) }
end

return values
