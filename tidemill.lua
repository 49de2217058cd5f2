-- Tidemill builds and tests itself: the recipe of its own repository.
--
-- A push compiles everything without optimisation and runs a quick part of the
-- tests; `tidemill run full=true` (or the tag of a release) does what CI does.

local QUICK = { "buf", "error", "map", "path", "glob", "cron", "mask" }

local function make(...)
	return table.concat({ "make -s OPT=-O0 B=build/quick", ... }, " ")
end

return {
	name = "tidemill",
	on = { push = { branches = { "*" } }, tag = { tags = { "v*" } } },
	params = { full = { type = "boolean", default = false } },
	concurrency = { group = "tidemill/${ref}", supersede = "queued" },
	timeout = "40m",

	run = function(ctx)
		if ctx.params.full or ctx.event.kind == "tag" then
			ctx:step("check", "make check")
			ctx:step("test", "make test")
			return
		end

		ctx:parallel {
			compile = make("-j2", "build/quick/libtidemill.a"),
			scripts = "for f in tests/*/*.sh; do bash -n $f || exit 1; done",
		}
		local tests = { limit = 2 }
		for _, name in ipairs(QUICK) do
			local program = ("build/quick/unit/%s_test"):format(name)
			tests[name] = make(program) .. " && " .. program
		end
		ctx:parallel(tests)
		ctx:note(("%d quick tests passed"):format(#QUICK))
	end,
}
