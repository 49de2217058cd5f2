-- `tidemill test`: what it finds, prints, writes and counts; and claims.

local fs = require("fs")
local json = require("json")
local proc = require("proc")
local testing = require("testing")
local time = require("time")

local tests = {}

local function place_with(files)
	local place = testing.temp_dir()

	for name, text in pairs(files) do
		fs.mkdir(require("path").dir(place .. "/" .. name))
		fs.write(place .. "/" .. name, text)
	end
	return place
end

local function tidemill_test(place, ...)
	local words = { "/proc/self/exe", "test", ... }

	words.check, words.cwd, words.stderr = false, place, "merge"
	words.env = { NO_COLOR = "1" }
	return proc.run(words)
end

local PASSES <const> = "return { good = function() end }\n"
local FAILS <const> = [[
	local testing = require("testing")
	return { bad = function()
		testing.equal("a\nb\nc\n", "a\nx\nc\n")
	end }
]]

function tests.tests_of_a_repository_are_found()
	local place = place_with { ["a_test.lua"] = PASSES,
		["tests/deep/b_test.lua"] = PASSES, ["ci/c_test.lua"] = PASSES,
		["src/d_test.lua"] = FAILS }

	testing.matches(tidemill_test(place).stdout, "3 passed, 0 failed\n$")
	local result = tidemill_test(place_with { ["x.lua"] = "" })
	testing.equal(result.status, 3)
	testing.contains(result.stdout, "there are no tests")
end

function tests.failures_name_the_line_and_show_a_diff()
	local place = place_with { ["a_test.lua"] = FAILS }
	local result = tidemill_test(place, "--junit", "out.xml")

	testing.equal(result.status, 1)
	testing.contains(result.stdout, "a_test.lua:3: it differs:")
	testing.contains(result.stdout, "-x\n    +b")
	testing.contains(fs.read(place .. "/out.xml"),
		'<failure message="a_test.lua:3: it differs:">')
	local found = json.decode(tidemill_test(place, "--json").stdout)
	testing.equal(found.failed, 1)
	testing.equal(found.tests[1].where, "a_test.lua:3")
end

function tests.errors_that_cannot_be_shown_are_failures()
	local place = place_with { ["a_test.lua"] = [[
		local shy = setmetatable({}, { __tostring = error })
		return {
			a = function() error(shy) end,
			b = function() error({ message = shy }) end,
			c = function() error(nil) end,
			d = function() error(print) end,
		}]] }
	local result = tidemill_test(place)

	testing.equal(result.status, 1)
	testing.matches(result.stdout, "0 passed, 4 failed\n$")
end

local RECIPE <const> = [[
	return {
		run = function(ctx)
			if ctx.event.kind == "push" then
				ctx:step("deploy", "deploy")
			end
			ctx:step("test", "test")
		end,
	}
]]

function tests.coverage_says_what_never_ran()
	local place = place_with { ["tidemill.lua"] = RECIPE,
		["a_test.lua"] = [[
		local testing = require("testing")
		return { good = function()
			testing.recipe("tidemill.lua"):run {
				processes = { test = true } }
		end }]] }
	local result = tidemill_test(place, "--coverage")

	testing.contains(result.stdout,
		"tidemill.lua: 3 of 4 lines (75.0 %), 1 of 2 branches\n"
		.. "  never ran: lines 4\n"
		.. "  never ran: step 'deploy' (line 4)\n"
		.. "  line 3: the condition was never true\n")
	testing.equal(tidemill_test(place, "--min-coverage", "75").status, 0)
	testing.equal(tidemill_test(place, "--min-coverage", "76").status, 1)
	local found = json.decode(tidemill_test(place, "--coverage", "--json")
		.stdout)
	testing.equal(found.coverage.files[1].lines.missed, { 4 })
end

function tests.changed_files_are_tested_again()
	local place = place_with { ["a_test.lua"] = PASSES,
		["lib/x.lua"] = "" }
	local handle <close> = proc.spawn { "/proc/self/exe", "test", "--watch",
		cwd = place, env = { NO_COLOR = "1" } }
	local next_line = handle:lines()
	local function until_line(wanted)
		for line in next_line do
			if line:find(wanted, 1, true) then return line end
		end
		testing.fail("'%s' was not printed", wanted)
	end

	until_line("1 passed, 0 failed")
	until_line("waits for a change")
	fs.write(place .. "/a_test.lua", FAILS)
	until_line("0 passed, 1 failed")
	until_line("waits for a change here and below lib")
	fs.write(place .. "/lib/x.lua", "return 1")
	until_line("x.lua changed")
	until_line("0 passed, 1 failed")
end

function tests.texts_and_tables_are_compared()
	testing.equal(testing.diff({ 1, { a = 1 } }, { 1, { a = 1 } }), nil)
	testing.equal(testing.diff(1, 1.0), "it is 1, not 1.0")
	testing.equal(testing.diff(0 / 0, 0 / 0), nil)
	local loop = {}
	loop.loop = loop
	local other = {}
	other.loop = other
	testing.equal(testing.diff(loop, other), nil)
	testing.equal(testing.diff({ steps = { [2] = "x" } },
		{ steps = { [2] = "y" } }), 'steps[2] is "x", not "y"')
	testing.contains(testing.diff(("a"):rep(100) .. "b", ("a"):rep(100)),
		"differs at byte 101")
	local many = {}
	for i = 1, 20 do many[i] = i end
	testing.contains(testing.diff(many, {}), "and 8 more")
end

function tests.claims_hold_or_fail()
	testing.contains({ 1, { a = 1, b = 2 } }, { a = 1, b = 2 })
	testing.contains({ a = { b = 1, c = 2 } }, { a = { b = 1 } })
	testing.raises("a.b is 1, not 2", testing.contains,
		{ a = { b = 1 } }, { a = { b = 2 } })
	testing.raises("'nam' may mean 'name'", testing.contains,
		{ name = 1 }, { nam = 1 })
	testing.raises("near it is", testing.contains, "one line\n",
		"on line")
	testing.near(1.05, 1, 0.1)
	testing.raises("more than", testing.near, 2, 1, 0.1)
	testing.raises("should not be", testing.differs, { 1 }, { 1 })
end

--- What is put into a text changes neither its lines nor what it does.
function tests.counted_code_is_the_same_code()
	local instrument = require("testing.instrument")
	local count = 0

	for _, dir in ipairs { "stdlib/testing", "stdlib/run", "recipes" } do
		for _, name in ipairs(fs.glob("**/*.lua", dir)) do
			local text = fs.read(dir .. "/" .. name)
			local counted, counters = instrument.text(text)
			local _, lines = text:gsub("\n", "")
			local _, after = counted:gsub("\n", "")
			testing.equal(after, lines, name)
			testing.ok(load(counted, "@" .. name))
			count = count + #counters
			time.sleep(0) -- a wait: the library is large
		end
	end
	testing.ok(count > 1000)
	local env = setmetatable({ __covered = function() end },
		{ __index = _G })
	local text = instrument.text([[
		local list, x <const> = {}, 3
		local y = x > 2
		for i = 1, 3 do
			if i == 2 then goto continue end
			list[#list + 1] = (function(...) return ... end)(i)
			::continue::
		end
		repeat local z = 1 until z == x - 2
		while #list < 4 do
			list[#list + 1] = "s" if y then break else y = 1 end
		end
		return table.concat(list, ","), y]])
	testing.equal({ load(text, "t", "t", env)() }, { "1,3,s", true })
end

return tests
