-- ctx:approve: a run that waits for a person.

local testing = require("testing")

local tests = {}

local SHOP <const> = [[
return { name = "shop", run = function(ctx)
	ctx:step("build", "make")
	local yes = ctx:approve { "deploy to prod?", expire = "4h",
		reasons = { "it is Friday", "3 tests are flaky" } }
	ctx:note("approved by " .. yes.by .. ": " .. tostring(yes.comment))
	ctx:step("deploy", { "make deploy", once = true })
end }]]

local function run(options, text)
	options.processes = { make = true, ["make deploy"] = true }
	return testing.recipe { name = "shop", text = text or SHOP }
		:run(options)
end

function tests.an_approval_lets_the_run_go_on()
	local result = run { approvals = { approve = { say = "approve",
		by = "ada", comment = "tested", after = "3h" } } }

	testing.equal(result.error, nil)
	testing.equal(result.state, "passed")
	testing.equal(result.ran, { "build", "deploy" })
	testing.equal(result.notes[#result.notes], "approved by ada: tested")
	testing.equal(result.took, 3 * 3600 * 1000)
end

function tests.a_rejection_fails_the_run_with_its_reason()
	local result = run { approvals = { say = "reject", by = "grace",
		comment = "not on a Friday" } }

	testing.equal(result.state, "failed")
	testing.equal(result.ran, { "build" })
	testing.equal(result.error.code, "rejected")
	testing.equal(result.error.message,
		"grace rejected 'deploy to prod?': not on a Friday")
end

function tests.a_recipe_may_go_another_way()
	local result = run({ approvals = "reject" }, [[
return { name = "shop", run = function(ctx)
	local ok, problem = pcall(ctx.approve, ctx, "deploy?")
	ctx:note(tostring(ok) .. " " .. problem.code)
end }]])

	testing.equal(result.state, "passed")
	testing.equal(result.notes[#result.notes], "false rejected")
end

function tests.nobody_answers_in_time()
	local result = run {}

	if result.state == "waiting" then
		result = result:resume { at = result.wake_at }
	end
	testing.equal(result.state, "failed")
	testing.equal(result.error.message,
		"nobody approved 'deploy to prod?' within 4h")
end

function tests.an_answer_is_not_asked_for_again_after_a_crash()
	local result = run { crash_during = "deploy", approvals = "approve" }

	testing.equal(result.state, "crashed")
	result = result:resume { approvals = "reject" }
	testing.equal(result.state, "waiting")
	result = result:answer("deploy", "again", { approvals = "reject" })
	testing.equal(result.state, "passed")
	testing.equal(result.ran, { "deploy" })
end

function tests.a_retry_asks_again()
	local result = run { approvals = "reject" }

	result = result:retry { approvals = "approve" }
	testing.equal(result.state, "passed")
	testing.equal(result.ran, { "deploy" })
end

function tests.wrong_questions_are_told()
	local result = run({}, [[
return { name = "shop", run = function(ctx)
	ctx:approve { "deploy?", expires = "4h" }
end }]])

	testing.equal(result.state, "failed")
	testing.ok(result.error.message:find("did you mean 'expire'", 1, true))
end

return tests
