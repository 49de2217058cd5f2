local fs = require("fs")
local ini = require("ini")
local json = require("json")
local ordered = require("ordered")
local test = require("test")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)$")
local DIR <const> = HERE:gsub("[^/]*$", "")
local DATA <const> = DIR .. "../data/ini/cases.txt"
local cases = load(fs.read(DIR .. "cases.lua"), "@" .. DIR .. "cases.lua")()

local function round(value)
	local text = ini.write(value)

	test.equal(ini.read(text, { duplicates = "all" }), value)
	return text
end

local function refuses(message, ...)
	test.equal(test.raises("invalid", ...).message, message)
end

return {
	the_dialect_is_read = function()
		local count = cases.each(DATA, function(case)
			cases.check(ini.read, case)
		end)
		test.ok(count >= 45)
	end,

	all_that_is_read_can_be_written = function()
		cases.each(DATA, function(case)
			if case.wanted then round(ini.read(case.text)) end
		end)
	end,

	duplicates = function()
		local text = "a = 1\na = 2\na = 3\nb = 4\n"

		test.equal(ini.read(text, { duplicates = "first" }),
			{ a = "1", b = "4" })
		test.equal(ini.read(text, { duplicates = "last" }),
			{ a = "3", b = "4" })
		test.equal(ini.read(text, { duplicates = "all" }),
			{ a = { "1", "2", "3" }, b = "4" })
		refuses("x.ini:2:1: the key 'a' has a value already, in line 1", ini.read,
			text, { file = "x.ini" })
		refuses("option 'duplicates' cannot be 'none': it is 'error', "
			.. "'first', 'last' or 'all'", ini.read, text,
			{ duplicates = "none" })
	end,

	options = function()
		test.equal(ini.read("[s]\na ; c\nb\n", { flags = true }),
			{ s = { a = true, b = true } })
		test.equal(ini.read("[Sec]\nKey = Value\n", { lower = true }),
			{ sec = { key = "Value" } })
		test.equal(ordered.keys(ini.read("z=1\n[y]\n[a]\n",
			{ ordered = true })), { "z", "y", "a" })
		test.raises("limit", ini.read, ("a\n"):rep(20),
			{ flags = true, duplicates = "last", max_values = 10 })
	end,

	values_are_written = function()
		test.equal(ini.write { a = 1, b = true, s = { c = 1.5, d = "x" } },
			"a = 1\nb = true\n\n[s]\nc = 1.5\nd = x\n")
		test.equal(round { s = { l = { "1", "2" } } },
			"[s]\nl = 1\nl = 2\n")
		test.equal(round { a = " x", b = "x ;y", c = "x\ny", d = "",
			e = "'x", f = "C:\\", g = "a;b", h = 'say "x"' },
			'a = " x"\nb = "x ;y"\nc = "x\\ny"\nd = ""\ne = "\'x"\n'
				.. 'f = "C:\\\\"\ng = a;b\nh = say "x"\n')
		round { a = "\0\1\127\r\t", b = "\\n", c = "x\\ny\\", d = "#" }
	end,

	what_ini_does_not_have = function()
		refuses("INI has no values in values: 'b'", ini.write,
			{ a = { b = { { 1 } } } })
		refuses("INI has no values in values: 'b'", ini.write,
			{ a = { b = { c = { 1 } } } })
		refuses("INI has no null: 'a'", ini.write, { a = json.null })
		refuses("no key can begin like this: ';a'", ini.write,
			{ [";a"] = 1 })
		refuses("INI has no way to write this name: 'a=b'", ini.write,
			{ ["a=b"] = 1 })
		refuses("INI has no way to write this name: 'a]'", ini.write,
			{ ["a]"] = {} })
		refuses("a name cannot begin or end with a blank: ' a'", ini.write,
			{ [" a"] = 1 })
		refuses("a name in INI must be text: ''", ini.write,
			{ [""] = 1 })
		refuses("a value that is no UTF-8: 'a'", ini.write,
			{ a = "\xff" })
		refuses("an INI file is a table of keys and sections", ini.write,
			{ 1 })
	end,
}
