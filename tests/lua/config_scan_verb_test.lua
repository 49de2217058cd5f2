-- tidemill config scan: files, history, what was accepted, single files.

local fs = require("fs")
local git = require("git")
local json = require("json")
local path = require("path")
local proc = require("proc")
local test = require("test")

local tests = {}

local WHO <const> = "Ada <ada@example.org>"

local function scan(dir, ...)
	return proc.run { "/proc/self/exe", "config", "scan", check = false,
		cwd = dir, ... }
end

local function write(dir, name, pool, more)
	fs.mkdir(path.join(dir, "env"))
	fs.write(path.join(dir, "env", name .. ".yaml"), ([[
name: shop
db:
  host: db.%s.example.org
  pool: %d
cache:
  url: redis://cache.%s.example.org:6379
  ttl: 30s
memory: 512Mi
%s]]):format(name, pool, name, more or ""))
end

--- A repository with the history of three environments.
local function repository()
	local dir = test.temp_dir()
	local repo = git.init(dir)

	for i = 1, 8 do
		write(dir, "dev", 3 + i)
		write(dir, "staging", 8 + i % 3)
		write(dir, "prod", 20 + i)
		repo:add { "env" }
		repo:commit { message = "change " .. i, author = WHO,
			committer = WHO }
	end
	return dir
end

function tests.what_is_usual_is_fine()
	local run = scan(repository(), "env")

	test.equal(run.status, 0)
	test.equal(run.stdout, "nothing was found in 3 files\n")
end

