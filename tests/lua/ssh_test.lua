-- Commands on other machines: a real sshd on loopback.

local fs = require("fs")
local proc = require("proc")
local ssh = require("ssh")
local test = require("test")

local SSHD <const> = "/usr/sbin/sshd"

--- A port of 127.0.0.1 that nobody uses now.
local function free_port()
	return proc.run { "python3", "-c", "import socket; s = socket.socket();"
		.. "s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])" }
		.stdout:match("%d+")
end

local function make_key(name)
	proc.run { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name }
end

--- Starts an sshd of ours; returns options to connect, and its directory.
local function serve()
	if not fs.exists(SSHD) then test.skip("no sshd") end
	local dir, port = test.temp_dir(), free_port()

	make_key(dir .. "/host")
	make_key(dir .. "/user")
	fs.write(dir .. "/authorized", fs.read(dir .. "/user.pub"))
	fs.write(dir .. "/known", ("[127.0.0.1]:%s %s"):format(port,
		fs.read(dir .. "/host.pub")))
	fs.write(dir .. "/config", ("Port %s\nListenAddress 127.0.0.1\n"
		.. "HostKey %s/host\nAuthorizedKeysFile %s/authorized\n"
		.. "StrictModes no\nUsePAM no\nPidFile none\n"
		.. "Subsystem sftp internal-sftp\n"):format(port, dir, dir))
	if proc.run { "id", "-u" }.stdout == "0\n" then
		fs.mkdir("/run/sshd")
	end
	local server = proc.spawn { SSHD, "-D", "-e", "-f", dir .. "/config" }
	test.finally(function() server:kill("KILL") end)
	local options = { port = tonumber(port), identity = dir .. "/user",
		known_hosts = dir .. "/known", config = "/dev/null" }
	test.eventually(function()
		local ok, remote = pcall(ssh.open, "127.0.0.1", options)
		if ok then remote:close() end
		return ok
	end)
	return options, dir
end

return {
	commands_run_there_and_say_how_they_ended = function()
		local options = serve()
		local host <close> = ssh.open("127.0.0.1", options)
		test.equal(host:run("echo $((1 + 1))").stdout, "2\n")
		test.equal(host:run({ "printf", "%s|", "a b", "it's", "$HOME" })
			.stdout, "a b|it's|$HOME|")
		test.equal(host:run("cat", { stdin = "typed" }).stdout, "typed")
		test.equal(host:run("pwd; echo $NAME", { cwd = "/usr/lib",
			env = { NAME = "o'hara" } }).stdout,
			"/usr/lib\no'hara\n")
		test.equal(host:run("exit 3", { check = false }).status, 3)
		local problem = test.raises("127.0.0.1: 'sh' ended with status 4"
			.. ": no luck", host.run, host,
			"sh -c 'echo no luck >&2; exit 4'")
		test.equal(problem.code, "exit")
		test.raises("took too long", host.run, host, "sleep 100",
			{ timeout = "200ms" })
	end,

	files_go_there_and_come_back = function()
		local options, dir = serve()
		fs.mkdir(dir .. "/dist/sub")
		fs.write(dir .. "/dist/sub/a: b", "content")
		local host <close> = ssh.open("127.0.0.1", options)
		host:copy(dir .. "/dist", dir .. "/there")
		test.equal(fs.read(dir .. "/there/sub/a: b"), "content")
		host:fetch(dir .. "/there/sub", dir .. "/back")
		test.equal(fs.read(dir .. "/back/a: b"), "content")
		test.raises("exit", host.fetch, host, dir .. "/none", dir)
	end,

	a_host_that_is_not_known_is_refused = function()
		local options, dir = serve()
		fs.write(dir .. "/known", "")
		test.raises("Host key verification failed.*ssh%-keyscan",
			ssh.open, "127.0.0.1", options)
		options.identity = dir .. "/host"
		fs.write(dir .. "/known", ("[127.0.0.1]:%d %s"):format(
			options.port, fs.read(dir .. "/host.pub")))
		test.raises("Permission denied", ssh.open, "127.0.0.1", options)
		options.port = tonumber(free_port())
		test.raises("cannot connect to 127.0.0.1: .*refused",
			ssh.open, "127.0.0.1", options)
	end,

	one_connection_serves_many_commands = function()
		local options = serve()
		local host <close> = ssh.open("127.0.0.1", options)
		local task, jobs = require("task"), {}
		for i = 1, 5 do
			jobs[i] = function()
				return host:run("echo $SSH_CONNECTION").stdout
			end
		end
		local ports = task.all(jobs)
		for i = 2, 5 do test.equal(ports[i], ports[1]) end
		host:close()
		host:close()
		test.equal(fs.exists(host.directory), false)
	end,

	batches_stop_when_too_many_hosts_fail = function()
		local options = serve()
		local hosts = { "127.0.0.1", "127.0.0.1.invalid", "localhost" }
		local seen = {}
		options.batch, options.connect_timeout = { 1, "50%" }, "2s"
		options.options = { HostKeyAlias = ("[127.0.0.1]:%d"):format(
			options.port) }
		local problem = test.raises("127.0.0.1.invalid .*not begun: "
			.. "localhost", ssh.each, hosts, options,
			function(remote, host)
				seen[#seen + 1] = host
				return remote:run("echo hi").stdout
			end)
		test.equal(problem.results["127.0.0.1"], "hi\n")
		test.equal(problem.skipped, { "localhost" })
		test.equal(seen, { "127.0.0.1" })
	end,

	mistakes_are_told_before_anything_is_done = function()
		test.raises("unknown option 'prot' of ssh %(did you mean 'port'",
			ssh.open, "host", { prot = 22 })
		test.raises("is no host", ssh.open, "-oProxyCommand=id")
		test.raises("is in the list twice", ssh.each, { "a", "a" },
			print)
		test.raises("'batch' wants", ssh.each, { "a" }, { batch = 0 },
			print)
		test.equal(ssh.each({}, print), {})
	end,

	a_recipe_uses_it_in_steps_only = function()
		local dir = test.temp_dir()
		fs.write(dir .. "/r.lua", [[return { run = function()
			require("ssh").run("host", "true")
		end }]])
		local result = proc.run { "/proc/self/exe", "--data",
			dir .. "/home", "run", "-q", dir .. "/r.lua",
			check = false, stderr = "merge" }
		assert(result.stdout:find("ssh.run is for the functions of"
			.. " steps", 1, true), result.stdout)
	end,
}
