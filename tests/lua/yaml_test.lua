local fs = require("fs")
local json = require("json")
local ordered = require("ordered")
local test = require("test")
local yaml = require("yaml")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)$")
local DIR <const> = HERE:gsub("[^/]*$", "")
local DATA <const> = DIR .. "../data/yaml/"
local cases = load(fs.read(DIR .. "cases.lua"), "@" .. DIR .. "cases.lua")()

--- A scalar as scalars.tsv writes it.
local function show(value)
	if value == json.null then return "null" end
	if type(value) == "string" then return "string" end
	if math.type(value) == "integer" then return "int " .. value end
	if type(value) ~= "number" then return tostring(value) end
	if value ~= value then return "float nan" end
	if value == math.huge then return "float inf" end
	if value == -math.huge then return "float -inf" end
	return ("float %.17g"):format(value)
end

local function check_scalar(text, version, wanted)
	local value = yaml.read(text, { version = version })

	if show(value) ~= wanted or type(value) == "string" and value ~= text then
		return ("%s in %s is %s, not %s"):format(text, version,
			show(value), wanted)
	end
end

local function round(value)
	local text = yaml.write(value)
	local again = yaml.read(text)

	if json.encode(again) ~= json.encode(value) then
		test.fail("%s\nis read as %s", text, json.encode(again))
	end
	test.equal(yaml.write(again), text)
	return text
end

local function refuses(message, ...)
	test.equal(test.raises("invalid", ...).message, message)
end

--- A number that is the same in every run of the tests.
local function make_random(seed)
	return function(most)
		seed = (seed * 6364136223846793005 + 1442695040888963407)
		return (seed >> 33) % most + 1
	end
end

local PIECES <const> = { "a", " ", "\n", ":", "#", "-", "'", '"', "\\", "\t",
	"1", ".", "|", ">", "&", "*", "!", "%", "@", "`", "{", "]", ",", "?", "=",
	"~", "é", "\u{2028}", "\u{85}", "\u{feff}", "\0", "\r", "\27", "😀",
	"true", "no", "0x1", "<<", "---", "...", "  ", "\n\n", ": ", " #",
	"\xff", "2001-01-01", "e5" }

