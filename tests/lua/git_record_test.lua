-- Git in a recipe: answers are recorded, changes are made once.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local test = require("test")

local tests = {}

function tests.a_replay_gets_recorded_answers_and_changes_nothing_twice()
	local place, crashed = durable.new_home(), false
	local dir, heads = test.temp_dir(), {}
	local values = require("run.values")

	local function recipe(ctx)
		local git = values.modules.git
		local repo = git.init(dir .. "/r", { branch = "main" })
		local oid = repo:commit { message = "x", allow_empty = true,
			author = "Ada <a@b.c>" }
		heads[#heads + 1] = oid
		test.equal(repo:branch(), "main")
		test.equal(git.progress():snapshot().phase, "waiting")
		if not crashed then
			crashed = true
			ctx:step("stop", durable.crash)
		end
	end

	durable.run(place, recipe)
	test.equal(durable.again(place), 0)
	test.equal(#heads, 2)
	test.equal(heads[1], heads[2])
	test.equal(#require("git").open(dir .. "/r"):log(), 1)
end

return tests
