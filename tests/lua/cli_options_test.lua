-- How the command line is read: options, arguments, near misses.

local nearest = require("nearest")
local options = require("command.options")

local SPEC <const> = {
	options = {
		{ name = "limit", short = "n", argument = "N", type = "integer",
			default = 20, help = "" },
		{ name = "step", short = "s", argument = "NAME", many = true,
			help = "" },
		{ name = "wait", argument = "TIME", type = "duration",
			help = "" },
		{ name = "shell", argument = "SHELL",
			choices = { "bash", "zsh" }, help = "" },
		{ name = "follow", short = "f", help = "" },
		{ name = "dry-run", help = "" },
	},
	arguments = {
		{ name = "RUN", help = "a run" },
		{ name = "STEP", optional = true, help = "a step" },
	},
}

local function parse(...)
	return options.parse(SPEC, { ... })
end

local function expect(expected, got)
	if expected ~= got then
		error(("expected %s, got %s"):format(expected, got), 2)
	end
end

local function refuses(text, ...)
	local ok, problem = pcall(parse, ...)

	if ok then error("nothing was raised", 2) end
	expect("invalid", problem.code)
	if problem.message ~= text then
		error(("expected %q, got %q"):format(text, problem.message), 2)
	end
end

return {
	values_come_after_a_blank_an_equals_sign_or_at_once = function()
		expect(5, parse("--limit", "5").options.limit)
		expect(5, parse("--limit=5").options.limit)
		expect(5, parse("-n5").options.limit)
		expect(5, parse("-n", "5").options.limit)
		expect(20, parse().options.limit)
	end,

	flags_can_be_joined = function()
		local parsed = parse("-fn3", "12")
		expect(true, parsed.options.follow)
		expect(3, parsed.options.limit)
		expect("12", parsed.args[1])
	end,

	names_with_dashes_have_underscores = function()
		expect(true, parse("--dry-run").options.dry_run)
	end,

	repeated_ones_make_a_list = function()
		local steps = parse("--step", "a", "-sb").options.step
		expect("a b", table.concat(steps, " "))
	end,

	two_dashes_end_options = function()
		local parsed = parse("12", "--", "--limit", "x")
		expect("12 --limit x", table.concat(parsed.args, " "))
		expect("--limit x", table.concat(parsed.rest, " "))
	end,

	stop_early_leaves_a_command_alone = function()
		local parsed = options.parse({ stop_early = true,
			options = SPEC.options }, { "-f", "nightly", "--",
			"make", "-n", "--", "x" })
		expect("nightly make -n -- x", table.concat(parsed.args, " "))
		parsed = options.parse({ stop_early = true },
			{ "nightly", "make", "-k" })
		expect("nightly make -k", table.concat(parsed.args, " "))
	end,

	durations_have_units = function()
		expect(90000, parse("--wait", "90s").options.wait)
		expect(9000000, parse("--wait", "2h30m").options.wait)
		expect(5000, parse("--wait", "5").options.wait)
		refuses("option '--wait' wants a duration such as 90s or 2h,"
			.. " not 'soon'", "--wait", "soon")
	end,

	wrong_options_name_the_right_one = function()
		refuses("unknown option '--limt' (did you mean '--limit'?)",
			"--limt", "5")
		refuses("unknown option '--xyzzy'", "--xyzzy")
		refuses("unknown option '-q'", "-q")
		refuses("option '--limit' wants a whole number, not 'many'",
			"--limit", "many")
		refuses("option '--limit' wants a value (N)", "--limit")
		refuses("option '-n' wants a value (N)", "-n")
		refuses("option '--follow' takes no value", "--follow=yes")
		refuses("option '--shell' cannot be 'zhs' (did you mean"
			.. " 'zsh'?); it is one of: bash, zsh",
			"--shell", "zhs")
	end,

	the_number_of_arguments_is_checked = function()
		local function check(...)
			local parsed = options.parse(SPEC, { ... })
			return pcall(options.check_arguments, SPEC, "show",
				parsed)
		end
		local ok, problem = check()
		expect(false, ok)
		expect("'show' wants RUN: a run", problem.message)
		expect(true, (check("1")))
		expect(true, (check("1", "2")))
		ok, problem = check("1", "2", "3")
		expect(false, ok)
		expect("'show' takes 2 arguments, not '3'", problem.message)
	end,

	the_verb_may_follow_global_options = function()
		local position, word = options.first_argument { "--data", "/x",
			"--json", "ls", "-n", "2" }
		expect(4, position)
		expect("ls", word)
		expect(nil, (options.first_argument { "--help" }))
	end,

	nearest_finds_slips_only = function()
		local names = { "run", "resume", "retry", "repo", "show" }
		expect("run", nearest("rnu", names))
		expect("resume", nearest("resmue", names))
		expect("show", nearest("SHOW", names))
		expect(nil, nearest("deploy", names))
		expect("branches", nearest("branchs", { branches = 1, tags = 1 }))
	end,
}
