-- The same tests with every compiler and sanitizer: a matrix is a loop.

local COMPILERS <const> = { "gcc", "clang" }
local SANITIZERS <const> = { "none", "address", "undefined" }

return {
	name = "matrix",
	on = "push",
	params = {
		command = { default = "make test",
			description = "gets CC and SANITIZE in its environment" },
		limit = { type = "integer", default = 4, min = 1 },
	},
	timeout = "2h",

	run = function(ctx)
		local branches = { limit = ctx.params.limit }

		for _, compiler in ipairs(COMPILERS) do
			for _, sanitizer in ipairs(SANITIZERS) do
				branches[#branches + 1] = {
					compiler .. "-" .. sanitizer,
					ctx.params.command,
					env = { CC = compiler, SANITIZE =
						sanitizer ~= "none" and sanitizer
						or "" },
					soft = sanitizer == "undefined",
				}
			end
		end
		ctx:parallel(branches)
	end,
}
