local config = require("config")
local fs = require("fs")
local json = require("json")
local test = require("test")

--- A project of these files, opened.
local function project(files)
	local dir = test.temp_dir()

	for name, text in pairs(files) do
		local file = dir .. "/" .. name
		fs.mkdir(require("path").dir(file))
		fs.write(file, text)
	end
	return config.open(dir), dir
end

local BASE <const> = [[
db:
  host: localhost
  pool: 5
  old: 1
hosts: [a, b]
users:
  - name: ann
    uid: 1
  - name: bob
    uid: 2
]]

local function layered(over, lists)
	return project { ["base.yaml"] = BASE, ["over.yaml"] = over,
		["config.lua"] = 'return { layers = { "base.yaml",'
			.. ' "over.yaml" }, lists = {' .. (lists or "")
			.. " } }" }
end

local function refuses(pattern, ...)
	local ok, problem = pcall(...)

	test.ok(not ok, "it was not refused")
	test.match(problem.message, pattern)
	return problem
end

local function winner(self, path, options)
	local origin = config.explain(self, path, options).origins[1]

	return (origin.file or origin.layer) .. (origin.line
		and ":" .. origin.line or "")
end

local tests = {}

function tests.maps_are_merged_and_null_removes()
	local self = layered("db: {pool: 50, old: null}\nnew: {a: null, b: 1}")
	local values = config.values(self)

	test.equal(json.encode(values.db), '{"host":"localhost","pool":50}')
	test.equal(json.encode(values.new), '{"b":1}')
	test.equal(winner(self, "db.pool"), "over.yaml:1")
	test.equal(winner(self, "db.host"), "base.yaml:2")
	local gone = config.explain(self, "db.old")
	test.equal(gone.value, nil)
	test.equal(gone.origins[1].file, "over.yaml")
	test.equal(gone.origins[2].value, 1)
end

function tests.lists_are_replaced_unless_declared_otherwise()
	local over = "hosts: [b, c]"
	local function hosts(how)
		return table.concat(config.get(layered(over, how
			and ("hosts = %q"):format(how)), "hosts"), " ")
	end

	test.equal(hosts(), "b c")
	test.equal(hosts("replace"), "b c")
	test.equal(hosts("append"), "a b b c")
	test.equal(hosts("prepend"), "b c a b")
	test.equal(hosts("unique"), "a b c")
end

function tests.items_of_lists_know_their_layers()
	local self = layered("hosts: [c]", 'hosts = "prepend"')

	test.equal(winner(self, "hosts.0"), "over.yaml:1")
	test.equal(winner(self, "hosts.1"), "base.yaml:5")
	test.equal(winner(self, "hosts.2"), "base.yaml:5")
	test.equal(config.explain(self, "hosts").list, "prepend")
	refuses("no value 'hosts.3'", config.explain, self, "hosts.3")
end

function tests.lists_are_merged_by_a_key()
	local self = layered("users:\n  - name: bob\n    uid: 9\n"
		.. "  - name: cyd\n    uid: 3\n", 'users = { by = "name" }')

	test.equal(json.encode(config.get(self, "users")),
		'[{"name":"ann","uid":1},{"name":"bob","uid":9},'
		.. '{"name":"cyd","uid":3}]')
	test.equal(winner(self, "users.1.uid"), "over.yaml:3")
	test.equal(winner(self, "users.0.uid"), "base.yaml:8")
end

function tests.what_was_replaced_is_forgotten()
	local self = layered("db: none\nhosts: {x: 1}")

	test.equal(config.get(self, "db"), "none")
	refuses("no value 'db.pool'", config.explain, self, "db.pool")
	refuses("no value 'hosts.0'", config.explain, self, "hosts.0")
end

