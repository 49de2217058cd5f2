--- A world for code under test: its time, programs, network and git are fakes.
---
--- Code runs in a world when the task that runs it, or one above it, was
--- started by `World:call`. The functions of the modules look for that, so
--- worlds may be side by side, and what is outside of them is as ever.

local clocks = require("testing.clock")
local task = require("task")

---@class testing.World
---@field clock testing.Clock
---@field processes testing.Processes
---@field http testing.Http
---@field git testing.Git
---@field env table<string, string|false>
---@field problems table[] what no code under test may hide
local World = {}
World.__index = World

local world = {}

--- Returns the world of the running task, nil outside of all.
---@return testing.World?
function world.current()
	return task.current() and task.context().testing_world or nil
end

--- Notes a problem that fails the test, whatever the code under test does with
--- the error that is raised for it.
function World:fail(format, ...)
	local problem = { code = "test", message = format:format(...) }

	self.problems[#self.problems + 1] = problem
	error(problem, 0)
end

--- What is under way stops as if the process had been killed.
function World:crash()
	self.crashed = true
end

--- Starts what other tasks want to be started beside them.
local function serve(self)
	while not (self.over and #self.waiting == 0) do
		self.wanted:wait()
		self.wanted:clear()
		for _, fn in ipairs(self.waiting) do
			task.spawn(fn):observe()
		end
		self.waiting = {}
	end
end

--- Has `fn` run in this world, by nobody in particular.
---@param fn async fun()
function World:start(fn)
	self.waiting[#self.waiting + 1] = fn
	self.wanted:set()
end

local function run(self, fn, ...)
	task.context().testing_world = self
	self.waiting, self.wanted, self.over = {}, task.event(), false
	task.spawn(serve, self)
	local _guard <close> = setmetatable({}, { __close = function()
		self.over = true
		self.wanted:set()
	end })
	return fn(...)
end

local function no_end(self)
	if #self.clock.entries > 0 then return false end
	self:fail("everything waits, and nothing that could end it is left")
end

--- Calls `fn` in this world; returns what it returns. Time goes on when all
--- tasks below it wait. Raises a problem that the world noted, if any.
---@async
---@param fn async fun(...): ...
---@param ... any
---@return any …
function World:call(fn, ...)
	local handle = task.spawn(run, self, fn, ...):observe()
	local driven, problem = pcall(self.clock.drive, self.clock, handle,
		self.stalled or function() return no_end(self) end)

	if not driven then handle:cancel() end
	local results = table.pack(pcall(handle.await, handle))
	if self.problems[1] then error(self.problems[1], 0) end
	if not driven then error(problem, 0) end
	if not results[1] then error(results[2], 0) end
	return table.unpack(results, 2, results.n)
end

local originals = {}

--- Puts `make(real)` in the place of each function of a module.
local function replace(module, names, make)
	for _, name in ipairs(names) do
		local real = module[name]
		if real then
			module[name] = make(name, real)
			originals[module[name]] = real
		end
	end
end

--- Returns the function of a module that a world has replaced.
---@param module string
---@param name string
---@return function
function world.real(module, name)
	local fn = require(module)[name]

	return originals[fn] or fn
end

local function install_time()
	local time = require("time")

	replace(time, { "now", "monotonic", "sleep" }, function(name, real)
		local method = ({ now = "now", monotonic = "gone",
			sleep = "sleep" })[name]
		return function(...)
			local at = world.current()
			if not at then return real(...) end
			return at.clock[method](at.clock, ...)
		end
	end)
	replace(task, { "timeout" }, function(_, real)
		return function(...)
			local at = world.current()
			if not at then return real(...) end
			return at.clock:timeout(...)
		end
	end)
end

local function install_os()
	local date, now, getenv = os.date, os.time, os.getenv

	os.time = function(parts) -- luacheck: ignore 122
		local at = world.current()
		if not at or parts then return now(parts) end
		return at.clock:now() // 1000
	end
	os.date = function(format, when) -- luacheck: ignore 122
		local at = world.current()
		return date(format or "%c", when
			or at and at.clock:now() // 1000 or nil)
	end
	os.getenv = function(name) -- luacheck: ignore 122
		local at = world.current()
		local value = at and at.env[name]
		if value == nil then return getenv(name) end
		return value or nil
	end
end

local function install_proc()
	local proc = require("proc")

	replace(proc, { "run", "spawn" }, function(name, real)
		return function(options)
			local at = world.current()
			if not at then return real(options) end
			return at.processes[name](at.processes, options, real)
		end
	end)
	-- Nothing in a world may guard, and so kill, the process of the tests.
	replace(proc, { "isolate" }, function(_, real)
		return function(...)
			if not world.current() then return real(...) end
			return "groups"
		end
	end)
end

local function all_names(module)
	local names = {}

	for name, value in pairs(module) do
		if type(value) == "function" then names[#names + 1] = name end
	end
	return names
end

local function install_module(name)
	local module = require(name)

	replace(module, all_names(module), function(key, real)
		return function(...)
			local at = world.current()
			local fake = at and at[name]
			if not fake then return real(...) end
			return fake:call(key, real, ...)
		end
	end)
end

--- What recipes get of a module may have been made before the world was.
local function forget_copies()
	local values = require("run.values")

	for name in pairs(values.modules) do values.modules[name] = nil end
end

local installed = false

local function install()
	if installed then return end
	installed = true
	install_time()
	install_os()
	install_proc()
	install_module("git")
	install_module("http")
	forget_copies()
end

---@class testing.WorldOptions
---@field at? integer|string when it begins [2026-01-01]
---@field processes? table|"real" see testing.processes [none may run]
---@field http? table|"real" see testing.http [none may be asked]
---@field git? table|"real" see testing.git ["real"]
---@field env? table<string, string|false> instead of our environment's

--- Returns a new world.
---@param options? testing.WorldOptions
---@return testing.World
function world.new(options)
	options = options or {}
	install()
	local self = setmetatable({ clock = clocks.new(options.at),
		env = options.env or {}, problems = {} }, World)

	self.processes = require("testing.processes")(self, options.processes)
	self.http = require("testing.http")(self, options.http)
	self.git = require("testing.git")(self, options.git)
	return self
end

return world
