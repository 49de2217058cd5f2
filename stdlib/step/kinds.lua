--- The kinds of steps: how each is run. Loaded when first met.

---@alias step.Kind { run: async fun(run: run.Runner, step: table): table }

---@type table<string, step.Kind>
return setmetatable({}, { __index = function(kinds, name)
	local file = ({ command = "step.command", ["function"] = "step.call" })
		[name]
	local kind = require(file)

	kinds[name] = kind
	return kind
end })
