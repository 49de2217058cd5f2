-- The module diff.

local diff = require("diff")
local test = require("test")

local tests = {}

local function lines(...)
	return table.concat({ ... }, "\n") .. "\n"
end

function tests.changes_far_apart_are_hunks_of_their_own()
	local old, new = {}, {}

	for i = 1, 40 do old[i], new[i] = "line " .. i, "line " .. i end
	new[3], new[30] = "three", "thirty"
	local text, stats = diff.unified(table.concat(old, "\n") .. "\n",
		table.concat(new, "\n") .. "\n")
	test.equal(select(2, text:gsub("\n@@", "")), 2)
	test.equal(stats, { added = 2, removed = 2 })
	test.ok(text:find("@@ -27,7 +27,7 @@", 1, true))
end

function tests.new_and_gone_files()
	test.equal(diff.unified("", "a\n"),
		lines("--- old", "+++ new", "@@ -0,0 +1,1 @@", "+a"))
	test.equal(diff.unified("a\n", ""),
		lines("--- old", "+++ new", "@@ -1,1 +0,0 @@", "-a"))
end

function tests.a_missing_last_newline_is_told()
	test.equal(diff.unified("a", "a\n"), lines("--- old", "+++ new",
		"@@ -1,1 +1,1 @@", "-a", "\\ No newline at end of file", "+a"))
end

function tests.the_shortest_script_is_found()
	local text, stats = diff.unified(lines("a", "b", "c", "a", "b", "b",
		"a"), lines("c", "b", "a", "b", "a", "c"))

	test.equal(stats.added + stats.removed, 5)
	test.ok(text:find("^%-%-%- old"))
end

function tests.texts_that_share_nothing_are_bounded()
	local old, new = {}, {}

	for i = 1, 6000 do old[i], new[i] = "a" .. i, "b" .. i end
	local _, stats = diff.unified(table.concat(old, "\n"),
		table.concat(new, "\n"))
	test.equal(stats, { added = 6000, removed = 6000 })
end

return tests
