--- The step kind "function": Lua code whose return value is recorded.

local failure = require("run.failure")
local scopes = require("run.scope")

local call = {}

--- Raises unless `value` can be recorded: what JSON can hold.
local function check_value(step, value)
	local ok, text = pcall(require("json").encode, value)

	if ok then return text end
	failure.raise("invalid", "step '%s' returned a value that cannot be"
		.. " recorded: %s", step.key, tostring(failure.of(text)))
end

local function body(run, step)
	local inner = step.scope:child(step.key, { live = true,
		parent = step.key, leaf = false })
	local value = scopes.within(inner, step.spec.fn, run.context,
		step.argument)

	if value ~= nil then check_value(step, value) end
	return value
end

--- Runs `step` and returns its outcome. An error that the function raises is
--- the step's failure.
---@async
---@param run run.Runner
---@param step table
---@return table outcome
function call.run(run, step)
	local limit = step.options.timeout
	local ok, value

	if limit then
		ok, value = pcall(require("task").timeout, limit, body, run, step)
	else
		ok, value = xpcall(body, function(problem)
			if type(problem) == "table" then return problem end
			return failure.new { code = "script",
				message = tostring(problem),
				traceback = debug.traceback("", 2) }
		end, run, step)
	end
	if ok then return { state = "passed", value = value } end
	local problem = failure.of(value)
	if run.stopping or failure.is_cancel(problem) then
		return { state = "cancelled", error = problem }
	end
	local state = problem.code == "timeout" and problem.step == nil
		and "timed_out" or "failed"
	return { state = state, class = problem.class or state == "timed_out"
		and "timeout" or problem.code == "exit" and "failed"
		or problem.code, error = problem, status = problem.status }
end

return call
