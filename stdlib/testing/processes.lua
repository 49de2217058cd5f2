--- Programs that are not run: what they print and how they end is said by the
--- test.

local rules = require("testing.rules")
local task = require("task")

---@class testing.Reply
---@field status? integer [0]
---@field signal? string "KILL": a signal ended it
---@field stdout? string
---@field stderr? string
---@field duration? integer|string of virtual time [0]
---@field outputs? table<string, any> written to $TIDEMILL_OUTPUT
---@field files? table<string, string> written below its directory
---@field missing? boolean there is no such program
---@field real? boolean run it

---@class testing.Command
---@field text string the shell's line, or the words with spaces between
---@field argv? string[]
---@field shell? string
---@field cwd? string
---@field env table<string, string|false>
---@field stdin? string
---@field at integer when it was started
---@field status? integer

---@class testing.Processes
---@field world testing.World
---@field rules? testing.Rule[] nil: everything is real
---@field calls testing.Command[]
local Processes = {}
Processes.__index = Processes

local SIGNALS <const> = { HUP = 1, INT = 2, QUIT = 3, ILL = 4, ABRT = 6,
	FPE = 8, KILL = 9, USR1 = 10, SEGV = 11, USR2 = 12, PIPE = 13,
	ALRM = 14, TERM = 15 }

local function command_of(self, options)
	local argv = #options > 0 and { table.unpack(options) } or nil

	return { text = options.shell or table.concat(argv or {}, " "),
		argv = argv, shell = options.shell, cwd = options.cwd,
		env = options.env or {}, stdin = options.stdin,
		at = self.world.clock:now() }
end

local REPLY <const> = { "status", "signal", "stdout", "stderr", "duration",
	"outputs", "files", "missing", "real", "match", "times", "reply" }

--- Gives every form of a reply its full one.
local function read_reply(self, reply, rule)
	if reply == nil or reply == true then return {} end
	if type(reply) == "string" then return { stdout = reply } end
	if type(reply) == "number" then return { status = reply } end
	if type(reply) ~= "table" then
		self.world:fail("the fake of '%s' replies %s: it wants a text,"
			.. " a status or a table", rule.shown, tostring(reply))
	end
	for key in pairs(reply) do
		local known = false
		for _, name in ipairs(REPLY) do known = known or name == key end
		if not known then
			local near = type(key) == "string"
				and require("nearest")(key, REPLY)
			self.world:fail("the fake of '%s' has an unknown key"
				.. " '%s'%s", rule.shown, tostring(key), near
				and (" (did you mean '%s'?)"):format(near) or "")
		end
	end
	if reply.signal and not SIGNALS[reply.signal] then
		self.world:fail("the fake of '%s' names an unknown signal '%s'",
			rule.shown, tostring(reply.signal))
	end
	return reply
end

local function unexpected(self, command)
	self.world:fail("unexpected command: %s\n%s\nFake it with processes ="
		.. " { [%q] = \"what it prints\" }, or run it with processes ="
		.. " \"real\".", command.text, rules.describe(self.rules,
		command), command.text)
end

--- The time until it ends, and why it does not end by itself.
local function ending(reply, options)
	local time = require("time")
	local duration = time.duration(reply.duration or 0)
	local total = options.timeout and time.duration(options.timeout)
	local silent = options.silent_after
		and time.duration(options.silent_after)

	if total and duration > total and (not silent or total <= silent) then
		return total, "total"
	elseif silent and duration > silent then
		return silent, "silent"
	end
	return duration
end

local function write_files(command, reply)
	local fs, path = require("fs"), require("path")

	for name, text in pairs(reply.files or {}) do
		local file = path.join(command.cwd or ".", name)
		fs.mkdir(path.dir(file))
		fs.write(file, text)
	end
	local output = command.env.TIDEMILL_OUTPUT
	if reply.outputs and output then
		local lines = {}
		for name, value in pairs(reply.outputs) do
			lines[#lines + 1] = ("%s=%s\n"):format(name,
				tostring(value))
		end
		table.sort(lines)
		fs.write(output, table.concat(lines))
	end
end

