-- The module flaky: a state that goes on from a table.

local flaky = require("flaky")
local test = require("test")

local tests = {}

function tests.a_test_that_passes_on_retry()
	local state = {}

	for _ = 1, 20 do test.equal(flaky.update(state, false), false) end
	flaky.update(state, true)
	test.equal(flaky.update(state, false, true), true)
	test.equal(state.flaky, true)
	test.equal(state.retried, 1)
	test.equal(state.results, 22)
	test.equal(state.failed, false)
	test.equal(state.streak, 1)
end

function tests.a_state_is_only_numbers_and_flags()
	local state, copy = {}, {}

	for i = 1, 30 do flaky.update(state, i % 3 == 0) end
	for key, value in pairs(state) do copy[key] = value end
	flaky.update(state, true, true)
	flaky.update(copy, true, true)
	test.equal(copy, state)
end

function tests.strange_states_are_taken()
	local state = { weight = 1 / 0, score = -(0 / 0), results = -1,
		streak = 1e300 }

	flaky.update(state, true)
	test.equal(state.results, 1)
	test.raises("boolean expected", flaky.update, {}, 1)
	test.raises("table expected", flaky.update, 1, true)
end

function tests.a_mass()
	test.equal(flaky.mass(100, 200), true)
	test.equal(flaky.mass(3, 200), false)
	test.raises("count", flaky.mass, -1, 1)
end

return tests
