--- One connection to a host: a master `ssh` that stays, and others that share
--- it (ControlMaster in ssh_config(5)). It ends with the handle.

local connection = {}

---@class ssh.Options
---@field user? string
---@field port? integer
---@field identity? string file of a private key
---@field known_hosts? string file of the hosts' keys [~/.ssh/known_hosts]
---@field config? string file instead of ~/.ssh/config
---@field jump? string host to go through
---@field connect_timeout? integer|string ["10s"]
---@field options? table<string, string> any of ssh_config(5)
---@field program? string ["ssh"]; scp is looked for beside it

---@class ssh.RunOptions
---@field cwd? string directory on the host
---@field env? table<string, string> variables of the command
---@field stdin? string bytes it reads
---@field timeout? integer|string total time
---@field check? boolean raise when its status is not 0 [true]
---@field max? integer captured bytes a stream [1 MiB]

---@class ssh.Connection
---@field host string
local Connection = {}
Connection.__index = Connection

local KNOWN <const> = { "user", "port", "identity", "known_hosts", "config",
	"jump", "connect_timeout", "options", "program" }

local RUN_KNOWN <const> = { "cwd", "env", "stdin", "timeout", "check", "max" }

--- The last of them is what ssh says when it gives up.
local LINES_KEPT <const> = 20

local function fail(code, format, ...)
	error({ code = code, message = format:format(...) }, 0)
end

local function check_keys(given, known, what)
	for key in pairs(given) do
		local found = false
		for _, name in ipairs(known) do found = found or name == key end
		if not found then
			local near = type(key) == "string"
				and require("nearest")(key, known)
			fail("invalid", "unknown option '%s' of %s%s",
				tostring(key), what, near
				and (" (did you mean '%s'?)"):format(near)
				or "")
		end
	end
end

--- A word that a POSIX shell takes as it is.
---@param word string
---@return string
function connection.quote(word)
	if word:find("^[%w@%%+=:,./_-]+$") then return word end
	return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function quoted(words)
	local list = {}

	for i, word in ipairs(words) do
		list[i] = connection.quote(tostring(word))
	end
	return table.concat(list, " ")
end

