-- Configuration: formats of one level, merging, paths, projects.

local files = require("config.files")
local flat = require("config.flat")
local fs = require("fs")
local json = require("json")
local merge = require("config.merge")
local paths = require("config.path")
local test = require("test")

local DIR <const> = debug.getinfo(1, "S").source:match("^@(.*/)")
local cases = load(fs.read(DIR .. "cases.lua"), "@" .. DIR .. "cases.lua")()

local tests = {}

function tests.lines_like_hidden_ones_are_hidden()
	local cover = require("config.former").cover
	local clear, hidden = "a: 1\nk: s3 x\n  t0p\n", "a: 1\nk: *** x\n***\n"

	test.equal(cover(clear, clear, hidden), hidden)
	test.equal(cover("a: 1\nk: other x\nb: 2\n  t0p", clear, hidden),
		"a: 1\nk: *** x\nb: 2\n***")
	test.equal(cover("k: other y\n  else\n", clear, hidden),
		"k: other y\n  else\n")
	test.equal(cover("x", "a\nb", "a"), "x")
	test.equal(cover("x\ny\n", clear, clear), "x\ny\n")
end

function tests.flat_formats_are_read()
	for _, format in ipairs { "dotenv", "properties" } do
		local count = cases.each(("%s../data/flat/%s.txt"):format(
			DIR, format), function(case)
			cases.check(function(text)
				return (flat[format](text, "f"))
			end, case)
		end)
		test.ok(count >= 30)
	end
end

function tests.dotenv_is_read_with_lines()
	local value, lines = flat.dotenv("# one\nA=1\nexport B='x # y' # z\n"
		.. "C=\"a\\nb\nc\"\n\nD = plain text # gone\nE=\n", ".env")

	test.equal({ value.A, value.B, value.C, value.D, value.E },
		{ "1", "x # y", "a\nb\nc", "plain text", "" })
	test.equal(lines["/D"], 7)
	test.equal(test.raises("invalid", flat.dotenv, "A=1\nA=2\n", ".env")
		.message, ".env:2: the key 'A' is there twice, first in line 1")
	test.equal(test.raises("invalid", flat.dotenv, "x\n", ".env").message,
		".env:1: 'x' is no NAME=value")
	test.raises("invalid", flat.dotenv, "A='x\n", ".env")
end

function tests.properties_are_read_with_lines()
	local value, lines = flat.properties("! c\na = 1\nb:2\nc 3 4\n"
		.. "d = x\\\n    y\ne\\=f = \\u00e9\n", "a.properties")

	test.equal({ value.a, value.b, value.c, value.d, value["e=f"] },
		{ "1", "2", "3 4", "xy", "é" })
	test.equal(lines["/e=f"], 7)
end

function tests.json_has_lines_too()
	local document = files.parse('{\n\t"a": {\n"b": [1, 2]}}', "json",
		"x.json")

	test.equal(document.lines["/a/b"], 3)
	test.equal(document.value.a.b[2], 2)
	document = files.parse('{"a":"\\ud83d\\ude00"}', "json", "x.json")
	test.equal(document.value.a, "\u{1f600}")
end

function tests.paths_are_read_and_written()
	test.equal(paths.parse("a.b.0"), { "a", "b", "0" })
	test.equal(paths.parse("a['x.y'].b"), { "a", "x.y", "b" })
	test.equal(paths.text { "a", "x.y", "b" }, "a['x.y'].b")
	test.equal(paths.pointer { "a/b", "~" }, "/a~1b/~0")
	for _, bad in ipairs { "", "a..b", "a.", ".a", "['x']y" } do
		test.raises("invalid", paths.parse, bad)
	end
end

local function merged(first, second, strategies)
	return merge.all({ { name = "one", value = first },
		{ name = "two", value = second } }, strategies)
end

function tests.maps_merge_and_null_removes()
	local result = merged({ a = { x = 1, y = 2 }, b = 1 },
		{ a = { y = 3 }, b = json.null })

	test.equal(result.value.a.x, 1)
	test.equal(result.value.a.y, 3)
	test.equal(result.value.b, nil)
	local origins = result.origins["a.y"]
	test.equal({ origins[1].layer, origins[2].layer }, { "one", "two" })
end

function tests.lists_merge_as_declared()
	local function list(how)
		return merged({ l = { 1, 2 } }, { l = { 2, 3 } },
			{ l = how }).value.l
	end

	test.equal(table.concat(list(nil), ","), "2,3")
	test.equal(table.concat(list("replace"), ","), "2,3")
	test.equal(table.concat(list("append"), ","), "1,2,2,3")
	test.equal(table.concat(list("prepend"), ","), "2,3,1,2")
	test.equal(table.concat(list("unique"), ","), "1,2,3")
	local by = merged({ l = { { n = "a", p = 1 }, { n = "b", p = 2 } } },
		{ l = { { n = "b", p = 9 }, { n = "c", p = 3 } } },
		{ l = { by = "n" } })
	test.equal(by.value.l[2].p, 9)
	test.equal(by.value.l[3].n, "c")
	test.equal(#by.value.l, 3)
end

function tests.former_secrets_are_found_where_they_were_hidden()
	local secrets = require("config.former").secrets

	test.equal(secrets("a\nk=tide x\n", "a\nk=*** x\n"), { "tide" })
	test.equal(secrets("u:one@h/two", "u:***@h/***"), { "one", "two" })
	test.equal(secrets("same", "same"), {})
	test.equal(secrets("a\nb", "***"), false)
	test.equal(secrets("k=v", "x=***"), false)
end

function tests.wrong_projects_are_told_with_their_line()
	local dir = test.temp_dir()
	local function fails(text, wanted)
		fs.write(dir .. "/config.lua", text)
		local problem = test.raises("invalid",
			require("config").open, dir)
		test.ok(problem.message:find(wanted, 1, true), problem.message)
	end

	fails("return {\n\tlayer = { 'a.yaml' },\n}",
		"config.lua:2: unknown key 'layer' in the project"
		.. " (did you mean 'layers'?)")
	fails("return { files = { { template = 'x' } } }",
		"files.1 lacks 'to'")
	fails("return { files = { { template = 'x', to = 'y', mode = 'rw' } } }",
		'wants an octal mode such as "0644"')
	fails("return 1", "config.lua returns a table")
	test.raises("not_found", require("config").open, dir .. "/none")
end

return tests