function tests.a_change_is_judged_by_its_past()
	local dir = repository()

	write(dir, "prod", 5000)
	local run = scan(dir, "env", "--history")
	test.equal(run.status, 0)
	test.ok(run.stdout:find("prod.yaml:4: prod /db/pool 28 -> 5000: ", 1,
		true), run.stdout)
	test.ok(run.stdout:find("never above 28 in 8 revisions", 1, true),
		run.stdout)
	test.equal(scan(dir, "env", "--history", "--strict").status, 1)

	local found = json.decode(scan(dir, "env", "--history",
		"--json").stdout)
	test.equal(#found, 1)
	test.equal(found[1].environment, "prod")
	test.equal(found[1].path, "/db/pool")
	test.equal(found[1].line, 4)
	test.equal(found[1].blocks, false)
	test.ok(found[1].score > .5)
end

function tests.an_accepted_value_is_not_told_again()
	local dir = repository()

	write(dir, "prod", 5000)
	local run = scan(dir, "accept", "prod", "/db/pool", "-C", "env",
		"--why", "load test")
	test.equal(run.stdout, "prod /db/pool 5000 # load test\n")
	run = scan(dir, "env", "--history")
	test.equal(run.stdout, "nothing was found in 3 files\n")
	write(dir, "prod", 6000)
	run = scan(dir, "env", "--history")
	test.ok(run.stdout:find("6000", 1, true), run.stdout)
end

function tests.accept_wants_a_key_that_is_there()
	local run = scan(repository(), "accept", "prod", "/db/pol", "-C",
		"env")

	test.ok(run.status ~= 0)
	test.ok(run.stderr:find("did you mean '/db/pool'?", 1, true),
		run.stderr)
end

function tests.what_is_wrong_beyond_doubt_ends_with_1()
	local dir = repository()

	write(dir, "prod", 28, "port: 70000\n")
	local run = scan(dir, "env")
	test.equal(run.status, 1)
	test.ok(run.stdout:find("prod.yaml:9: /port: 70000 is no port", 1,
		true), run.stdout)
end

function tests.secrets_are_told_but_not_shown()
	local dir = repository()

	write(dir, "prod", 28, "db_password: hUnter2xQ9!zz\n")
	local run = scan(dir, "env", "--history", "--budget", "40%")
	test.ok(run.stdout:find("prod.yaml:9: /db_password: a secret in"
		.. " clear", 1, true), run.stdout)
	test.ok(not run.stdout:find("hUnter2", 1, true), run.stdout)
	run = scan(dir, "env", "--history", "--json", "--budget", "40%")
	test.ok(not run.stdout:find("hUnter2", 1, true), run.stdout)
	write(dir, "prod", 28, "db_password: DB_PASSWORD\n")
	test.ok(not scan(dir, "env").stdout:find("in clear", 1, true))
end

function tests.wrong_input_is_an_error()
	local dir = test.temp_dir()

	test.ok(scan(dir, "nothing").status ~= 0)
	fs.write(path.join(dir, "a.yaml"), "a: 1\n")
	local run = scan(dir, "a.yaml", "--budget", "lots")
	test.equal(run.status, 2)
	test.ok(run.stderr:find("expected one such as 5%", 1, true),
		run.stderr)
	run = scan(dir, "a.yaml", "--history")
	test.ok(run.status ~= 0 and #run.stderr > 0)
	fs.write(path.join(dir, "config.accept"), "prod\n")
	run = scan(dir, "a.yaml")
	test.ok(run.stderr:find("config.accept:1: expected", 1, true),
		run.stderr)
	run = scan(dir, "--batch", dir)
	test.ok(run.stderr:find("there is no cases.json", 1, true),
		run.stderr)
end

function tests.single_files_are_judged_by_good_ones()
	local dir = test.temp_dir()

	fs.mkdir(path.join(dir, "good"))
	for i = 1, 6 do
		fs.write(path.join(dir, "good", tostring(i)), ([[
port=%d
tls=%s
dir=/var/lib/%d
timeout=%ds
]]):format(6000 + i, i % 2 == 0 and "yes" or "no", i, i * 10))
	end
	fs.write(path.join(dir, "bad"),
		"port=9.9\ntls=yes\ndir=/var/lib/3\ntimeout=20s\n")
	local run = scan(dir, "--params", "good", "bad")
	local found = json.decode(run.stdout).bad
	test.equal(#found, 4)
	test.equal(found[1][1], "file")
	test.equal(found[1][2], "port")
	test.ok(found[1][3] > .6 and found[2][3] < .6)
end

function tests.a_batch_is_judged_by_its_past()
	local dir, commits = test.temp_dir(), {}

	for i = 1, 30 do
		commits[i] = { t = i, sha = tostring(i), delta = {
			prod = { set = { ["/pool"] = 10 + i % 3,
				["/ttl"] = i .. "s" }, del = {} } } }
	end
	fs.write(path.join(dir, "projects.json"), json.encode { projects = {
		{ id = "p", envs = { "prod" }, commits = commits } } })
	fs.write(path.join(dir, "cases.json"), json.encode { cases = {
		{ id = "good", project = "p", after = 25, delta = {
			prod = { set = { ["/pool"] = 12 } } } },
		{ id = "bad", project = "p", after = 25, delta = {
			prod = { set = { ["/pool"] = "${POOL}" } } } } } })
	local found = json.decode(scan(dir, "--batch", dir).stdout)
	test.equal(found.good[1][1], "prod")
	test.equal(found.good[1][2], "/pool")
	test.ok(found.bad[1][3] > .7 and found.good[1][3] < .5)
end

function tests.a_plan_tells_what_is_unusual()
	local dir = repository()

	fs.write(path.join(dir, "config.lua"), [[
return { environments = { "dev", "staging", "prod" },
	layers = { "env/${env}.yaml" },
	files = { { to = "${root}/shop.conf", template = "shop.j2" } } }
]])
	fs.write(path.join(dir, "shop.j2"), "pool {{ db.pool }}\n")
	write(dir, "prod", 5000)
	local function plan(...)
		return proc.run { "/proc/self/exe", "config", "plan", "--env",
			"prod", "--root", dir, "--data", path.join(dir, "home"),
			check = false, cwd = dir, ... }
	end

	local run = plan()
	test.equal(run.status, 1)
	test.ok(run.stderr:find("warning: env/prod.yaml:4: prod /db/pool 28 ->"
		.. " 5000: ", 1, true), run.stderr)
	test.equal(json.decode(plan("--json").stdout).unusual[1].path,
		"/db/pool")
	test.equal(#json.decode(plan("--json", "--no-scan").stdout).unusual, 0)
	test.equal(scan(dir, "accept", "prod", "/db/pool", "--why",
		"load").status, 0)
	test.ok(not plan().stderr:find("5000: ", 1, true))
end

return tests
