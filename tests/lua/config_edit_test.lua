local edit = require("config.edit")
local paths = require("config.path")
local test = require("test")

local function set(text, format, path, value)
	return edit.set(text, format, "file", paths.parse(path), value)
end

local function refuses(pattern, ...)
	test.match(test.raises("invalid", set, ...).message, pattern)
end

local YAML <const> = [[
# the shop
db:   # where it lives
  host: localhost   # moves soon
  "pool":  5
  tags: [a, b]
  inline: {a: 1, pool: 2}

# last
pool: 'x # y'  # here
text: |
  pool: 1
]]

local tests = {}

function tests.a_line_of_yaml_is_changed_and_nothing_else()
	local function check(path, value, from, to)
		local at, stop = YAML:find(from, 1, true)
		test.equal(set(YAML, "yaml", path, value), YAML:sub(1, at - 1)
			.. to .. YAML:sub(stop + 1))
	end

	check("db.host", "db1", "localhost ", "db1 ")
	check("db.pool", 50, '"pool":  5', '"pool":  50')
	check("db.inline.pool", 3, "pool: 2", "pool: 3")
	check("pool", "no # c", "'x # y'  # here", '"no # c"  # here')
	check("db.new", true, "  inline: {a: 1, pool: 2}\n",
		"  inline: {a: 1, pool: 2}\n  new: true\n")
	check("db.size.max", 1, "  inline: {a: 1, pool: 2}\n",
		"  inline: {a: 1, pool: 2}\n  size:\n    max: 1\n")
	check("other", "12:00", "  pool: 1\n",
		"  pool: 1\nother: \"12:00\"\n")
end

function tests.the_same_value_changes_nothing()
	test.equal(set(YAML, "yaml", "db.pool", 5), YAML)
	test.equal(set("", "yaml", "a.b", 1), "a:\n  b: 1\n")
end

function tests.what_takes_more_than_a_line_is_refused()
	refuses("file:5: 'db.tags' is a list or a mapping", YAML, "yaml",
		"db.tags", 1)
	refuses("file:10: 'text' cannot be set", YAML, "yaml", "text", "x")
end

function tests.json()
	local text = '{\n\t"a": "x",\n\t"b": { "c": 1, "d": 2 }\n}\n'

	test.equal(set(text, "json", "b.c", 10),
		'{\n\t"a": "x",\n\t"b": { "c": 10, "d": 2 }\n}\n')
	test.equal(set(text, "json", "a", 'q"'),
		'{\n\t"a": "q\\"",\n\t"b": { "c": 1, "d": 2 }\n}\n')
	test.equal(set(text, "json", "e.f", 1), '{\n\t"e": {"f":1},\n'
		.. '\t"a": "x",\n\t"b": { "c": 1, "d": 2 }\n}\n')
end

function tests.toml_and_ini()
	local text = "a = 1 # one\n\n[db]\npool = 5 # five\n\n[x.y]\nz = \"1\"\n"

	test.equal(set(text, "toml", "db.pool", 6), (text:gsub("5 ", "6 ")))
	test.equal(set(text, "toml", "x.y.z", "2"), (text:gsub('"1"', '"2"')))
	test.equal(set(text, "toml", "db.host", "h"),
		(text:gsub("five\n", 'five\nhost = "h"\n')))
	test.equal(set(text, "toml", "b", 2), (text:gsub("one\n",
		"one\nb = 2\n")))
	test.equal(set(text, "toml", "new.k", true), text
		.. "\n[new]\nk = true\n")
	test.equal(set("[s]\nk = 1\n", "ini", "s.k", 2), "[s]\nk = 2\n")
	test.equal(set("[s]\nk = 1\n", "ini", "s.j", "x"),
		"[s]\nk = 1\nj = x\n")
end

function tests.files_of_one_level()
	test.equal(set("# c\nexport A=1 # one\nB=2\n", "dotenv", "A", "x y"),
		'# c\nexport A="x y" # one\nB=2\n')
	test.equal(set("A=1\n", "dotenv", "C", 3), "A=1\nC=3\n")
	test.equal(set("a.b = 1\nc: 2\n", "properties", "['a.b']", 5),
		"a.b = 5\nc: 2\n")
	refuses("one level", "A=1\n", "dotenv", "A.b", 1)
end

return tests