return {
	plain_scalars_are_what_both_versions_say = function()
		local wrong, count = {}, 0

		for line in fs.read(DATA .. "scalars.tsv"):gmatch("[^\n]+") do
			local text, core, old = line:match("^([^#][^\t]*)\t(.-)\t(.*)$")
			if text then
				count = count + 1
				wrong[#wrong + 1] = check_scalar(text, "1.2", core)
				wrong[#wrong + 1] = check_scalar(text, "1.1", old)
			end
		end
		test.equal(table.concat(wrong, "\n"), "")
		test.ok(count > 100)
	end,

	structure_is_read = function()
		local count = cases.each(DATA .. "structure.txt", function(case)
			cases.check(yaml.read, case)
		end)
		test.ok(count > 100)
	end,

	many_documents = function()
		test.equal(yaml.read_all("a\n---\nb: 1\n---\n---\n- c\n...\n"),
			{ "a", { b = 1 }, json.null, { "c" } })
		test.equal(json.encode(yaml.read_all("")), "[]")
		test.equal(yaml.write_all { "a", { b = 1 }, json.null },
			"---\na\n---\nb: 1\n---\nnull\n")
		test.equal(yaml.write_all {}, "")
		refuses("documents to write must be a list", yaml.write_all,
			{ a = 1 })
		local problem = test.raises("invalid", yaml.read_all,
			"--- &a 1\n--- *a\n")
		test.equal(problem.message, "line 2, column 5: unknown anchor 'a'")
	end,

	options = function()
		test.equal(yaml.read("a: 1\na: 2", { duplicates = "last" }),
			{ a = 2 })
		test.equal(yaml.read("<<: {a: 1}", { merge = false }),
			{ ["<<"] = { a = 1 } })
		test.equal(yaml.read("a: !Ref b\nc: !x {d: 1}\ne: !y [1]",
			{ unknown_tags = "ignore" }),
			{ a = "b", c = { d = 1 }, e = { 1 } })
		refuses("x.yaml:1:4: unknown anchor 'x'", yaml.read, "a: *x",
			{ file = "x.yaml" })
		refuses("unknown option 'verson' of yaml.read (did you mean "
			.. "'version'?)", yaml.read, "", { verson = "1.1" })
		refuses("option 'version' cannot be '1.3': it is '1.2' or '1.1'",
			yaml.read, "", { version = "1.3" })
		refuses("option 'merge' must be true or false, not a number",
			yaml.read, "", { merge = 1 })
		refuses("option 'file' must be a string, not a boolean",
			yaml.read, "", { file = true })
		refuses("option 'max_depth' must be at least 1", yaml.read, "",
			{ max_depth = 0 })
	end,

	warnings_tell_what_1_1_reads_otherwise = function()
		local value, warnings = yaml.read(
			"a: on\nb: 'no'\nc: [010, 1:20]\nd: 2001-01-01\ne: x\n",
			{ warnings = true })

		test.equal(value.c, { 10, "1:20" })
		test.equal(warnings, {
			{ line = 1, column = 4, message =
				"'on' is a string here, but true in YAML 1.1" },
			{ line = 3, column = 5, message =
				"'010' is an integer here, but 8 in YAML 1.1" },
			{ line = 3, column = 10, message =
				"'1:20' is a string here, but 80 in YAML 1.1" },
			{ line = 4, column = 4, message =
				"'2001-01-01' is a string here, but a date in YAML 1.1" },
		})
	end,

	order_is_kept = function()
		local text = "z: 1\na:\n  d: 2\n  b: 3\nm: 4\n"
		local map = yaml.read(text, { ordered = true })

		test.equal(ordered.keys(map), { "z", "a", "m" })
		map.z = nil
		map.z = 5
		test.equal(yaml.write(map), "a:\n  d: 2\n  b: 3\nm: 4\nz: 5\n")
		test.equal(yaml.write(yaml.read(text)),
			"a:\n  b: 3\n  d: 2\nm: 4\nz: 1\n")
	end,

	limits = function()
		local problem = test.raises("limit", yaml.read,
			"a: &a [1,1,1]\nb: &b [*a,*a,*a]\nc: [*b,*b]\n",
			{ max_values = 25 })
		test.equal(problem.message, "line 3, column 5: the aliases make "
			.. "more than 25 values")
		local bomb = { "a0: &a0 [x,x,x,x,x,x,x,x,x,x]" }
		for i = 1, 12 do
			bomb[#bomb + 1] = ("a%d: &a%d [%s]"):format(i, i,
				("*a" .. i - 1 .. ","):rep(10))
		end
		test.raises("limit", yaml.read, table.concat(bomb, "\n"))
		local merges = { "a0: &a0 {x: 1}" }
		for i = 1, 200 do
			merges[#merges + 1] = ("a%d: &a%d {k%d: 1, <<: *a%d}")
				:format(i, i, i, i - 1)
		end
		test.raises("limit", yaml.read, table.concat(merges, "\n"),
			{ max_values = 10000 })
		refuses("line 1, column 4: nested more than 3 levels deep",
			yaml.read, "[[[[1]]]]", { max_depth = 3 })
		refuses("line 1, column 257: nested more than 256 levels deep",
			yaml.read, ("["):rep(100000))
		test.equal(#yaml.write(yaml.read(("["):rep(256)
			.. ("]"):rep(256))), 2 * 255 + 3)
		refuses("an integer of more than 64 bits, 9223372036854775808: "
			.. "as a string, in quotes, it can be read", yaml.read,
			"9223372036854775808")
	end,

	bytes_that_are_no_text_are_refused = function()
		refuses("line 2, column 4: invalid leading UTF-8 octet",
			yaml.read, "a: 1\nb: \xff\n")
		refuses("line 1, column 4: control characters are not allowed",
			yaml.read, "a: \1\n")
	end,

	values_are_written = function()
		test.equal(yaml.write(1), "1\n")
		test.equal(yaml.write("x"), "x\n")
		test.equal(yaml.write("x\ny\n"), "|\n  x\n  y\n")
		test.equal(yaml.write({}), "{}\n")
		test.equal(yaml.write(json.array()), "[]\n")
		test.equal(yaml.write(json.null), "null\n")
		test.equal(yaml.write { 1e20, 0.1, 1.0, -0.0, math.huge,
			-math.huge }, "- 1.0e+20\n- 0.1\n- 1.0\n- -0.0\n- .inf\n"
			.. "- -.inf\n")
		test.equal(yaml.write { a = { b = { { c = 1, d = { 2 } }, { 3 } } } },
			"a:\n  b:\n    - c: 1\n      d:\n        - 2\n    - - 3\n")
		test.equal(yaml.write { [1] = "a", [3] = "b", x = true },
			"1: a\n3: b\nx: true\n")
	end,

	what_would_be_read_otherwise_is_quoted = function()
		for _, text in ipairs { "", "yes", "No", "y", "on", "null", "~",
			"1", "0x1F", "010", "1_0", "1e5", ".5", "12:30", "=", "<<",
			"2001-01-01", "-", "- a", "? a", ": a", "a: b", "a:",
			"a #b", "#a", " a", "a ", "[a", "{a", "a\tb", "!a", "&a",
			"*a", "%a", "@a", "`a", "|", ">", "'a'", '"', "---",
			"...", ",a", "\u{feff}a", ".inf", ".nan" } do
			local written = round(text)
			test.match(written, '^"', written)
		end
		for _, text in ipairs { "a", "a b", "a:b", "a#b", "-a", "x=1",
			"http://x/y?z=1#w", "ünï", "1.2.3", "a, b", "50%", "~x",
			"it's", 'say "x"', "C:\\x", "v1" } do
			test.equal(yaml.write(text), text .. "\n")
		end
	end,

	what_was_written_is_read = function()
		round { a = "x\n", b = "\n", c = "\nx", d = "x\n\n", e = " x\ny",
			f = "a\n  \nb", g = "\tx\ny", h = "x\n y", i = "x \ny ",
			j = "x\r\ny", k = "\n\n", l = "x\n\n\ny\n", m = "#\n- a: b\n" }
		round { { { 1, { 2 } }, { a = {} } }, { b = { json.array() } } }
		round { [("k"):rep(2000)] = 1, ["a\nb"] = { 2 }, [""] = 3,
			["- x"] = { y = "l\nm" }, [("\1"):rep(500)] = { "z" } }
		test.equal(yaml.read(yaml.write("\xff\0x")), "\xff\0x")
		local nan = yaml.read(yaml.write(0 / 0))
		test.ok(nan ~= nan)
	end,

	random_strings_are_read_as_they_were = function()
		local random = make_random(7)

		for _ = 1, 3000 do
			local parts = {}
			for i = 1, random(8) do parts[i] = PIECES[random(#PIECES)] end
			local text = table.concat(parts)
			local value = { [text] = text, l = { text, { text } } }
			local written = yaml.write(value)
			for _, version in ipairs { "1.1", "1.2" } do
				local again = yaml.read(written, { version = version })
				if again[text] ~= text or again.l[1] ~= text
					or again.l[2][1] ~= text then
					test.fail("%q is not read from %s", text, written)
				end
			end
		end
	end,

	what_cannot_be_written = function()
		refuses("a function is no value that can be written at 'a.b[2]'",
			yaml.write, { a = { b = { 1, print } } })
		refuses("a key cannot be a table", yaml.write, { [{}] = 1 })
		local loop = {}
		loop[1] = loop
		refuses("tables are nested too deeply, or hold themselves",
			yaml.write, loop)
	end,
}
