-- Give a new version to more and more of the servers, look at each stage
-- whether it does well, and take it back when it does not. Its tests are in
-- recipes/tests/canary_test.lua: `tidemill test recipes --coverage`.

local time = require("time")

--- Sends this share of the traffic to `version`, and back when the run fails.
local function shift(ctx, version, share)
	ctx:step(("shift to %d %%"):format(share), {
		{ ctx.params.command, "shift", version, tostring(share) },
		undo = { ctx.params.command, "shift", version, "0" },
		retry = { times = 3, backoff = { first = "2s", factor = 2 },
			on = { class = "transient" } },
		timeout = "2m",
	})
end

--- Watches the share of failed requests; raises when it is too high.
local function observe(ctx, version, share)
	local look = time.duration(ctx.params.observe) // 5

	for _ = 1, 5 do
		ctx:sleep(look)
		local failed = tonumber(ctx:step(("errors at %d %%"):format(
			share), { ctx.params.command, "errors", version }).output)
		if not failed then
			ctx:fail("the number of errors is unknown")
		elseif failed > ctx.params.limit then
			ctx:fail(("%g %% of the requests failed at %d %%")
				:format(failed, share))
		end
	end
end

return {
	name = "canary",
	on = { emit = "release", cron = { "30 9 * * MON-THU",
		tz = "Europe/Berlin", params = { version = "latest" } } },
	params = {
		version = { required = true, description = "what is deployed" },
		command = { default = "./traffic",
			description = "knows 'shift' and 'errors'" },
		observe = { default = "30m", description = "time of a stage" },
		limit = { type = "number", default = 1,
			description = "per cent of requests that may fail" },
	},
	timeout = "6h",
	on_failure = "echo the canary died",

	run = function(ctx)
		local version = ctx.params.version

		ctx:lock("traffic", { timeout = "1h" }, function()
			for _, share in ipairs { 5, 25, 100 } do
				shift(ctx, version, share)
				observe(ctx, version, share)
			end
		end)
		ctx:step("mark", { { ctx.params.command, "mark", version },
			once = true })
		ctx:note(version .. " has all of the traffic")
	end,
}
