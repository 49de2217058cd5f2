local json = require("json")
local test = require("test")
local text_table = require("table")

local function refuses(message, ...)
	test.equal(test.raises("invalid", ...).message, message)
end

return {
	lua_s_functions_are_there = function()
		for name, fn in pairs(table) do test.equal(text_table[name], fn) end
		test.equal(rawget(table, "render"), nil)
	end,

	rows_are_lists_or_have_names = function()
		local wanted = "a   b\nx   1\nyy  2\n"

		test.equal(text_table.render({ "a", "b" },
			{ { "x", 1 }, { "yy", 2 } }), wanted)
		test.equal(text_table.render({ "a", "b" },
			{ { a = "x", b = 1 }, { a = "yy", b = 2, c = 3 } }), wanted)
		test.equal(text_table.render({ { title = "A", key = "x" },
			{ title = "B", key = 7 } }, { { x = 1, [7] = 2 } }),
			"A  B\n1  2\n")
		test.equal(text_table.render({ "a", "b", "c" },
			{ { 1, nil, true }, { json.null, "x" }, {} }),
			"a  b  c\n1     true\n   x\n\n")
	end,

	numbers_stand_to_the_right = function()
		test.equal(text_table.render({ "n", "x" },
			{ { 1, "a" }, { 100, "b" }, { json.null, "c" } }),
			"  n  x\n  1  a\n100  b\n     c\n")
		test.equal(text_table.render({ { title = "n", right = false } },
			{ { 1 }, { 100 } }), "n\n1\n100\n")
		test.equal(text_table.render({ { title = "xx", right = true } },
			{ { "a" } }), "xx\n a\n")
	end,

	widths_are_those_of_a_terminal = function()
		test.equal(text_table.width("abc"), 3)
		test.equal(text_table.width("数据"), 4)
		test.equal(text_table.width("e\u{301}"), 1)
		test.equal(text_table.width("😀"), 2)
		test.equal(text_table.width("\u{200b}"), 0)
		test.equal(text_table.width("한글"), 4)
		test.equal(text_table.width("\u{20000}"), 2)
		test.equal(text_table.width("\xff\xfe"), 2)
		test.equal(text_table.width("\27[1;31mx\27[0m"), 1)
		test.equal(text_table.render({ "a", "b" },
			{ { "数据", "x" }, { "e\u{301}", "y" } }),
			"a     b\n数据  x\ne\u{301}     y\n")
	end,

	texts_are_cut_between_characters = function()
		test.equal(text_table.fit("abcdef", 6), "abcdef")
		test.equal(text_table.fit("abcdef", 4), "abc…")
		test.equal(text_table.fit("数据库", 5), "数据…")
		test.equal(text_table.fit("数据库", 4), "数…")
		test.equal(text_table.fit("e\u{301}xyz", 3), "e\u{301}x…")
		test.equal(text_table.fit("abc", 1), "…")
		test.equal(text_table.fit("abc", 0), "")
		test.equal(text_table.fit("\xff\xfeabc", 3), "\xff\xfe…")
	end,

	columns_shrink_to_the_width = function()
		local columns = { { title = "A", shrink = true },
			{ title = "B", shrink = true }, "C" }
		local rows = { { ("a"):rep(30), ("b"):rep(20), "kept" } }
		local text = text_table.render(columns, rows, { width = 30 })

		for line in text:gmatch("[^\n]+") do
			test.ok(text_table.width(line) <= 30, line)
		end
		test.match(text, "kept\n$")
		text = text_table.render(columns, rows, { width = 1 })
		test.match(text, "\na+…  b+…  kept\n$")
		test.equal(text_table.render({ { title = "A", max = 5 } },
			{ { "abcdefgh" } }), "A\nabcd…\n")
		test.match(text_table.render(columns, rows, { width = false }),
			("a"):rep(30))
	end,

	cells_cannot_move_the_cursor = function()
		test.equal(text_table.render({ "a" },
			{ { "x\27[2J\ny\r\tz\0" } }), "a\nx y  z\n")
	end,

	options = function()
		test.equal(text_table.render({ "a", "b" }, { { 1, 2 } },
			{ header = false, gap = 4 }), "1    2\n")
		test.equal(text_table.render({ "a" }, {}), "a\n")
		test.equal(text_table.render({ "a" }, {}, { header = false }), "")
		test.equal(text_table.render({ { title = "a", style = function(cell)
			return cell == "x" and "red"
		end } }, { { "x" }, { "y" } }, { paint = function(style, text)
			return style .. "(" .. text .. ")"
		end }), "bold(a)\nred(x)\ny\n")
	end,

	markdown = function()
		test.equal(text_table.markdown({ "a", "n" },
			{ { "x|y\\", 1 }, { "two\nlines", 22 } }),
			"| a            |   n |\n| ------------ | --: |\n"
			.. "| x\\|y\\\\       |   1 |\n| two<br>lines |  22 |\n")
		test.equal(text_table.markdown({ "a" }, {}),
			"| a   |\n| --- |\n")
	end,

	csv = function()
		test.equal(text_table.csv({ "a", "b" }, { { "x,y", 'say "z"' },
			{ " x", "l\nm" }, { 1, json.null }, { 2.5, true } }),
			'a,b\n"x,y","say ""z"""\n" x","l\nm"\n1,\n2.5,true\n')
		test.equal(text_table.csv({ "a", "b" }, { { "x,y", "u;v" } },
			{ separator = ";", header = false }), 'x,y;"u;v"\n')
		test.equal(text_table.csv({ "a" }, { { "" } }), 'a\n""\n')
		refuses("the separator must be one character, and no quote",
			text_table.csv, { "a" }, {}, { separator = '"' })
	end,

	what_is_no_table = function()
		refuses("columns must be a list", text_table.render, nil, {})
		refuses("a table needs at least one column", text_table.render,
			{}, {})
		refuses("column 2 has no title", text_table.render,
			{ "a", {} }, {})
		refuses("rows must be a list", text_table.csv, { "a" })
		refuses("row 1 is no table", text_table.markdown, { "a" }, { 1 })
		refuses("unknown option 'widht' of a table (did you mean "
			.. "'width'?)", text_table.render, { "a" }, {},
			{ widht = 3 })
	end,
}
