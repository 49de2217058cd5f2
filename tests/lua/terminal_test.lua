-- What the command line prints: durations, widths, tables, trees, colours.

local colour = require("terminal.colour")
local format = require("terminal.format")
local render = require("table").render
local tree = require("terminal.tree")

local function expect(expected, got)
	if expected ~= got then
		error(("expected %q, got %q"):format(tostring(expected),
			tostring(got)), 2)
	end
end

return {
	durations_have_two_units_at_most = function()
		expect("0ms", format.duration(0))
		expect("999ms", format.duration(999))
		expect("1.2s", format.duration(1250))
		expect("1m05s", format.duration(65000))
		expect("2h03m", format.duration(7380000))
		expect("1d01h", format.duration(90000000))
		expect("-", format.duration(nil))
	end,

	ages_have_one_unit = function()
		expect("0s", format.age(-5))
		expect("59s", format.age(59999))
		expect("3m", format.age(200000))
		expect("1y", format.age(400 * 86400000))
	end,

	sizes_are_binary = function()
		expect("512 B", format.bytes(512))
		expect("1.5 KiB", format.bytes(1536))
		expect("20 MiB", format.bytes(20 * 1024 * 1024))
	end,

	refs_are_short = function()
		expect("main", format.ref("refs/heads/main"))
		expect("tag v1", format.ref("refs/tags/v1"))
		expect(nil, format.ref(nil))
	end,

	widths_count_letters_not_bytes_or_colours = function()
		expect(2, format.width("é✓"))
		expect(3, format.width(colour.paint("bold red", "abc")))
		expect("né…", format.fit("néxt", 3))
		expect("abc", format.fit("abc", 3))
	end,

	what_moves_the_cursor_is_removed = function()
		expect("red  x", format.clean("\27[31mred\27[0m \rx"))
	end,

	paragraphs_are_wrapped_and_listings_kept = function()
		expect("a b\nc\n\n  x   y", format.wrap("a b c\n\n  x   y", 3))
		expect("", format.wrap("", 10))
	end,

	tables_are_aligned = function()
		local text = render({ { title = "ID", right = true },
			{ title = "NAME" }, { title = "END" } },
			{ { "1", "é", "x" }, { "10", "long", "y" } })
		expect("ID  NAME  END\n 1  é     x\n10  long  y\n", text)
	end,

	narrow_tables_shrink_where_they_may = function()
		local text = render({ { title = "A", shrink = true },
			{ title = "B" } },
			{ { "a long name indeed", "kept" } }, { width = 14 })
		expect("A         B\na long …  kept\n", text)
	end,

	steps_are_below_their_parents = function()
		local nodes = tree.walk {
			{ name = "a" }, { name = "all" },
			{ name = "x", parent = "all" }, { name = "b" },
			{ name = "y", parent = "all" },
			{ name = "self", parent = "self" },
			{ name = "orphan", parent = "gone" },
		}
		local words = {}
		for i, node in ipairs(nodes) do
			words[i] = node.step.name .. node.depth
		end
		expect("a0 all0 x1 y1 b0 self0 orphan0",
			table.concat(words, " "))
	end,

	pipes_get_no_colours = function()
		local file = io.tmpfile()
		expect("x", colour.of(file)("bold", "x"))
		file:close()
	end,
}
