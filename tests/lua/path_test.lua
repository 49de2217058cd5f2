local path = require("path")
local test = require("test")

--- Compares `fn` of the arguments with what is behind them, line by line.
local function table_of(fn, rows)
	for _, row in ipairs(rows) do
		local wanted = table.remove(row)
		test.equal(fn(table.unpack(row)), wanted,
			table.concat(row, " "))
	end
end

return {
	join = function()
		table_of(path.join, {
			{ "a", "a" }, { "a", "b", "a/b" }, { "a/", "b", "a/b" },
			{ "a", "/b", "/b" }, { "/", "b", "/b" },
			{ "a", "b", "c.lua", "a/b/c.lua" },
		})
		test.raises("string expected", path.join)
		test.raises("string expected", path.join, "a", {})
	end,

	dir_base_extension = function()
		table_of(path.dir, { { "a/b", "a" }, { "a", "." },
			{ "/a", "/" }, { "/", "/" }, { "a/b/c", "a/b" } })
		table_of(path.base, { { "a/b.lua", "b.lua" }, { "b", "b" },
			{ "a/", "" } })
		table_of(path.extension, { { "a/b.lua", ".lua" }, { "b", "" },
			{ "a.b/c", "" }, { ".hidden", "" },
			{ "x.tar.gz", ".gz" } })
	end,

	clean = function()
		table_of(path.clean, {
			{ "", "." }, { "a//b", "a/b" }, { "./a", "a" },
			{ "a/./b", "a/b" }, { "a/../b", "b" }, { "..", ".." },
			{ "../a", "../a" }, { "/..", "/" }, { "a/..", "." },
			{ "/a/../../b", "/b" }, { "a/b/", "a/b" },
		})
	end,

	absolute = function()
		local here = require("fs").current_dir()

		table_of(path.absolute, { { "/a/../b", "/b" },
			{ "x", path.join(here, "x") }, { ".", here } })
		table_of(path.is_absolute, { { "/a", true }, { "a", false },
			{ "", false } })
	end,

	inside = function()
		table_of(path.inside, { { "/a", "/a/b", true },
			{ "/a", "/a", true }, { "/a", "/ab", false },
			{ "/", "/a", true }, { "/a/b", "/a", false } })
	end,

	relative = function()
		table_of(path.relative, {
			{ "/a/b/c", "/a", "b/c" }, { "/a", "/a", "." },
			{ "/a/b", "/a/c", "../b" }, { "/x/y", "/a/b", "../../x/y" },
			{ "/a/bc", "/a/b", "../bc" }, { "/", "/a", ".." },
			{ "/a", "/", "a" }, { "src/x", "src", "x" },
			{ "a", "b/c", "../../a" },
		})
	end,

	names_with_nul_are_refused = function()
		test.raises("zero", path.join, "a", "b\0c")
		test.raises("zero", path.clean, "b\0c")
	end,
}
