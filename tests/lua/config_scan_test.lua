-- Values that cannot be meant so.

local fs = require("fs")
local hard = require("config.hard")
local proc = require("proc")
local test = require("test")

local tests = {}

function tests.mistakes_are_seen_and_others_are_not()
	local function wrong(path, value, rule)
		local found = hard.judge(path, value)
		test.equal(found and found.rule, rule, path .. "=" .. value)
	end

	wrong("/a", "changeme", "placeholder")
	wrong("/a", "${DB_HOST}", "placeholder")
	wrong("/a", "{{ host }}", "placeholder")
	wrong("/a", "<your name>", "placeholder")
	wrong("/a", "green ", "blank")
	wrong("/a", "'half", "quote")
	wrong("/a", 'half"', "closing_quote")
	wrong("/a", "http:/host/x", "scheme")
	wrong("/a", "https://http://x", "scheme")
	wrong("/a", "htps://x", "scheme_typo")
	wrong("/db/port", "70000", "port")
	wrong("/a", "redis://h:99999", "port")
	wrong("/a", "10.0.0.0/33", "cidr")
	wrong("/a", "10.300.0.0/8", "cidr")
	wrong("/limits/memory", "512mi", "unit")
	wrong("/limits/cpu", "100Mi", "unit")
	wrong("/schedule", "61 * * * *", "cron")
	for _, value in ipairs { "plain", "http://x/y", "http://x/${Y}/z",
		"it's", "the users'", "'quoted'", "10.0.0.0/8", "512Mi",
		"*/5 * * * *", "a: <b>" } do
		test.equal(hard.judge("/value", value), nil, value)
	end
	test.equal(hard.judge("/message", "{{ name }}"), nil)
	test.equal(hard.judge("/export", 70000), nil)
end

function tests.the_command_line_tells_lines_and_plan_refuses()
	local dir = test.temp_dir()
	local function tidemill(...)
		return proc.run { "/proc/self/exe", "config", check = false,
			cwd = dir, ... }
	end

	fs.write(dir .. "/config.lua", [[return { environments = { "prod" },
		layers = { "a.yaml", "${env}.yaml" } }]])
	fs.write(dir .. "/a.yaml", "db:\n  host: db\n")
	fs.write(dir .. "/prod.yaml", "db:\n  port: 5432\n  host: changeme\n")
	local result = tidemill("scan")
	test.equal(result.status, 1)
	test.equal(result.stdout,
		"prod.yaml:3: /db/host: 'changeme' is a placeholder\n")
	result = tidemill("plan", "--env", "prod")
	test.equal(result.status, 7)
	test.ok(result.stderr:find("prod.yaml:3: /db/host", 1, true))
	test.equal(tidemill("scan", "a.yaml").status, 0)
end

return tests
