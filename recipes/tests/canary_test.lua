-- How a recipe is tested: each of its ways, in milliseconds.

local testing = require("testing")

local canary = testing.recipe("recipes/canary.lua")

--- Programs that do well, but for what `more` says.
local function programs(more)
	local fakes = { ["./traffic shift *"] = true,
		["./traffic errors *"] = "0.2\n",
		["./traffic mark *"] = true, ["echo *"] = true }

	for name, reply in pairs(more or {}) do fakes[name] = reply end
	return fakes
end

local function release(more)
	local options = { params = { version = "v7" }, processes = programs() }

	for name, value in pairs(more or {}) do options[name] = value end
	return canary:run(options)
end

local tests = {}

function tests.a_good_version_gets_all_of_the_traffic()
	local result = release()

	testing.equal(result.state, "passed")
	testing.contains(result.notes, "v7 has all of the traffic")
	testing.equal(result.locks, { "traffic" })
	testing.equal(result.took, 3 * 30 * 60000)
	testing.equal(#result.commands, 3 + 3 * 5 + 1)
end

function tests.a_bad_version_is_taken_back()
	local result = release { processes = programs {
		["./traffic errors v7"] = { "0.1", "0.3", "0", "0", "0", "4.5" } } }

	testing.equal(result.state, "failed")
	testing.equal(result.error.message,
		"4.5 % of the requests failed at 25 %")
	testing.equal(result.undone, { "shift to 25 %", "shift to 5 %" })
	testing.equal(result.commands[#result.commands].text,
		"echo the canary died")
end

function tests.errors_that_cannot_be_read_are_a_failure()
	local result = release { processes = programs {
		["./traffic errors v7"] = "no data" } }

	testing.contains(result.error.message, "unknown")
	testing.equal(result.undone, { "shift to 5 %" })
end

function tests.a_network_that_is_away_is_tried_again()
	local result = release { processes = programs {
		["./traffic shift v7 5"] = { 75, 75, 0 } } }

	testing.equal(result.state, "passed")
	testing.equal(result.steps["shift to 5 %"].attempts, 3)
	testing.equal(result.took, 3 * 30 * 60000 + 2000 + 4000)
end

function tests.a_killed_runner_goes_on_where_it_was()
	local result = release { crash_after = "shift to 25 %" }

	testing.equal(result.state, "crashed")
	result = result:resume()
	testing.equal(result.state, "passed")
	testing.equal(result.steps["shift to 25 %"].attempts, 1)
	testing.equal(result.ran[1], "errors at 25 %")
end

function tests.a_mark_is_not_made_twice()
	local result = release { crash_during = "mark" }:resume()

	testing.equal(result.state, "waiting")
	testing.equal(result:answer("mark", "done").state, "passed")
end

function tests.another_deployment_is_waited_for()
	local result = release { locks = { traffic = "20m" } }

	testing.equal(result.state, "passed")
	testing.equal(result.took, (20 + 90) * 60000)
	testing.equal(release { locks = { traffic = true } }.error.code,
		"timeout")
end

function tests.it_runs_on_working_days()
	local due = canary:due { from = "2026-10-23", count = 3 }

	-- A Friday; on Sunday clocks go back.
	testing.equal(due[1].text, "2026-10-26T08:30:00.000Z")
	testing.equal(due[1].params.version, "latest")
	testing.equal(canary:run_due({ from = "2026-10-26", to = "2026-10-27" },
		{ processes = programs() })[1].state, "passed")
	testing.ok(canary:triggers { emit = "release" }.fires)
	testing.ok(not canary:triggers { push = "main" }.fires)
end

return tests
