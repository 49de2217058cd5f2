-- Tests in parts that take about as long as each other, by what they took in
-- earlier runs. `tidemill tests` knows who is slow and who is flaky.

return {
	name = "parts",
	on = "push",
	params = {
		parts = { type = "integer", default = 4, min = 1, max = 64 },
		list = { default = "git ls-files 'tests/*_test.py'",
			description = "prints the test files, a line each" },
		command = { default = 'xargs pytest -q --junitxml="$REPORT"',
			description = "gets test files on its standard input,"
				.. " writes JUnit XML to REPORT" },
	},
	timeout = "1h",

	run = function(ctx)
		local list = ctx:step("list", ctx.params.list, { keep = "1M" })
		local files, branches = {}, {}

		for file in list.output:gmatch("[^\n]+") do
			files[#files + 1] = file
		end
		for i, part in ipairs(ctx:split_tests(ctx.params.parts,
			{ names = files, by = "file", label = "unit" })) do
			local report = ("report-%d.xml"):format(i)
			if #part > 0 then
				branches[#branches + 1] = { "part-" .. i,
					ctx.params.command,
					env = { REPORT = report },
					stdin = table.concat(part, "\n") .. "\n",
					reports = { report, as = "unit" },
					retry = { times = 1, backoff = "1s" } }
			end
		end
		ctx:parallel(branches)
	end,
}
