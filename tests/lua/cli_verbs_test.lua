-- The verbs as processes, over a home that is filled through the store.

local fs = require("fs")
local json = require("json")
local proc = require("proc")
local store = require("store")
local test = require("test")
local time = require("time")

--- Runs tidemill; returns its exit code, stdout and stderr.
local function tidemill(home, ...)
	local words = { fs.target("/proc/self/exe"), ... }

	words[#words + 1] = "--data"
	words[#words + 1] = home
	words.check = false
	words.env = { NO_COLOR = "1", TIDEMILL_HOME = false }
	words.timeout = "20s"
	local result = proc.run(words)
	return result.status, result.stdout, result.stderr
end

local function add_step(db, run, name, how)
	local id = db:step_start { run = run, name = name, kind = "command",
		parent = how.parent, command = how.command or "make " .. name,
		started = how.started }

	if how.state then
		db:step_finish(id, { state = how.state, status = how.status,
			finished = how.started + how.wall, wall = how.wall,
			cpu_user = 40, cpu_system = 5, max_rss = 2000000,
			log_bytes = how.log and #how.log or 0,
			error = how.error })
	end
	return id
end

local function write_log(home, run, step, text)
	local dir = ("%s/logs/%d"):format(home, run)

	fs.mkdir(dir)
	local log = require("steplog").open {
		path = ("%s/%d.log"):format(dir, step) }
	log:write(text)
	log:close()
end

local OID <const> = ("1234567890"):rep(4)

--- A push that started run 1 (failed), a queued run 2, a passed run 3.
local function make_home()
	local home = test.temp_dir()
	local db = store.open { home = home }
	local now = time.now()

	db:run("INSERT INTO repos (id, name, url, added) VALUES (1, 'shop',"
		.. " '/srv/shop.git', ?)", now)
	db:run("INSERT INTO recipes (id, repo, path, name) VALUES (1, 1,"
		.. " 'tidemill.lua', 'shop')")
	local event = db:event_add { kind = "push", dedupe = "a", repo = 1,
		ref = "refs/heads/main", new = OID }
	db:run_create { name = "shop", path = "tidemill.lua", repo = 1,
		recipe = 1, trigger = 0, event = event, oid = OID,
		ref = "refs/heads/main", params = '{"level":"debug"}' }
	db:run("INSERT INTO decisions VALUES (?, 1, 0, 'run', 'branch main"
		.. " matches main', 1, ?), (?, 1, 1, 'filtered', 'no path"
		.. " matches docs/**', NULL, ?)", event, now, event, now)
	db:run("UPDATE events SET state = 'done'")
	db:run_claim(1)
	local build = add_step(db, 1, "build", { state = "passed",
		started = now - 9000, wall = 1500, status = 0, log = "x" })
	local check = add_step(db, 1, "test", { state = "failed",
		started = now - 7000, wall = 2000, status = 2, log = "x",
		error = '{"code":"exit","message":"exit status 2"}' })
	db:note(1, "test", "3 of 40 failed")
	db:commit()
	db:run_finish(1, { state = "failed", status = 1, error =
		'{"code":"exit","message":"step \'test\' failed"}' })
	db:run_create { name = "nightly", path = "/etc/nightly.lua",
		concurrency = "deploy", waits_for = "a free place" }
	db:run_create { name = "shop", path = "tidemill.lua", oid = OID }
	db:run_claim(3)
	db:run_finish(3, { state = "passed", status = 0 })
	write_log(home, 1, build, "cc -o shop\n")
	write_log(home, 1, check, "one\ntwo\nAssertion failed\n")
	db:close()
	return home
end

local function decode(text)
	return json.decode(text)
end

return {
	ls_shows_the_newest_first = function()
		local code, out = tidemill(make_home(), "ls")
		test.equal(code, 0)
		test.match(out, "^ID  STATE")
		test.match(out, "3  passed.-2  queued.-1  failed")
		test.match(out, "main@1234567")
		test.match(out, "push")
	end,

	ls_filters_and_pages = function()
		local home = make_home()
		local function ids(...)
			local code, out = tidemill(home, "ls", "--ids", ...)
			test.equal(code, 0)
			return (out:gsub("\n", " "))
		end
		test.equal(ids(), "3 2 1 ")
		test.equal(ids("--limit", "1"), "3 ")
		test.equal(ids("--before", "3"), "2 1 ")
		test.equal(ids("--state", "failed,queued"), "2 1 ")
		test.equal(ids("--state", "failed", "--state", "passed"),
			"3 1 ")
		test.equal(ids("--name", "shop", "--state", "failed"), "1 ")
		test.equal(ids("--ref", "main"), "1 ")
		test.equal(ids("--commit", "12345678"), "3 1 ")
		test.equal(ids("--name", "none"), "")
	end,

	ls_prints_json = function()
		local _, out = tidemill(make_home(), "ls", "--json")
		local runs = decode(out)
		test.equal(#runs, 3)
		test.equal(runs[3].params.level, "debug")
		test.equal(runs[3].error.code, "exit")
	end,

	an_empty_home_is_no_error = function()
		local home = test.temp_dir()
		local code, out, err = tidemill(home, "ls")
		test.equal(code, 0)
		test.equal(out, "")
		test.match(err, "No runs yet")
		code, out = tidemill(home, "ls", "--json")
		test.equal(code, 0)
		test.equal(out, "[]\n")
		test.equal(fs.exists(home .. "/tidemill.db"), false)
		test.equal((tidemill(home, "show")), 3)
	end,

	show_tells_everything = function()
		local home = make_home()
		local code, out = tidemill(home, "show", "1")
		test.equal(code, 0)
		for _, part in ipairs { "run 1  shop  failed", "level=debug",
			"branch main matches main", "✓ build", "✗ test",
			"exit 2", "3 of 40 failed", "last lines of test",
			"| Assertion failed", "step 'test' failed" } do
			test.ok(out:find(part, 1, true), part)
		end
		local shown = decode(select(2, tidemill(home, "show", "1",
			"--json")))
		test.equal(#shown.steps, 2)
		test.equal(shown.steps[2].error.message, "exit status 2")
		test.equal(#shown.sub_runs, 0)
		code, out = tidemill(home, "show", "1/test")
		test.equal(code, 0)
		test.match(out, "command%s+make test")
		code, out = tidemill(home, "show")
		test.equal(code, 0)
		test.match(out, "^run 3")
	end,

	what_is_not_there_is_not_found = function()
		local home = make_home()
		local code, _, err = tidemill(home, "show", "99")
		test.equal(code, 3)
		test.equal(err, "tidemill: there is no run 99\n")
		code, _, err = tidemill(home, "logs", "1/tset")
		test.equal(code, 3)
		test.equal(err, "tidemill: run 1 has no step 'tset' (did you"
			.. " mean 'test'?)\n")
		test.equal((tidemill(home, "why", "e99")), 3)
		test.equal((tidemill(home, "status", "--commit", "abcdef")), 3)
	end,

	logs_come_in_order_with_prefixes = function()
		local home = make_home()
		local code, out = tidemill(home, "logs", "1")
		test.equal(code, 0)
		test.equal(out, "build | cc -o shop\ntest  | one\ntest  | two\n"
			.. "test  | Assertion failed\n")
		test.equal(select(2, tidemill(home, "logs", "1/build")),
			"cc -o shop\n")
		test.equal(select(2, tidemill(home, "logs", "1", "--tail", "1",
			"--step", "test")), "Assertion failed\n")
		test.match(select(2, tidemill(home, "logs", "1/test",
			"--times")), "^%d%d:%d%d:%d%d%.%d%d%d one\n")
		local line = decode((select(2, tidemill(home, "logs",
			"1/build", "--json"))))
		test.equal(line.text, "cc -o shop")
		test.equal(line.step, "build")
	end,

	following_an_ended_run_ends = function()
		local code, out = tidemill(make_home(), "logs", "1/test", "-f")
		test.equal(code, 0)
		test.equal(out, "one\ntwo\nAssertion failed\n")
	end,

	why_explains_runs_and_events = function()
		local home = make_home()
		local code, out = tidemill(home, "why", "1")
		test.equal(code, 0)
		test.match(out, "Run 1 %(shop%) failed%.")
		test.match(out, "push of main in shop")
		test.match(out, "branch main matches main")
		test.match(out, "Error: step 'test' failed")
		out = select(2, tidemill(home, "why", "2"))
		test.match(out, "is queued for .-: waits for a free place")
		test.match(out, "No server runs for this home")
		out = select(2, tidemill(home, "why", "e1"))
		test.match(out, "trigger 1: started run 1: branch main")
		test.match(out, "trigger 2: filtered out: no path matches")
		local facts = decode(select(2, tidemill(home, "why", "1",
			"--json")))
		test.equal(#facts.decisions, 1)
	end,

	why_names_the_holder_of_a_lock = function()
		local home = make_home()
		local db <close> = store.open { home = home }
		db:run_create { name = "a", path = "a.lua" }
		db:run_create { name = "b", path = "b.lua" }
		for run = 4, 5 do
			db:run_claim(run)
			db:lock_try { name = "db", run = run, step = "migrate" }
		end
		local out = select(2, tidemill(home, "why", "5"))
		test.match(out, "waits for the lock 'db' in step 'migrate'")
		test.match(out, "Run 4, step 'migrate', holds it for")
	end,

	status_of_a_commit_is_an_exit_code = function()
		local home = make_home()
		local code, out = tidemill(home, "status", "--commit",
			OID:sub(1, 8))
		test.equal(code, 0)
		test.match(out, "passed")
		local db <close> = store.open { home = home }
		db:run_create { name = "other", path = "o.lua", oid = OID }
		code, out = tidemill(home, "status", "--commit", OID)
		test.equal(code, 6)
		test.match(out, "run 4  queued")
		code = tidemill(home, "status", "--commit", OID, "--wait",
			"--timeout", "50ms")
		test.equal(code, 5)
		db:run_claim(4)
		db:run_finish(4, { state = "failed", status = 1 })
		code = tidemill(home, "status", "--commit", OID, "--wait")
		test.equal(code, 1)
	end,

	status_says_how_the_home_is = function()
		local home = make_home()
		local code, out = tidemill(home, "status")
		test.equal(code, 0)
		test.match(out, "server   not running")
		test.match(out, "0 running, 1 queued, 0 waiting")
		local facts = decode(select(2, tidemill(home, "status",
			"--json")))
		test.equal(facts.server, false)
		test.equal(facts.runs.queued, 1)
	end,

	cancel_ends_what_has_not_begun = function()
		local home = make_home()
		local code, out = tidemill(home, "cancel", "2", "--reason",
			"wrong branch")
		test.equal(code, 0)
		test.equal(out, "run 2 is cancelled\n")
		test.match(select(2, tidemill(home, "show", "2")),
			"wrong branch")
		local _, err
		code, _, err = tidemill(home, "cancel", "2")
		test.equal(code, 2)
		test.match(err, "has ended already: cancelled")
	end,

	cancelling_a_step_is_left_to_its_runner = function()
		local home = make_home()
		local db <close> = store.open { home = home }
		db:run_create { name = "a", path = "a.lua" }
		db:run_claim(4)
		db:step_start { run = 4, name = "deploy", kind = "command" }
		-- We are its runner by now, and would be poked.
		db:run("UPDATE runs SET pid = NULL WHERE id = 4")
		test.equal((tidemill(home, "cancel", "4/deploy")), 0)
		test.ok(db:setting("cancel:4/deploy"))
		test.equal((tidemill(home, "cancel", "1/test")), 2)
	end,

	sql_reads_and_never_writes = function()
		local home = make_home()
		local code, out = tidemill(home, "sql",
			"select id, state, error from runs order by id")
		test.equal(code, 0)
		test.match(out, "^id  state")
		test.match(out, "2  queued  %-\n")
		out = select(2, tidemill(home, "sql", "--csv",
			"select 'a,b' as x, 'say \"hi\"' as y"))
		test.equal(out, 'x,y\n"a,b","say ""hi"""\n')
		out = select(2, tidemill(home, "sql", "--json",
			"select count(*) as n from runs"))
		test.equal(decode(out)[1].n, 3)
		local _, err
		code, out, err = tidemill(home, "sql", "--limit", "2",
			"select id from runs")
		test.equal(code, 0)
		test.equal(select(2, out:gsub("\n", "")), 3)
		test.match(err, "more than 2 rows")
		code, _, err = tidemill(home, "sql", "delete from runs")
		test.ok(code ~= 0 and code ~= 70, err)
		code, _, err = tidemill(home, "sql", "selec 1")
		test.ok(code ~= 0 and code ~= 70, err)
		test.equal(#decode(select(2, tidemill(home, "ls", "--json"))),
			3)
	end,

	backup_makes_a_database = function()
		local home = make_home()
		local path = test.temp_dir() .. "/tidemill.db"
		local code, out = tidemill(home, "backup", path)
		test.equal(code, 0)
		test.match(out, "wrote")
		local code_again, _, err = tidemill(home, "backup", path)
		test.equal(code_again, 2)
		test.match(err, "is there already")
		test.equal((tidemill(home, "backup", "--force", path)), 0)
		local copy <close> = store.open { home = path:match("(.*)/") }
		test.equal(copy:row("SELECT count(*) AS n FROM runs").n, 3)
	end,

	doctor_has_a_line_for_each_check = function()
		local _, out = tidemill(make_home(), "doctor", "--json")
		local seen = {}
		for _, finding in ipairs(decode(out)) do
			seen[finding.check] = finding.state
			test.ok(finding.text, finding.check)
		end
		test.equal(seen.home, "ok")
		test.equal(seen.database, "ok")
		test.equal(seen.shell, "ok")
		test.equal(seen.server, "warn")
	end,

	a_damaged_database_is_said_to_be_so = function()
		local home = make_home()
		fs.write(home .. "/tidemill.db", ("garbage"):rep(2000))
		fs.remove(home .. "/tidemill.db-wal")
		fs.remove(home .. "/tidemill.db-shm")
		local code, _, err = tidemill(home, "ls")
		test.ok(code ~= 0 and code ~= 70, err)
		test.match(err, "is not a database")
		local _, out = tidemill(home, "doctor", "--json")
		for _, finding in ipairs(decode(out)) do
			if finding.check == "database" then
				test.equal(finding.state, "fail")
			end
		end
	end,

	version_names_the_libraries = function()
		local home = test.temp_dir()
		local code, out = tidemill(home, "version")
		test.equal(code, 0)
		test.match(out, "^tidemill %d+%.%d+")
		local facts = decode(select(2, tidemill(home, "version",
			"--json")))
		test.ok(facts.libraries.sqlite)
		test.equal(select(2, tidemill(home, "--version")), out)
	end,

	repl_opens_a_past_run = function()
		local result = proc.run { fs.target("/proc/self/exe"), "repl",
			"1", "--data", make_home(), stdin = [[
				print(run.state, run.params.level,
					run.steps.test.error.message)
				print(run:log("test", 1))
				print(#run.steps, run.steps[1].name)]] }
		test.equal(result.stdout, "failed\tdebug\texit status 2\n"
			.. "Assertion failed\n2\tbuild\n")
	end,
}
