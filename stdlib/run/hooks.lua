--- Hooks of steps and runs: on_success, on_failure, on_error, on_abort,
--- ensure. Each is a durable step of its own.

local failure = require("run.failure")
local specs = require("step.spec")

local hooks = {}

--- A step that said no is a failure; everything else that goes wrong (Lua
--- errors, programs that cannot start, disks) is an error.
local FAILURES <const> = { exit = true, timeout = true, failed = true }

--- Returns which hook belongs to an outcome.
---@param outcome table
---@return string
function hooks.kind(outcome)
	if outcome.state == "passed" then return "on_success" end
	if outcome.state == "cancelled" then return "on_abort" end
	local code = outcome.error and outcome.error.code
	return FAILURES[code] and "on_failure" or "on_error"
end

--- Runs one hook or undo as the step `self.key`; `self.argument` goes to its
--- function, `self.parent` is the step that it belongs to.
---@async
---@param run run.Runner
---@param hook any
---@param self table
---@return run.Result
function hooks.run(run, hook, self)
	self.scope = run.root:child("", { parent = self.parent, leaf = false,
		live = false, cleanup = true })
	self.kind = self.kind or "hook"
	self.spec = specs.read(self.key, hook)
	return require("run.step").execute(run, self)
end

--- Runs the hook for the outcome and `ensure`; returns the first error.
---@async
---@param run run.Runner
---@param owner table where the hooks stand
---@param outcome table
---@param prefix string of their steps' names: "" or "deploy/"
---@param parent? string
---@return table? problem
function hooks.all(run, owner, outcome, prefix, parent)
	local problem
	local argument = { state = outcome.state, error = outcome.error,
		status = outcome.status, output = outcome.output,
		step = parent }

	for _, name in ipairs { hooks.kind(outcome), "ensure" } do
		if owner[name] then
			local ok, why = pcall(hooks.run, run, owner[name], {
				key = prefix .. name, argument = argument,
				parent = parent })
			if not ok then
				if run.parked then error(why, 0) end
				problem = problem or why
				run:note(("hook %s failed: %s"):format(name,
					tostring(why)), parent)
			end
		end
	end
	return problem
end

local function has_hooks(options)
	return options.on_success or options.on_failure or options.on_error
		or options.on_abort or options.ensure
end

--- The hooks of a step. One that fails makes a passed step a failed one.
---@async
function hooks.of_step(run, self, outcome)
	local options = self.options

	if not has_hooks(options) or run.parked then return end
	local problem = require("task").shield(hooks.all, run, options, outcome,
		self.key .. "/", self.key)
	if problem and outcome.state == "passed" then
		outcome.state, outcome.error = "failed", failure.of(problem)
	end
end

return hooks
