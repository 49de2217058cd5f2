--- tidemill doctor: does this machine have what is needed, and is the home
--- well?

---@class doctor.Finding
---@field check string
---@field state "ok"|"warn"|"fail"
---@field text string
---@field advice? string

local checks = {}

local function ok(text) return "ok", text end
local function warn(text, advice) return "warn", text, advice end
local function fail(text, advice) return "fail", text, advice end

local function read_number(path)
	local file = io.open(path)
	local number = file and file:read("n")

	if file then file:close() end
	return number
end

--- Returns a program's output, nil when it failed or is not there.
local function output_of(words)
	words.check = false
	local done, result = pcall(require("proc").run, words)

	return done and result.status == 0 and result.stdout or nil
end

local function message_of(problem)
	return require("command.failure").text(problem)
end

function checks.home(call)
	local fs = require("fs")
	local stat = fs.stat(fs.exists(call.home) and fs.real(call.home)
		or call.home)

	if not stat then
		return warn(call.home .. " is not there yet",
			"the first run or 'tidemill serve' makes it")
	end
	if stat.kind ~= "dir" then
		return fail(call.home .. " is no directory",
			"choose another with --data")
	elseif stat.mode & 63 ~= 0 then
		return warn(("%s has mode %o: others can look in"):format(
			call.home, stat.mode), "chmod 700 " .. call.home)
	end
	local probe = call.home .. "/.doctor"
	if not pcall(fs.write, probe, "") then
		return fail(call.home .. " cannot be written to",
			"run tidemill as its owner; check the file system")
	end
	fs.remove(probe)
	return ok(("%s, mode %o"):format(call.home, stat.mode))
end

function checks.database(call)
	local opened, db = pcall(call.existing_store, call)

	if not opened then
		return fail(message_of(db),
			"restore it from a 'tidemill backup'")
	elseif not db then
		return ok("none yet")
	end
	local good, problem = pcall(db.check, db)
	if not good then
		return fail(message_of(problem),
			"stop the server and restore a 'tidemill backup'")
	end
	local row = db:row("SELECT count(*) AS runs, max(created) AS newest"
		.. " FROM runs")
	return ok(("intact, %d runs"):format(row.runs))
end

--- Can every sealed secret be opened? Nothing of the others is asked.
function checks.secrets(call)
	local opened, db = pcall(call.existing_store, call)
	local list = opened and db and require("secrets").list(db) or {}
	local sealed = 0

	for _, row in ipairs(list) do
		if row.provider == "sealed" then
			local good, problem = pcall(require("secret").get, db,
				row.name)
			if not good then
				return fail(message_of(problem), "put the key"
					.. " back, or set the secret again")
			end
			sealed = sealed + 1
		end
	end
	return ok(("%d, %d of them sealed here"):format(#list, sealed))
end

function checks.server(call)
	local asked, answer = pcall(require("engine").ask, call.home, "ping")

	if asked and answer then return ok("up: " .. answer) end
	return warn("not running", "'tidemill serve' starts it; 'tidemill run'"
		.. " works without")
end

function checks.processes()
	local text = require("proc").describe()
	local line = text:gsub("%s+$", ""):gsub("\n", "; ")

	if line:find("guard: PID namespace", 1, true) then
		return ok(line)
	end
	return warn(line, "without namespaces, steps that leave their process"
		.. " group may outlive a killed runner: allow user namespaces"
		.. " (sysctl kernel.unprivileged_userns_clone=1)")
end

function checks.inotify()
	local watches = read_number("/proc/sys/fs/inotify/max_user_watches")
	local most = read_number("/proc/sys/fs/inotify/max_user_instances")

	if not watches or not most then
		return warn("this kernel has no inotify",
			"pushes are noticed by the hook ('tidemill repo add"
			.. " --hook') or by polling")
	end
	local text = ("%d watches, %d instances"):format(watches, most)
	if watches < 8192 or most < 64 then
		return warn(text, "sysctl fs.inotify.max_user_watches=65536"
			.. " fs.inotify.max_user_instances=512")
	end
	return ok(text)
end

function checks.git()
	local text = output_of { "git", "--version" }

	if not text then
		return warn("the program git is not there", "tidemill does not"
			.. " need it, but pushes and many recipes do")
	end
	return ok((text:gsub("%s+$", "")))
end

function checks.shell()
	local text = output_of { shell = "echo works" }

	if text ~= "works\n" then
		return fail("/bin/sh does not run", "steps with a command line"
			.. " need it")
	end
	return ok("/bin/sh")
end

function checks.clock(call)
	local now = require("time").now()
	local _, db = pcall(call.existing_store, call)
	local newest = type(db) == "table" and db:row(
		"SELECT max(created) AS at FROM runs") or {}

	if (newest.at or 0) > now + 60000 then
		return fail(("it is %s, but the newest run is of %s"):format(
			os.date("%F %T", now // 1000),
			os.date("%F %T", newest.at // 1000)),
			"the clock went back: check time synchronisation")
	end
	local zones = io.open("/usr/share/zoneinfo/UTC")
	if not zones then
		return warn("no time zones in /usr/share/zoneinfo",
			"cron triggers with 'tz' need them (package tzdata)")
	end
	zones:close()
	return ok(os.date("%F %T %Z", now // 1000))
end

function checks.disk(call)
	local dir = call.home
	local text = output_of { "df", "-Pk", dir }
		or output_of { "df", "-Pk", "." }
	local total, free = (text or ""):match(
		"\n%S+%s+(%d+)%s+%d+%s+(%d+)")

	if not free then return warn("cannot see how full it is") end
	local bytes = math.tointeger(free) * 1024
	local line = require("terminal.format").bytes(bytes) .. " free"
	if bytes < 100 * 1024 * 1024 then
		return fail(line, "make room: runs cannot be recorded on a full"
			.. " disk")
	elseif bytes < 1024 * 1024 * 1024
		or tonumber(free) < tonumber(total) * 0.03 then
		return warn(line, "make room, or lower the retention")
	end
	return ok(line)
end

local ORDER <const> = { "home", "database", "secrets", "server",
	"processes", "inotify", "git", "shell", "clock", "disk" }

---@return doctor.Finding[]
local function examine(call)
	local findings = {}

	for i, name in ipairs(ORDER) do
		local done, state, text, advice = pcall(checks[name], call)
		if not done then
			state, text = "fail", "cannot check: "
				.. message_of(state)
		end
		findings[i] = { check = name, state = state, text = text,
			advice = advice }
	end
	return findings
end

local STYLES <const> = { ok = "green", warn = "yellow", fail = "bold red" }

local function run(call)
	local findings = examine(call)
	local code = 0

	for _, finding in ipairs(findings) do
		if finding.state == "fail" then code = 1 end
		if not call.json then
			call:print(("%s  %-10s %s"):format(call.paint(
				STYLES[finding.state],
				("%-4s"):format(finding.state)),
				finding.check, finding.text))
		end
		if not call.json and finding.advice then
			call:print((" "):rep(17) .. call.paint("dim",
				"-> " .. finding.advice))
		end
	end
	if call.json then call:print_json(findings) end
	return code
end

---@type cli.Verb
return {
	summary = "check this machine and this home",
	description = "Looks at the home's permissions, the database, the"
		.. " server, how processes are guarded (namespaces, cgroups),"
		.. " inotify's limits, git, the shell, the clock and the disk."
		.. " Each line is ok, warn or fail, with advice.",
	arguments = {},
	exits = { [0] = "nothing failed", [1] = "something failed" },
	examples = {
		{ "tidemill doctor" },
		{ "tidemill doctor --json", "for monitoring" },
	},
	run = run,
}
