-- JSON Schema: keywords, messages, places.

local fs = require("fs")
local json = require("json")
local proc = require("proc")
local schemas = require("config.schema")
local test = require("test")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$")

local tests = {}

local function read(text)
	return require("yaml").read(text, { ordered = true })
end

function tests.keywords_say_what_fits()
	local count, wrong = 0, {}

	for _, case in ipairs(load(fs.read(HERE
		.. "/schema_cases.lua"))()) do
		local schema = schemas.compile(read(case[2]))
		for i, list in ipairs { case[3], case[4] } do
			for _, text in ipairs(list) do
				local problems = schema:check(read(text))
				count = count + 1
				if (#problems == 0) ~= (i == 1) then
					wrong[#wrong + 1] = ("%s: %s %s")
						:format(case[1], text, problems[1]
						and problems[1].message or "fits")
				end
			end
		end
	end
	test.equal(table.concat(wrong, "\n"), "")
	test.ok(count >= 150, count)
end

function tests.broken_schemas_are_told()
	local function fails(text, wanted)
		local problem = test.raises("invalid", function()
			schemas.compile(read(text), "s.json"):check(1)
		end)
		test.ok(problem.message:find(wanted, 1, true), problem.message)
	end

	fails('{"minimun": 1}', "s.json: unknown keyword 'minimun'"
		.. " (did you mean 'minimum'?)")
	fails('{"$ref": "http://x/y"}', "is remote")
	fails('{"$ref": "#/$defs/none"}', "there is no '#/$defs/none'")
	fails('{"$ref": "#"}', "round in circles")
	fails('[1]', "a schema is an object or a boolean")
end

function tests.violations_have_a_place()
	local dir = test.temp_dir()
	local function tidemill(...)
		return proc.run { "/proc/self/exe", "config", "schema",
			check = false, cwd = dir, ... }
	end

	fs.write(dir .. "/s.json", [[{ "type": "object", "properties":
		{ "db": { "properties": { "pool": { "type": "integer" }, "host": true },
		"required": ["host"], "additionalProperties": false } } }]])
	fs.write(dir .. "/bad.yaml", "a: 1\ndb:\n  pool: many\n  pol: 1\n")
	fs.write(dir .. "/good.toml", "[db]\nhost = 'x'\npool = 3\n")
	local bad = tidemill("--schema", "s.json", "bad.yaml")
	test.equal(bad.status, 1)
	test.ok(bad.stdout:find("bad.yaml:3: /db/pool: \"many\" is a string,"
		.. " expected integer", 1, true), bad.stdout)
	test.ok(bad.stdout:find("unknown key 'pol' (did you mean 'pool'?)", 1,
		true), bad.stdout)
	test.ok(bad.stdout:find("'host' is missing", 1, true))
	test.equal(tidemill("--schema", "s.json", "good.toml").status, 0)
	local answer = json.decode(tidemill("--schema", "s.json", "bad.yaml",
		"--json").stdout)
	test.equal(#answer, 3)
	test.equal(tidemill("bad.yaml").status, 2)
end

function tests.values_are_told_at_their_layer()
	local dir = test.temp_dir()

	fs.write(dir .. "/config.lua", [[return { layers = { "a.yaml",
		"b.yaml" }, schema = "s.json" }]])
	fs.write(dir .. "/a.yaml", "db:\n  pool: 1\n")
	fs.write(dir .. "/b.yaml", "# more\ndb:\n  pool: 900\n")
	fs.write(dir .. "/s.json", [[{"properties":{"db":{"properties":
		{"pool":{"maximum":100}}}}}]])
	local config = require("config")
	local problem = test.raises("invalid", config.render,
		config.open(dir))
	test.ok(problem.message:find("b.yaml:3: /db/pool: 900 is more than 100",
		1, true), problem.message)
end

return tests
