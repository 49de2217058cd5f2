local fs = require("fs")
local json = require("json")
local ordered = require("ordered")
local test = require("test")
local toml = require("toml")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)$")
local DIR <const> = HERE:gsub("[^/]*$", "")
local DATA <const> = DIR .. "../data/toml/"
local cases = load(fs.read(DIR .. "cases.lua"), "@" .. DIR .. "cases.lua")()

local function round(value)
	local text = toml.write(value)
	local again = toml.read(text)

	if json.encode(again) ~= json.encode(value) then
		test.fail("%s\nis read as %s", text, json.encode(again))
	end
	test.equal(toml.write(again), text)
	return text
end

local function refuses(message, ...)
	test.equal(test.raises("invalid", ...).message, message)
end

return {
	what_is_toml_is_read = function()
		local count = cases.each(DATA .. "valid.txt", function(case)
			cases.check(toml.read, case)
		end)
		test.ok(count > 90)
	end,

	what_is_not_is_refused = function()
		local count = cases.each(DATA .. "invalid.txt", function(case)
			cases.check(toml.read, case)
		end)
		test.ok(count > 110)
	end,

	all_that_is_read_can_be_written = function()
		cases.each(DATA .. "valid.txt", function(case)
			round(toml.read(case.text))
		end)
	end,

	floats_beyond_json = function()
		local read = toml.read("a = inf\nb = -inf\nc = [nan, +nan, -nan]")

		test.equal(read.a, math.huge)
		test.equal(read.b, -math.huge)
		for i = 1, 3 do test.ok(read.c[i] ~= read.c[i]) end
		test.equal(toml.write { a = math.huge, b = -math.huge },
			"a = inf\nb = -inf\n")
		test.match(toml.write { 0 / 0, x = 1 }, "1 = %-?nan")
	end,

	options = function()
		test.equal(ordered.keys(toml.read("z = 1\na = 2\n[m]\n[b]",
			{ ordered = true })), { "z", "a", "m", "b" })
		refuses("p.toml:2:5: a value should be here", toml.read,
			"a = 1\nb = \n", { file = "p.toml" })
		refuses("unknown option 'fil' of toml.read (did you mean 'file'?)",
			toml.read, "", { fil = "x" })
		refuses("line 1, column 7: nested too deeply", toml.read,
			"a = [[[1]]]", { max_depth = 2 })
		test.raises("limit", toml.read, "a = [1,2,3,4]",
			{ max_values = 4 })
		refuses("line 1, column 261: nested too deeply", toml.read,
			"a = " .. ("["):rep(100000))
		refuses("line 1, column 513: nested too deeply", toml.read,
			("a."):rep(100000) .. "a = 1")
	end,

	tables_are_written_after_values = function()
		test.equal(round { b = { c = 1, d = { e = 2 }, a = { 1 } }, z = "x" },
			'z = "x"\n\n[b]\na = [1]\nc = 1\n\n[b.d]\ne = 2\n')
		test.equal(round { a = { b = { c = { d = 1 } } } },
			"[a.b.c]\nd = 1\n")
		test.equal(round { t = { { x = 1 }, { y = { z = 2 } } } },
			"[[t]]\nx = 1\n\n[[t]]\n\n[t.y]\nz = 2\n")
		test.equal(round { t = { { x = 1 }, 2 }, e = {} },
			"t = [{ x = 1 }, 2]\n\n[e]\n")
		test.equal(round { l = { { { x = { y = 1 } } }, json.array() } },
			"l = [[{ x = { y = 1 } }], []]\n")
		local map = ordered.new { { "b", 1 }, { "t", { x = 1 } }, { "a", 2 } }
		test.equal(toml.write(map), "b = 1\na = 2\n\n[t]\nx = 1\n")
	end,

	strings_and_keys_are_written = function()
		test.equal(round { ["a b"] = 'say "x"\\', ["ä"] = "é", [""] = "" },
			'"" = ""\n"a b" = "say \\"x\\"\\\\"\n"ä" = "é"\n')
		test.equal(round { a = "one\n\ttwo\n" },
			'a = """\none\n\ttwo\n"""\n')
		round { a = "\n", b = "\nx", c = 'x\n"""y"""\n', d = "x\r\ny\0\127",
			e = "\\\n \\", f = "x \\ \n y", g = '"\n"' }
		test.equal(toml.write { [1] = "a", [3] = "b" },
			'1 = "a"\n3 = "b"\n')
	end,

	what_toml_does_not_have = function()
		refuses("TOML has no null at 'a.b'", toml.write,
			{ a = { b = json.null } })
		refuses("a string that is no UTF-8 at 'a'", toml.write,
			{ a = "\xff" })
		refuses("a key that is no UTF-8", toml.write, { ["\xff"] = 1 })
		refuses("a key of TOML must be text at 'a'", toml.write,
			{ a = { [true] = 1 } })
		refuses("a TOML document is a table of keys, not a list",
			toml.write, { 1, 2 })
		refuses("a function is no value that can be written at 'a'",
			toml.write, { a = print })
	end,
}
