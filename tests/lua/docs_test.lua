-- Every example in docs/modules/*.md runs.
--
-- A block that begins with ```lua in the first column is run; other languages,
-- and blocks whose first line is `-- shell`, are not. ```lua recipe is a whole
-- recipe: it is written to tidemill.lua and must pass `tidemill run`.
--
-- The blocks of a page are run in order, as one task with a time-out, in a
-- process of their own whose current directory is a new, empty one (and
-- TIDEMILL_HOME another). They have `require` and the globals of the library;
-- what a block assigns to a global, later blocks of the page have, too. A block
-- fails when it raises: use assert.
--
-- docs/modules/NAME.md may have a fixture, tests/lua/docs/NAME.lua. It returns
-- a function that is called before the blocks with the directory, and may
-- return a table of globals for them. It can start servers, write files, and
-- put fakes into package.loaded; test.finally cleans up after the page.
-- docs_page.lua beside this file does the work.
--
-- A failure is reported as docs/modules/NAME.md:LINE, the line of the block,
-- followed by its error, whose lines are the page's, too.

local fs = require("fs")
local path = require("path")
local proc = require("proc")
local test = require("test")

local PAGES <const> = "docs/modules"

local function run_page(name)
	local place = test.temp_dir()
	local fixture = ("tests/lua/docs/%s.lua"):format(name)

	fs.mkdir(place .. "/work")
	local result = proc.run { "/proc/self/exe", "test", "--timeout", "25s",
		path.absolute("tests/lua/docs_page.lua"), check = false,
		cwd = place .. "/work", stderr = "merge", env = {
			TIDEMILL_HOME = place .. "/home", NO_COLOR = "1",
			DOCS_PAGE = ("%s/%s.md"):format(PAGES, name),
			DOCS_ROOT = fs.current_dir(),
			DOCS_FIXTURE = fs.exists(fixture) and fixture or false,
		} }
	if result.status ~= 0 then
		test.fail("%s", (result.stdout:gsub("\n+$", "")))
	end
end

local tests = {}

function tests.all_pages_are_in_the_index()
	local index = fs.read(PAGES .. "/README.md")

	for _, file in ipairs(fs.list(PAGES)) do
		if file ~= "README.md" then
			test.ok(index:find("(" .. file .. ")", 1, true), file
				.. " is not in " .. PAGES .. "/README.md")
		end
	end
	for file in index:gmatch("%]%(([^)#]+)") do
		test.ok(fs.exists(PAGES .. "/" .. file), file .. " is missing")
	end
end

for _, file in ipairs(fs.list(PAGES)) do
	local name = file:match("^(.*)%.md$")
	if name then
		tests["the examples of " .. name .. " run"] = function()
			run_page(name)
		end
	end
end

return tests
