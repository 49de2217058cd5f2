-- The module drain, and the verb templates.

local drain = require("drain")
local fs = require("fs")
local json = require("json")
local proc = require("proc")
local test = require("test")

local tests = {}

local LOG <const> = [[
user ada logged in from 10.0.0.7
user grace logged in from 10.0.0.8
disk full: /dev/sda1
user alan logged in from 10.0.0.9
]]

function tests.lines_of_a_kind_share_a_template()
	local miner = drain.new()

	test.equal(miner:add_text(LOG, true), { 1, 1, 2, 1 })
	local templates = miner:templates()
	test.equal(templates[1].template, "user <*> logged in from <*>")
	test.equal(templates[1].count, 3)
	test.equal(templates[2].template, "disk full: <*>")
end

function tests.ids_stay_the_same()
	local first, second = drain.new(), drain.new()

	first:add_text(LOG)
	second:add_text(LOG)
	test.equal(first:templates()[2].id, second:templates()[2].id)
	local later = drain.load(first:save())
	test.equal(later:templates(), first:templates())
	test.equal(later:add("user kurt logged in from ::1"), 1)
	test.equal(later:templates()[1].id, first:templates()[1].id)
end

function tests.damaged_bytes_are_refused()
	local miner = drain.new()

	miner:add_text(LOG)
	local bytes = miner:save()
	for length = 1, #bytes - 1 do
		local ok, again = pcall(drain.load, bytes:sub(1, length))
		if ok then test.ok(#again:templates() < 2) end
	end
	test.raises("invalid", drain.load, "nonsense")
end

function tests.odd_lines_are_lines()
	local miner = drain.new()

	test.equal(miner:add(""), 1)
	test.equal(miner:add("   "), 1)
	test.equal(miner:add(("x"):rep(100000)), 2)
	test.equal(miner:add(("word "):rep(1000)), 3)
	test.equal(miner:add("\0\255\1"), 4)
	test.equal(#miner:templates(), 4)
end

local function tidemill(dir, ...)
	return proc.run { "/proc/self/exe", "templates", check = false,
		cwd = dir, ... }
end

function tests.the_command_line_counts_and_names()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.log", LOG)
	local answer = json.decode(tidemill(dir, "a.log", "--json").stdout)

	test.equal(#answer.lines, 4)
	test.equal(answer.lines[1], answer.lines[4])
	test.equal(answer.templates[1].count, 3)
	local lines = tidemill(dir, "a.log", "--lines").stdout
	test.equal(lines, table.concat(answer.lines, "\n") .. "\n")
	test.ok(tidemill(dir, "a.log").stdout:find("3 .* user <%*> logged in"))
	tidemill(dir, "a.log", "--model", "m")
	local more = json.decode(tidemill(dir, "a.log", "--model", "m", "--json")
		.stdout)
	test.equal(more.templates[1].count, 6)
	fs.write(dir .. "/m", "junk")
	local bad = tidemill(dir, "a.log", "--model", "m")
	test.equal(bad.status, 2)
	test.ok(bad.stderr:find("m: these are no templates", 1, true))
	test.equal(tidemill(dir, "missing.log").status, 3)
end

return tests
