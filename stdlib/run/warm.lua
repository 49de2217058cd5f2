--- Loads what every runner needs: in the process that the server makes its
--- runners of.

local MODULES <const> = {
	-- native
	"fs", "json", "path", "proc", "steplog", "store", "task", "text", "time",
	-- the way to a run
	"cli", "cli.run", "command.call", "recipe.load", "run.foreground",
	"run.observer", "run.open", "run.watch", "sandbox",
	-- a run
	"run.branches", "run.context", "run.failure", "run.hooks",
	"run.parallel", "run.retry", "run.runner", "run.step", "run.values",
	"run.wrappers",
	"step.call", "step.command", "step.kinds", "step.spec",
}

for _, name in ipairs(MODULES) do require(name) end

--- Lua's table of strings doubles when it is full, which touches every string:
--- better here once than in each runner, which would copy them all.
for i = 1, 5000 do local _ = "string " .. i end

return true
