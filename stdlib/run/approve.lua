--- Implements ctx:approve: the run waits, also across restarts, until a person
--- has said yes or no.

local approvals = require("approvals")
local failure = require("run.failure")
local scopes = require("run.scope")
local time = require("time")

local check

local function read(options)
	if type(options) == "string" then options = { options } end
	if not check then
		local shape = require("recipe.shape")
		check = shape.record { [1] = shape.string,
			name = shape.string, reasons = shape.list(shape.string),
			expire = shape.duration }
	end
	check(options, "ctx:approve", require("recipe.here")())
	if not options[1] then
		failure.raise("invalid", "ctx:approve wants a question:"
			.. " ctx:approve { \"deploy to prod?\" }")
	end
	return options
end

local function list(value)
	if value == nil then return {} end
	return type(value) == "table" and value or { value }
end

--- Secrets do not become part of what people are asked.
local function masked(run, text)
	return run.mask and run.mask:apply(text) or text
end

local function ask(run, key, options)
	local limit = options.expire
		and require("recipe.duration")(options.expire)
	local reasons = {}

	for i, reason in ipairs(list(options.reasons)) do
		reasons[i] = masked(run, reason)
	end
	return approvals.get(run.db, approvals.ask(run.db, { run = run.id,
		step = key, question = masked(run, options[1]),
		reasons = reasons, expires = limit and time.now() + limit }))
end

--- Returns the question once somebody has answered it, or nobody in time.
local function answered(run, key)
	local row = approvals.of_step(run.db, run.id, key)

	if row.state ~= "open" then return row end
	if row.expires and time.now() >= row.expires then
		approvals.close(run.db, row.id, { state = "expired" })
		return approvals.of_step(run.db, run.id, key)
	end
	return nil
end

local function problem_of(row, key)
	local comment = row.comment and ": " .. row.comment or ""

	if row.state == "expired" then
		return failure.new { code = "timeout", step = key, message =
			("nobody approved '%s' within %s"):format(row.question,
			time.describe(row.expires - row.asked)) }
	end
	return failure.new { code = "rejected", step = key, message =
		("%s rejected '%s'%s"):format(row.decided_by, row.question,
		comment) }
end

local STATES <const> = { approved = "passed", rejected = "failed",
	expired = "timed_out" }

--- Records the answer; raises unless it is yes.
local function finish(run, id, key, row)
	local state = STATES[row.state]
	local problem = state ~= "passed" and problem_of(row, key) or nil
	local result = { id = row.id, by = row.decided_by,
		at = row.decided, comment = row.comment }

	run:note(problem and problem.message or ("%s approved '%s'%s"):format(
		row.decided_by, row.question,
		row.comment and ": " .. row.comment or ""), key)
	run.db:step_finish(id, { state = state,
		error = problem and failure.encode(problem, run),
		result = require("json").encode { value = result } })
	run.db:commit()
	run.observer:step_finished { id = id, name = key, kind = "approve",
		state = state, attempt = 1, soft = false, started = row.asked,
		finished = time.now(), error = problem
			and failure.encode(problem, run) }
	if problem then error(problem, 0) end
	return result
end

--- What was answered in an earlier attempt.
local function replay(row)
	if row.state == "passed" then
		return require("json").decode(row.result).value
	end
	error(failure.decode(row.error), 0)
end

local function wait(run, id, key, question)
	local reason = ("waits for an approval: %s ('tidemill approve a%d' or"
		.. " 'tidemill reject a%d')"):format(question.question,
		question.id, question.id)
	local ok, row = pcall(require("run.waits").wait, run, {
		kind = "person", reason = reason, wake_at = question.expires,
		ready = function() return answered(run, key) end })

	if ok then return row end
	if not run.parked and failure.is_cancel(row) then
		run.db:step_finish(id, { state = "cancelled" })
	end
	error(row, 0)
end

--- Was this question answered, or still waits, in an earlier attempt?
local function is_over(row)
	return row and row.class ~= "again" and row.state ~= "running"
		and row.state ~= "waiting" and row.state ~= "cancelled"
end

--- Returns the question, asked now or before a crash, and its step's number.
local function begin(run, scope, key, row, options)
	local asked = not (row and row.class == "again")
		and approvals.of_step(run.db, run.id, key)
	local question = asked or ask(run, key, options)

	if asked and row then return question, row.id end
	local id = run.db:step_start { run = run.id, name = key,
		kind = "approve", parent = scope.parent,
		command = question.question, wake_at = question.expires,
		attempt = row and row.attempt + 1 }
	run.db:commit()
	run.observer:asked(question)
	return question, id
end

---@async
---@param run run.Runner
---@param options table|string
---@return { id: integer, by: string, at: integer, comment?: string }
return function(run, options)
	options = read(options)
	local scope = scopes.current()
	local key = scope:name(options.name or "approve")
	local row = run.journal[key]

	run.journal[key] = nil
	if is_over(row) then return replay(row) end
	run:check_alive(scope)
	local question, id = begin(run, scope, key, row, options)
	return finish(run, id, key, wait(run, id, key, question))
end
