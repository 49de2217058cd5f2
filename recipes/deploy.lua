-- Deploy a directory to a server by switching a link, with a health check and
-- the way back. One deployment at a time; a crash in the middle is no riddle.

local fs = require("fs")
local time = require("time")

return {
	name = "deploy",
	on = { run = { recipes = "make", states = "passed" }, emit = "deploy.*" },
	params = {
		from = { default = "dist", description = "what is deployed" },
		to = { required = true, description = "where releases live" },
		health = { default = "true", description = "must succeed" },
	},
	on_failure = "echo the deployment failed",

	run = function(ctx)
		local to = ctx.params.to
		local name = time.format(time.now(), "%Y%m%d-%H%M%S-")
			.. ctx.run.id
		local release = to .. "/" .. name

		ctx:step("copy", { { "cp", "-R", ctx.params.from, release },
			undo = { "rm", "-rf", release } })

		ctx:lock("deploy " .. to, { timeout = "30m" }, function()
			local before = ctx:step("before", function()
				local current = to .. "/current"
				return fs.exists(current) and fs.target(current)
					or ""
			end).value

			ctx:step("switch", {
				{ "ln", "-sfn", name, to .. "/current" },
				once = true, cancellable = false,
				check = function()
					return fs.target(to .. "/current") == name
				end,
				undo = before ~= ""
					and { "ln", "-sfn", before, to .. "/current" }
					or { "rm", "-f", to .. "/current" },
			})
			ctx:step("health", { ctx.params.health, timeout = "1m",
				retry = { times = 5, backoff = { first = "1s",
					max = "10s" } } })
		end)
		ctx:note("deployed " .. name)
	end,
}