function tests.set_wins_and_reaches_into_lists()
	local self = layered("db: {pool: 50}")
	local given = { set = { "db.pool=7", "db.host=x=y", "users.1.uid=8",
		"hosts.2=c", "db.old=null" } }
	local values = config.values(self, given)

	test.equal(values.db.pool, 7)
	test.equal(values.db.host, "x=y")
	test.equal(values.db.old, nil)
	test.equal(values.users[2].uid, 8)
	test.equal(values.users[2].name, "bob")
	test.equal(values.hosts[3], "c")
	test.equal(winner(self, "db.pool", given), "--set")
	refuses("'hosts.7' is no item of a list of 2", config.values, self,
		{ set = { "hosts.7=x" } })
	refuses("wants PATH=VALUE", config.values, self, { set = { "x" } })
	refuses("a key is empty", config.values, self, { set = { "a..b=x" } })
end

function tests.environments_and_hosts()
	local self = project { ["config.lua"] = [[return {
		environments = { "dev", "prod" }, hosts = { "web1" },
		layers = { "base.toml", "env/${env}.json",
			"host/${host}.properties?" } }]],
		["base.toml"] = "a = 1\n[db]\npool = 1\n",
		["env/prod.json"] = '{\n\t"db": { "pool": 2 } }',
		["host/web1.properties"] = "a = 3\n" }

	test.equal(config.get(self, "db.pool", { env = "prod" }), 2)
	test.equal(config.get(self, "a", { env = "prod", host = "web1" }), "3")
	test.equal(winner(self, "db.pool", { env = "prod" }),
		"env/prod.json:2")
	refuses("needs %-%-env %(one of dev, prod%)", config.values, self)
	refuses("no environment 'prd' %(did you mean 'prod'%?%)",
		config.values, self, { env = "prd" })
	refuses("no layer 'env/dev.json'", config.values, self,
		{ env = "dev" })
	refuses("no host 'web2'", config.values, self,
		{ env = "prod", host = "web2" })
end

function tests.a_broken_layer_is_told_with_its_place()
	refuses("over.yaml:3", config.values, layered("a: 1\nb: [1"))
	refuses("a layer is a mapping, not a list", config.values,
		layered("- 1"))
end

function tests.the_project_file_is_checked()
	refuses("config.lua:2.*layrs.*did you mean 'layers'", project,
		{ ["config.lua"] = "return {\n\tlayrs = {} }" })
	refuses("config.lua", project, { ["config.lua"] = "return {" })
	refuses("returns a table", project, { ["config.lua"] = "return 1" })
	refuses("lacks 'to'", project, { ["config.lua"] =
		'return { files = { { template = "x" } } }' })
	refuses("octal", project, { ["config.lua"] = 'return { files = { {'
		.. ' template = "x", to = "y", mode = "rw" } } }' })
	refuses("there is no '.*config.lua'", config.open, test.temp_dir())
end

function tests.errors_of_rendered_files_name_template_and_layer()
	local function rendered(values, template)
		return config.render, (project { ["base.yaml"] = values,
			["templates/a.yaml.j2"] = template,
			["templates/part.j2"] = "\nb: {{ app.pool }}\n",
			["schema.json"] = '{"properties": {"b": {"type":'
				.. ' "integer"}}}', ["config.lua"] = [[return {
			layers = { "base.yaml" }, files = { { to = "/x/a.yaml",
				template = "templates/a.yaml.j2",
				schema = "schema.json" } } }]] })
	end
	local part = "a: 1\n{% include 'part.j2' %}\n"

	refuses("templates/part.j2:2: the rendered yaml is broken: .*"
		.. "%(value app.pool set at base.yaml:3%)",
		rendered("app:\n  a: 1\n  pool: '[1'\n", part))
	refuses('templates/part.j2:2: /b: "x" is a string, expected integer at'
		.. " line 3 of the rendered text %(value app.pool set at"
		.. " base.yaml:1%)", rendered("app: {pool: x}\n", part))
	refuses("templates/a.yaml.j2:2: the rendered yaml is broken: line 2:1:"
		.. " the key 'a' is in this mapping already, in line 1",
		rendered("app: {}\n", "a: 1\na: 2\n"))
	local render, self = rendered("app: {pool: 5}\n", part)
	local file = render(self).files[1]
	test.equal(file.masked, file.text)
