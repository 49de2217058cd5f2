--- The person who answers ctx:approve of a run under test.

local approvals = require("approvals")
local time = require("time")

local KEYS <const> = { by = true, comment = true, after = true, say = true }
local STATES <const> = { approve = "approved", reject = "rejected" }

local function read(answer, step)
	if type(answer) == "string" then answer = { say = answer } end
	for key in pairs(answer) do
		if not KEYS[key] then
			error(("the answer to '%s' has no '%s'"):format(step,
				tostring(key)), 0)
		end
	end
	if not STATES[answer.say] then
		error(("the answer to '%s' is say = \"approve\" or"
			.. " \"reject\", not %s"):format(step,
			tostring(answer.say)), 0)
	end
	return answer
end

--- Answers as the test's option `approvals` says: by the name of the step, or
--- one answer for all; nothing there: nobody answers.
---@param session testing.Session
---@param question approvals.Row
return function(session, question)
	local given = session.options.approvals
	local answer = type(given) == "table" and not given.say
		and given[question.step] or type(given) == "string" and given
		or type(given) == "table" and given.say and given

	if not answer then return end
	answer = read(answer, question.step)
	local clock, db = session.world.clock, session.home.db
	local delay = answer.after and time.duration(answer.after) or 0
	local runner = session.runner
	runner:enter() -- it does not park: the answer is on its way
	clock:at(clock:now() + delay, function()
		runner:leave()
		approvals.close(db, question.id, { state = STATES[answer.say],
			by = answer.by or "the test",
			comment = answer.comment })
		if session.runner then db:poke_run(session.run) end
	end)
end
