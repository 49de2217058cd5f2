--- Commands and files on other machines, by the OpenSSH programs: their
--- configuration, agents and keys are used, hosts must be known. Several
--- commands share one connection, and nothing ever asks a question.
---
---     local ssh = require("ssh")
---     ssh.run("web1", "systemctl reload nginx")
---     ssh.each({ "web1", "web2", "web3" }, { batch = { 1, "50%" } },
---         function(host) host:copy("dist", "/srv/shop") end)

local connection = require("ssh.connection")
local task = require("task")

---@class ssh.EachOptions : ssh.Options
---@field batch? integer|string|(integer|string)[] hosts at a time: a number, a
---  share such as "10%", or a list whose last counts for all later ones [all]
---@field max_failures? integer|string no further batch is begun when more have
---  failed: a number or a share [0]

--- Which of the host's options are ours; the rest is for the connection.
local EACH <const> = { batch = true, max_failures = true }

local function fail(code, format, ...)
	error({ code = code, message = format:format(...) }, 0)
end

--- A number of hosts: 3, or "10%" of `total`.
local function count_of(value, total, what, least)
	local share = type(value) == "string" and tonumber(
		value:match("^(%d+)%%$"))

	if share then return math.max(least, total * share // 100) end
	if math.type(value) == "integer" and value >= least then return value end
	fail("invalid", "'%s' wants a number from %d or a share such as"
		.. " \"10%%\", not %s", what, least, tostring(value))
end

--- Cuts the list of hosts into batches.
local function batches_of(hosts, batch)
	local sizes = type(batch) == "table" and batch
		or { batch or math.max(1, #hosts) }
	local list, at = {}, 1

	while at <= #hosts do
		local size = count_of(sizes[math.min(#list + 1, #sizes)],
			#hosts, "batch", 1)
		list[#list + 1] = table.move(hosts, at,
			math.min(at + size - 1, #hosts), 1, {})
		at = at + size
	end
	return list
end

local function split_options(options)
	local own, rest = {}, {}

	for key, value in pairs(options) do
		(EACH[key] and own or rest)[key] = value
	end
	return own, rest
end

local function check_hosts(hosts)
	local seen = {}

	if type(hosts) ~= "table" then
		fail("invalid", "ssh.each wants a list of hosts")
	end
	for _, host in ipairs(hosts) do
		if seen[host] then
			fail("invalid", "host '%s' is in the list twice", host)
		end
		seen[host] = true
	end
end

--- Does one batch side by side; fills `results` and `failed` by host.
local function do_batch(ssh, batch, options, fn, report)
	local jobs = {}

	for _, host in ipairs(batch) do
		jobs[host] = task.spawn(function()
			local remote <close> = ssh.open(host, options)
			return fn(remote, host)
		end):observe()
	end
	for _, host in ipairs(batch) do
		local ok, value = pcall(jobs[host].await, jobs[host])
		if task.cancelled() then error(value, 0) end
		if ok then
			report.results[host] = value == nil and true or value
		else
			report.failed[#report.failed + 1] = { host = host,
				error = value }
		end
	end
end

local function message_of(problem)
	return type(problem) == "table" and problem.message or tostring(problem)
end

--- Raises for the hosts that failed and those that were left out.
local function give_up(report, rest)
	local parts = {}

	for _, one in ipairs(report.failed) do
		parts[#parts + 1] = ("%s (%s)"):format(one.host,
			message_of(one.error))
	end
	local text = "failed: " .. table.concat(parts, ", ")
	if #rest > 0 then
		text = text .. "; not begun: " .. table.concat(rest, ", ")
	end
	error({ code = "failed", message = text, results = report.results,
		failed = report.failed, skipped = rest }, 0)
end

--- The module on another `proc`: the one of a run, or a test's fake.
---@param proc proc
---@return ssh
local function using(proc)
	---@class ssh
	local ssh = { quote = connection.quote, using = using }

	--- Connects to a host; keep the handle in a `<close>` variable.
	---@async
	---@param host string as ssh takes it
	---@param options? ssh.Options
	---@return ssh.Connection
	function ssh.open(host, options)
		local remote = connection.open(proc, host, options)
		local ok, why = pcall(remote.await_ready, remote)
		if not ok then
			remote:close()
			error(why, 0)
		end
		return remote
	end

	--- Runs one command on a host; returns its result.
	---@async
	---@param host string
	---@param command string|string[]
	---@param options? ssh.RunOptions|{ssh: ssh.Options}
	---@return proc.Result
	function ssh.run(host, command, options)
		local own = {}
		for key, value in pairs(options or {}) do own[key] = value end
		own.ssh = nil
		local remote <close> = ssh.open(host, (options or own).ssh)
		return remote:run(command, own)
	end

	--- Calls `fn(connection, host)` for each host, batch after batch, those
	--- of a batch at the same time. Returns what it returned by host. When
	--- more than `max_failures` have failed, no further batch is begun; any
	--- failure is raised in the end as `failed`, with `results`, `failed`
	--- and `skipped`.
	---@async
	---@param hosts string[]
	---@param options? ssh.EachOptions
	---@param fn async fun(remote: ssh.Connection, host: string): any
	---@return table<string, any>
	function ssh.each(hosts, options, fn)
		if type(options) == "function" then options, fn = {}, options end
		check_hosts(hosts)
		local own, rest = split_options(options or {})
		local most = count_of(own.max_failures or 0, #hosts,
			"max_failures", 0)
		local report = { results = {}, failed = {} }
		local begun = 0
		for _, batch in ipairs(batches_of(hosts, own.batch)) do
			if #report.failed > most then break end
			begun = begun + #batch
			do_batch(ssh, batch, rest, fn, report)
		end
		if #report.failed > 0 then
			give_up(report, table.move(hosts, begun + 1, #hosts, 1,
				{}))
		end
		return report.results
	end

	return ssh
end

return using(require("proc"))
