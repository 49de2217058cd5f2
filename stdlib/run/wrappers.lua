--- The modules that recipes get instead of the native ones: what they find out
--- is recorded, what they do has the run's environment and directory, or
--- belongs into steps. By name, a function that gets the module.

local failure = require("run.failure")
local scopes = require("run.scope")
local values = require("run.values")

local copy_with = values.copy_with
local planned, recording = values.planned, values.recording
local wrap = values.wrap

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

function wrappers.log(module)
	local wrapped = {}

	for name, fn in pairs(module) do wrapped[name] = values.hidden(fn) end
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

--- Answers are recorded, without secrets; what is rendered holds them, and is
--- for steps.
function wrappers.config(module)
	local steps = in_steps_only("config", module, { "render" })
	local recorded = {}

	for _, name in ipairs { "values", "get", "explain" } do
		local fn = wrap("config." .. name, module[name])
		recorded[name] = function(...)
			return planned("config." .. name) or fn(...)
		end
	end
	return copy_with(steps, recorded)
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

return wrappers