local function print_to(result, reply, options)
	local out, err = reply.stdout or "", reply.stderr or ""
	local log = options.log

	if log then
		if out ~= "" then log:write(out, "stdout") end
		if err ~= "" then log:write(err, "stderr") end
		return
	end
	if options.stderr == "merge" then out, err = out .. err, "" end
	if (options.stdout or "capture") == "capture" then
		result.stdout = out
	end
	if (options.stderr or "capture") == "capture" then
		result.stderr = err
	end
end

local function result_of(command, reply, options, why, took)
	local signal = why and "TERM" or reply.signal
	local result = { status = signal and 128 + SIGNALS[signal]
		or reply.status or 0, signal = signal, timed_out = why,
		truncated = false, wall = took, cpu_user = 0, cpu_system = 0,
		max_rss = 0, read_bytes = 0, write_bytes = 0, lingered = false }

	print_to(result, reply, options)
	command.status, command.signal = result.status, result.signal
	return result
end

local function raise(command, result)
	local name = command.shell or command.argv[1]
	local why = ("'%s' exited with %d"):format(name, result.status)

	if result.timed_out == "total" then
		why = ("'%s' ran out of time"):format(name)
	elseif result.timed_out then
		why = ("'%s' printed nothing for too long"):format(name)
	elseif result.signal then
		why = ("'%s' was ended by signal %s"):format(name,
			result.signal)
	end
	result.code = result.timed_out and "timeout" or "exit"
	result.message = why
	error(result, 0)
end

--- A runner that was killed gets no answer any more.
local function check_crash(self)
	if self.world.crashed then task.event():wait() end
end

--- Returns the reply to a command, and the command as it is remembered; nil
--- when it is to be run.
local function ask(self, options)
	local command = command_of(self, options)

	check_crash(self)
	if not self.rules then
		self.calls[#self.calls + 1] = command
		return nil, command
	end
	-- With it the runner looks whether programs can still be started.
	if command.text == "/bin/true" then return {}, command end
	local reply, rule = rules.reply(self.rules, self.fixture
		and self.fixture:subject(command, self.world) or command)
	if not rule then unexpected(self, command) end
	self.calls[#self.calls + 1] = command
	reply = read_reply(self, reply, rule)
	if reply.real then return nil, command end
	if reply.missing then
		error({ code = "not_found", message = ("there is no program"
			.. " '%s'"):format(command.argv and command.argv[1]
			or command.text) }, 0)
	end
	return reply, command
end

--- Implements proc.run.
---@async
---@param options table
---@param real async fun(options: table): table
---@return table
function Processes:run(options, real)
	local reply, command = ask(self, options)

	if not reply then
		local run = self.fixture and function(given)
			return self.fixture:run(command, given, real,
				self.world)
		end or real
		local result = run(options)
		command.status, command.signal = result.status, result.signal
		return result
	end
	local took, why = ending(reply, options)
	if took > 0 then self.world.clock:sleep(took) end
	check_crash(self)
	if not why then write_files(command, reply) end
	local result = result_of(command, reply, options, why, took)
	if options.check ~= false and result.status ~= 0 then
		raise(command, result)
	end
	return result
end

--- Implements proc.spawn.
---@param options table
---@param real fun(options: table): table
---@return table
function Processes:spawn(options, real)
	if self.on_spawn and self.on_spawn(options) then
		return { pid = require("proc").pid() }
	end
	local reply, command = ask(self, options)
	if not reply then return real(options) end
	return require("testing.handle")(self.world, command, reply,
		function(why, took)
			write_files(command, reply)
			return result_of(command, reply, { stdout = "null",
				stderr = "null" }, why, took)
		end)
end

--- Returns the fakes that were never asked.
---@return string[]
function Processes:unused()
	return self.rules and rules.unused(self.rules) or {}
end

--- Returns the fakes of a world's programs.
---@param world testing.World
---@param given? table|"real" rules [none: every program is unexpected]
---@param calls? testing.Command[] where to go on
---@return testing.Processes
return function(world, given, calls)
	local self = setmetatable({ world = world, calls = calls or {} },
		Processes)

	if type(given) == "table" and given.is_fixture then
		self.fixture = given
		self.rules = given:rules()
	elseif given ~= "real" then
		self.rules = rules.read(given or {})
	end
	return self
end
