--- A prompt's memory: its variables, and how a line is compiled and run.

local task = require("task")

local session = {}

--- What is there without `require`, loaded when it is first used: what recipes
--- may require, and what only people at a prompt want.
session.MODULES = { "record", "steplog",
	table.unpack((require("modules"))) }

---@class repl.Session
---@field env table
---@field paint terminal.Paint
---@field lines table<table, true> those whose tasks still run
local Session = {}
Session.__index = Session

local function is_missing(problem, name)
	return tostring(problem):find(("module '%s'"):format(name), 1, true)
end

--- The variables of a prompt: its own, then globals, then modules by name.
local function make_environment()
	local modules = {}

	for _, name in ipairs(session.MODULES) do modules[name] = true end
	local env = {}
	env._G = env
	return setmetatable(env, { __index = function(_, key)
		local value = rawget(_G, key)
		if value ~= nil or not modules[key] then return value end
		local ok, module = pcall(require, key)
		if ok then
			rawset(env, key, module)
			return module
		elseif not is_missing(module, key) then
			error(module, 0)
		end
	end })
end

---@param options { paint: terminal.Paint }
---@return repl.Session
function session.new(options)
	return setmetatable({ env = make_environment(), lines = {},
		paint = options.paint }, Session)
end

--- Compiles a text as an expression or as statements. Returns the function;
--- or nil and what is wrong, or nil, nil when more lines must follow.
---@param text string
---@return function? chunk
---@return string? problem
function Session:compile(text)
	local expression = text:gsub("^%s*=", "")
	local chunk = load("return " .. expression, "=prompt", "t", self.env)

	if chunk then return chunk end
	local problem
	chunk, problem = load(text, "=prompt", "t", self.env)
	if chunk then return chunk end
	if problem:find("near <eof>", 1, true)
		or problem:find("unfinished long", 1, true) then
		return nil
	end
	return nil, problem
end

local function with_traceback(problem)
	if type(problem) == "table" then
		if not problem.traceback then
			pcall(rawset, problem, "traceback",
				debug.traceback("", 2))
		end
		return problem
	end
	return { code = "script", message = tostring(problem),
		traceback = debug.traceback("", 2) }
end

--- The part of a traceback that is the user's own.
local function own_part(traceback)
	local lines = {}

	for line in (traceback or ""):gmatch("[^\n]+") do
		if line:find("[C]: in function 'xpcall'", 1, true)
			or line:find("repl/session", 1, true) then
			break
		end
		lines[#lines + 1] = line
	end
	return #lines > 1 and table.concat(lines, "\n") or nil
end

--- Prints what was raised, in colour, with the traceback.
---@param problem any
function Session:print_error(problem)
	local text = require("command.failure").text(problem)
	local trace = type(problem) == "table"
		and problem.code ~= "cancelled"
		and own_part(problem.traceback)

	io.stdout:write(self.paint("red", text), "\n")
	if trace then io.stdout:write(self.paint("dim", trace), "\n") end
	io.stdout:flush()
end

--- Prints results, and keeps the first as `_`.
function Session:print_results(results)
	local pretty = require("repl.pretty")

	for i = 1, results.n do
		io.stdout:write(pretty(results[i], self.paint), "\n")
	end
	if results.n > 0 then rawset(self.env, "_", results[1]) end
	io.stdout:flush()
end

--- Awaits a line's task to its end, tasks that it left running included.
local function watch(self, line)
	local ok, raised = pcall(line.body.await, line.body)

	self.lines[line] = nil
	if line.ended:is_set() and not ok and not line.stopped then
		self:print_error(raised)
	end
	line.problem = line.problem or not ok and raised or nil
	line.ended:set()
end

--- Starts a chunk as a task whose end, but for tasks that it spawned and does
--- not await, sets `ended`.
local function start(self, chunk)
	local line = { ended = task.event() }

	line.body = task.spawn(function()
		local packed = table.pack(xpcall(chunk, with_traceback))
		if packed[1] then
			line.results = table.pack(table.unpack(packed, 2,
				packed.n))
		else
			line.problem = packed[2]
		end
		line.ended:set()
	end):observe():preemptible()
	self.lines[line] = true
	task.spawn(watch, self, line):observe()
	return line
end

--- Runs a chunk as a task; Ctrl-C cancels that, not the prompt. What it spawned
--- goes on behind the prompt. Returns whether it ended well.
---@async
---@param chunk function
---@return boolean
function Session:run(chunk)
	local line = start(self, chunk)
	local keys = task.spawn(function()
		task.signal { "INT" }
		line.stopped = true
		line.body:cancel()
	end):observe()

	line.ended:wait()
	keys:cancel()
	pcall(keys.await, keys)
	if line.results then
		self:print_results(line.results)
		return true
	end
	self:print_error(line.problem
		or { code = "cancelled", message = "cancelled" })
	return false
end

--- Stops what earlier lines left running.
function Session:close()
	for line in pairs(self.lines) do
		line.stopped = true
		line.body:cancel()
	end
end

return session
