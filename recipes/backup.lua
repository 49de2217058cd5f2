-- Back up a directory every night, keep the last ones, and try again when the
-- network is away. `tidemill wrap` is the short way for a single command.

local fs = require("fs")

return {
	name = "backup",
	on = { cron = { "30 2 * * *", tz = "Europe/Berlin", jitter = "10m",
		missed = "once", overlap = "skip" } },
	params = {
		source = { required = true },
		target = { required = true },
		keep = { type = "integer", default = 7, min = 1 },
	},

	run = function(ctx)
		local target = ctx.params.target
		local name = os.date("!%Y%m%d-%H%M%S") .. ".tar.gz"

		ctx:step("pack", {
			{ "tar", "-czf", target .. "/" .. name, "-C",
				ctx.params.source, "." },
			retry = { times = 3, backoff = "10m",
				on = { class = "transient" } },
			undo = { "rm", "-f", target .. "/" .. name },
		})
		ctx:step("verify", { "tar", "-tzf", target .. "/" .. name })
		ctx:step("rotate", function()
			local list, removed = {}, {}
			for _, file in ipairs(fs.list(target)) do
				if file:find("%.tar%.gz$") then
					list[#list + 1] = file
				end
			end
			for i = 1, #list - ctx.params.keep do
				fs.remove(target .. "/" .. list[i])
				removed[#removed + 1] = list[i]
			end
			return { removed = removed }
		end)
	end,
}