end

function tests.messages_hold_no_part_of_a_secret()
	local long = ("0123456789Abcdef"):rep(6)
	local dir = test.temp_dir()
	local function rendered(template, schema, format)
		fs.write(dir .. "/secret", long)
		fs.write(dir .. "/base.yaml", "app: {name: x}\n")
		fs.write(dir .. "/t.j2", template)
		fs.write(dir .. "/s.json", schema or "{}")
		fs.write(dir .. "/config.lua", ([[return {
			layers = { "base.yaml" }, secrets = { ["app.key"] =
				"file:secret" }, schema = %s, files = { { to = "/x",
				template = "t.j2", schema = %s, format = %q }
				} }]]):format(schema and not format and '"s.json"'
				or "nil", format and '"s.json"' or "nil",
				format or "yaml"))
		local ok, problem = pcall(config.render, config.open(dir))
		test.equal(ok, false)
		test.equal(problem.message:lower():find("6789abc", 1, true), nil,
			problem.message)
		return problem.message
	end
	local wrong = '{"properties": {"%s": {"%s": %s}}}'

	test.match(rendered("", wrong:format("app", "properties",
		'{"key": {"type": "integer"}}')),
		"/app/key: does not fit 'type'; a secret is in it")
	test.match(rendered("", wrong:format("app", "type", '"string"')),
		"does not fit 'type'")
	test.match(rendered("", wrong:format("app", "required", '["port"]')),
		"/app: .*port")
	test.match(rendered("k: {{ app.key | lower }}\n", wrong:format("k",
		"type", '"integer"'), "yaml"), "t.j2:1: /k: does not fit 'type'")
	test.match(rendered("k: |\n  {{ app.key | lower }}\n", wrong:format("k",
		"type", '"integer"'), "yaml"), "/k: does not fit 'type'")
	test.match(rendered("k:\n  a: {{ app.key | lower }}\n", wrong:format("k",
		"type", '"integer"'), "yaml"), "/k: does not fit 'type'")
	test.match(rendered("k: {{ app.key }}\nb: {{ app.name }}\n",
		wrong:format("b", "type", '"integer"'), "yaml"),
		't.j2:2: /b: "x" is a string, expected integer')
	test.match(rendered('{"a": {{ app.key | reverse | lower }}}', "{}",
		"json"), "t.j2:1: the rendered json is broken")
	test.match(rendered('{"a":\n x{{ app.key[1:] | lower }}-}', "{}", "json"),
		"near '%*%*%*'")
end

function tests.a_key_twice_names_both_lines()
	local function read(name, text)
		return config.values, (project { [name] = text, ["config.lua"] =
			('return { layers = { %q } }'):format(name) })
	end

	refuses("a.json:3:3: the key 'b' is in this mapping already, in line 2",
		read("a.json", '{\n  "b": 1,\n  "b": 2\n}'))
	refuses("a.yaml:2:1: the key 'b' is in this mapping already, in line 1",
		read("a.yaml", "b: 1\nb: 2\n"))
	refuses("a.ini:3:1: the key 'b' has a value already, in line 2",
		read("a.ini", "[a]\nb=1\nb=2\n"))
	refuses("a.env:2: the key 'B' is there twice, first in line 1",
		read("a.env", "B=1\nB=2\n"))
end

function tests.thousands_of_keys_are_merged()
	local lines = {}

	for i = 1, 4000 do lines[i] = ("key%d: {a: %d, b: x}"):format(i, i) end
	local text = table.concat(lines, "\n")
	local self = project { ["a.yaml"] = text, ["b.yaml"] = text,
		["config.lua"] = 'return { layers = { "a.yaml", "b.yaml" } }' }

	test.equal(config.get(self, "key4000.a"), 4000)
	test.equal(#config.explain(self, "key7.a").origins, 2)
end

return tests