--- What all programs of a connection are told. Nothing ever asks a question.
local function common_words(options, directory)
	local time = require("time")
	local words = { "-o", "BatchMode=yes", "-o",
		"ControlPath=" .. directory .. "/socket", "-o",
		("ConnectTimeout=%d"):format(math.max(1, time.duration(
			options.connect_timeout or "10s") // 1000)) }

	local function add(name, value)
		if value == nil then return end
		table.insert(words, "-o")
		table.insert(words, ("%s=%s"):format(name, value))
	end
	if options.config then
		table.insert(words, "-F")
		table.insert(words, options.config)
	end
	add("User", options.user)
	add("Port", options.port)
	add("IdentityFile", options.identity)
	add("IdentitiesOnly", options.identity and "yes" or nil)
	add("UserKnownHostsFile", options.known_hosts)
	add("ProxyJump", options.jump)
	for name, value in pairs(options.options or {}) do add(name, value) end
	return words
end

local function check_host(host)
	if type(host) ~= "string" or host == "" or host:find("^%-")
		or host:find("[%s%c]") then
		fail("invalid", "'%s' is no host", tostring(host))
	end
end

local ADVICE <const> = {
	{ "Host key verification failed", "; add its key to known_hosts when"
		.. " you have checked it (ssh-keyscan)" },
	{ "Permission denied", "; no key of ours is accepted there" },
}

local function describe_failure(host, lines)
	local text = lines[#lines] or "ssh ended without a word"

	for _, line in ipairs(lines) do
		for _, known in ipairs(ADVICE) do
			if line:find(known[1], 1, true) then
				return ("cannot connect to %s: %s%s"):format(
					host, line, known[2])
			end
		end
	end
	return ("cannot connect to %s: %s"):format(host, text)
end

--- Reads what the master says until its LocalCommand says that it is ready.
local function await_ready(self)
	local lines = {}

	for line in self.master:lines() do
		if line == "tidemill-ready" then return end
		lines[#lines + 1] = line:gsub("\r$", "")
		if #lines > LINES_KEPT then table.remove(lines, 1) end
	end
	local result = self.master:wait()
	self:close()
	fail(result.timed_out and "timeout" or "io", "%s",
		describe_failure(self.host, lines))
end

--- Connects. Raises `io` and why when that fails.
---@async
---@param proc proc
---@param host string as ssh takes it: a name, user@name, or one of its config
---@param options? ssh.Options
---@return ssh.Connection
function connection.open(proc, host, options)
	options = options or {}
	check_host(host)
	check_keys(options, KNOWN, "ssh")
	local self = setmetatable({ host = host, proc = proc,
		program = options.program or "ssh",
		directory = require("fs").temp_dir() }, Connection)

	self.words = common_words(options, self.directory)
	local words = { self.program, "-M", "-N", "-o", "ControlPersist=no",
		"-o", "PermitLocalCommand=yes", "-o",
		"LocalCommand=echo tidemill-ready", table.unpack(self.words) }
	words[#words + 1] = host
	self.master = proc.spawn(words)
	return self
end

Connection.await_ready = await_ready

--- The words of a program that shares the connection.
function Connection:sharing(program, ...)
	local words = { program, "-o", "ControlMaster=no",
		table.unpack(self.words) }

	for _, word in ipairs { ... } do words[#words + 1] = word end
	return words
end

--- Is the connection there? Asked when something ended with ssh's own 255.
local function lost(self)
	return self.proc.run { self.program, "-o", "ControlPath="
		.. self.directory .. "/socket", "-O", "check", self.host,
		check = false }.status ~= 0
end

local function remote_command(command, options)
	local text = type(command) == "table" and quoted(command) or command
	local names = {}

	if type(text) ~= "string" or text == "" then
		fail("invalid", "ssh wants a command: a text for the host's"
			.. " shell, or a list of words")
	end
	for name in pairs(options.env or {}) do names[#names + 1] = name end
	table.sort(names)
	for i = #names, 1, -1 do
		text = ("export %s=%s; %s"):format(names[i], connection.quote(
			tostring(options.env[names[i]])), text)
	end
	if options.cwd then
		text = ("cd %s || exit; %s"):format(
			connection.quote(options.cwd), text)
	end
	return text
end

local function check_result(self, what, result, check)
	if result.status == 255 and lost(self) then
		fail("io", "the connection to %s is lost: %s", self.host,
			result.stderr:match("[^\n]*$") or "")
	end
	if check == false then return result end
	if result.timed_out then
		fail("timeout", "%s: %s took too long", self.host, what)
	end
	if result.status ~= 0 then
		error({ code = "exit", status = result.status,
			stdout = result.stdout, stderr = result.stderr,
			message = ("%s: %s ended with status %d%s"):format(
				self.host, what, result.status,
				result.stderr ~= "" and ": " .. result.stderr
				:gsub("%s+$", ""):match("[^\n]*$") or "") }, 0)
	end
	return result
end

--- Runs a command on the host and returns its result, as proc.run does. Raises
--- `exit` when its status is not 0, `io` when the connection is lost.
---@async
---@param command string|string[] for the host's shell, or words
---@param options? ssh.RunOptions
---@return proc.Result
function Connection:run(command, options)
	options = options or {}
	check_keys(options, RUN_KNOWN, "ssh's run")
	local words = self:sharing(self.program, self.host, "--",
		remote_command(command, options))

	words.stdin, words.timeout = options.stdin, options.timeout
	words.max, words.check = options.max, false
	local what = type(command) == "table" and command[1] or command
	return check_result(self, ("'%s'"):format(what:match("^%s*(%S*)")),
		self.proc.run(words), options.check)
end

local function transfer(self, from, to)
	local program = self.program:gsub("ssh$", "scp")
	local words = self:sharing(program, "-q", "-r", "-p", "-S",
		self.program, "--", from, to)

	words.check = false
	check_result(self, "copying", self.proc.run(words))
end

--- scp takes a colon in a name for a host.
local function here(name)
	return name:find("^[./]") and name or "./" .. name
end

--- Copies a file or directory to the host.
---@async
---@param from string
---@param to string there
function Connection:copy(from, to)
	transfer(self, here(from), ("%s:%s"):format(self.host, to))
end

--- Copies a file or directory from the host.
---@async
---@param from string there
---@param to string
function Connection:fetch(from, to)
	transfer(self, ("%s:%s"):format(self.host, from), here(to))
end

--- Ends the connection. More calls do nothing; also done by `<close>`.
function Connection:close()
	if not self.master then return end
	self.master:kill()
	self.master = nil
	require("fs").remove(self.directory)
end

Connection.__close = Connection.close

return connection
