-- Build and test a project that has a Makefile, on every push.

return {
	name = "make",
	on = { push = { paths = { "**", "!docs/**", "!*.md" } }, tag = "v*" },
	params = { jobs = { type = "integer", default = 2, min = 1, max = 64 } },
	concurrency = { group = "make/${ref}", supersede = "queued" },
	timeout = "1h",

	run = function(ctx)
		local make = ("make -j%d "):format(ctx.params.jobs)

		ctx:step("build", make .. "all")
		ctx:parallel {
			test = { make .. "test", timeout = "20m",
				silent_after = "5m" },
			check = { make .. "check", soft = true },
		}
		if ctx.event.kind == "tag" then ctx:step("dist", make .. "dist") end
	end,
}
