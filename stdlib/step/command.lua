--- The step kind "command": a program, its output in the step's log.

local classes = require("step.classes")
local environment = require("run.environment")
local proc = require("proc")
local steplog = require("steplog")

local command = {}

local TAIL <const> = 16 * 1024

local function read_size(value)
	return value and require("recipe.size")(value)
end

local function environment_of(run, step)
	local options, env = step.options, run.env

	env.TIDEMILL_STEP = step.key
	if not options.env and not options.outputs and not step.failed_path then
		return env
	end
	local own = {}
	for name, value in pairs(env) do own[name] = value end
	environment.add(own, options.env)
	if options.outputs then own.TIDEMILL_OUTPUT = step.output_path end
	if step.failed_path then
		own.TIDEMILL_FAILED_TESTS = step.failed_path
	end
	return own
end

local function call(run, step, log)
	local options, spec = step.options, step.spec
	local words = spec.argv
	local request = { shell = spec.shell, check = false, log = log,
		cwd = run.workspace, env = environment_of(run, step) }

	for i = 1, words and #words or 0 do request[i] = words[i] end
	if next(options) then
		request.cwd = options.cwd and run:path(options.cwd)
			or request.cwd
		request.stdin = options.stdin
		request.timeout = options.timeout
		request.silent_after = options.silent_after
		request.grace = options.grace
		request.pty = options.pty
		request.clear_env = options.clear_env
	end
	return proc.run(request)
end

--- Reads "name=value" lines that the program left for later steps.
local function read_outputs(step)
	local declared = step.options.outputs
	local values, file = {}, io.open(step.output_path)

	if type(declared) == "string" then declared = { declared } end
	if file then
		for line in file:lines() do
			local name, value = line:match("^([%w_.-]+)=(.*)$")
			if name then values[name] = value end
		end
		file:close()
		os.remove(step.output_path)
	end
	for _, name in ipairs(declared) do
		if values[name] == nil then
			return nil, ("did not write the output '%s' to"
				.. " $TIDEMILL_OUTPUT"):format(name)
		end
	end
	return values
end

local function ending(result)
	if result.timed_out == "silent" then
		return "timed_out", "printed nothing for too long"
	elseif result.timed_out then
		return "timed_out", "ran out of time"
	elseif result.signal then
		return "failed", "was ended by signal " .. result.signal
	elseif result.status ~= 0 then
		return "failed", "exited with " .. tostring(result.status)
	end
	return "passed"
end

--- Fills the outcome of `step` from what proc.run returned.
local function judge(step, result)
	local state, why = ending(result)
	local outcome = { state = state, status = result.status,
		signal = result.signal, usage = result }

	if state == "passed" and step.options.outputs then
		outcome.outputs, why = read_outputs(step)
		if not outcome.outputs then outcome.state = "failed" end
	end
	if why then
		outcome.class = classes.of(result, step.spec.command)
		outcome.error = { code = result.timed_out and "timeout" or "exit",
			message = ("step '%s' %s"):format(step.key, why),
			step = step.key, status = result.status,
			signal = result.signal, class = outcome.class }
	end
	return outcome
end

--- The guard of this run's processes can be killed, too, and takes them all
--- with it: then this runner has crashed, and the run is resumed like after
--- any crash. Seen by that nothing can be started any more.
local function check_guard(run, ok, result)
	if ok and (result.signal ~= "KILL" or result.timed_out) then return end
	if not ok and require("run.failure").is_cancel(result) then return end
	if pcall(proc.run, { "/bin/true", check = false }) then return end
	io.stderr:write(("tidemill: run %d: the guard of its processes was"
		.. " killed; 'tidemill resume %d' goes on\n"):format(run.id,
		run.id))
	os.exit(70)
end

--- Runs `step` and returns its outcome; raises only when it is cancelled.
---@async
---@param run run.Runner
---@param step table
---@return table outcome
function command.run(run, step)
	run:guard()
	local log = steplog.open { path = step.log, mask = run.mask,
		cap = run.log_cap, keep = read_size(step.options.keep) or TAIL,
		echo = run.observer:echo(step.view) }
	run.open_logs[log] = true
	if step.options.outputs then
		step.output_path = os.tmpname()
	end
	if step.options.reports and step.attempt > 1 then
		step.failed_path = require("reports.failed").write(run, step)
	end
	local ok, result = pcall(call, run, step, log)
	if step.failed_path then os.remove(step.failed_path) end
	if step.work then step.work:leave(step.branch) end
	check_guard(run, ok, result)
	local closed = log:close()
	run.open_logs[log] = nil
	local outcome

	if ok then
		outcome = judge(step, result)
	elseif require("run.failure").is_cancel(result) then
		outcome = { state = "cancelled", error = result }
	else
		local problem = require("run.failure").of(result)
		outcome = { state = "failed", class = problem.code, error = {
			code = problem.code, step = step.key, cause = problem,
			class = problem.code, message = ("step '%s' could not"
			.. " start"):format(step.key) } }
	end
	if closed and closed.bytes > 0 then
		outcome.output = closed.tail:gsub("\n+$", "")
		outcome.log_bytes = closed.bytes
		outcome.log_truncated = closed.truncated
	end
	if closed and closed.error then
		run:note("the log is incomplete: " .. closed.error, step.key)
	end
	return outcome
end

return command
