-- The prompt's parts: printing values, documentation, completion, compiling.

local docs = require("repl.docs")
local plain = require("terminal.colour").plain
local pretty = require("repl.pretty")

local function expect(expected, got)
	if expected ~= got then
		error(("expected %s, got %s"):format(expected, got), 2)
	end
end

local function session()
	return require("repl.session").new { paint = plain }
end

return {
	tables_are_sorted_and_on_one_line_if_they_fit = function()
		expect('{ 1, "x", [0] = 0, ["a b"] = true, b = {}, z = 1.5 }',
			pretty { 1, "x", z = 1.5, b = {}, ["a b"] = true,
				[0] = 0 })
	end,

	long_tables_have_a_line_an_entry = function()
		local text = pretty { ("x"):rep(50), ("y"):rep(50) }
		expect(3, select(2, text:gsub("\n", "\n")))
	end,

	cycles_and_depth_are_bounded = function()
		local loop, deep = { name = "loop" }, {}
		loop.again = loop
		expect('{ again = <cycle>, name = "loop" }', pretty(loop))
		local inner = deep
		for _ = 1, 50 do
			inner.x = {}
			inner = inner.x
		end
		inner.x = 1
		assert(pretty(deep):find("{…}", 1, true))
		local many = {}
		for i = 1, 1000 do many[i] = i end
		assert(pretty(many):find("… 940 more", 1, true))
	end,

	strings_are_escaped_and_cut = function()
		expect('"a\\n\\"b\\"\\0"', pretty('a\n"b"\0'))
		assert(pretty(("x"):rep(5000)):find("(5000 bytes)", 1, true))
	end,

	keywords_and_other_keys_are_in_brackets = function()
		expect('{ ["end"] = 1, ["x-y"] = 2 }',
			pretty { ["end"] = 1, ["x-y"] = 2 })
	end,

	expressions_statements_and_beginnings = function()
		local prompt = session()
		expect(3, prompt:compile("1 + 2")())
		expect(4, prompt:compile("= 4")())
		prompt:compile("x = 5")()
		expect(5, prompt:compile("x")())
		local chunk, problem = prompt:compile("for i = 1, 2 do")
		expect(nil, chunk)
		expect(nil, problem)
		chunk, problem = prompt:compile("x x")
		expect(nil, chunk)
		assert(problem:find("syntax error", 1, true))
	end,

	modules_are_there_by_name = function()
		local env = session().env
		expect(require("time"), env.time)
		expect(nil, env.no_such_name)
	end,

	completion_knows_modules_fields_and_help = function()
		local env = session().env
		env.mine = { alpha = 1, alps = 2, beta = 3 }
		local complete = require("repl.complete")(env)
		local function words(before)
			return table.concat((complete(before)), " ")
		end
		expect("alpha alps", words("print(mine.al"))
		expect("mine", words("x = min"))
		expect("time", words("tim"))
		expect("sleep", words("time.sl"))
		expect(":help", words(":he"))
		expect("tty.size", words(":help tty.si"))
		expect("terminal.tree", words('require("terminal.tr'))
		expect("", words("nothing.here"))
	end,

	help_comes_from_stubs_and_annotations = function()
		assert(docs.text("tty.size", plain):find("columns", 1, true))
		assert(docs.text("nearest", plain):find("candidate", 1, true))
		assert(docs.text("record.parse", plain))
		expect(nil, docs.text("xyzzy", plain))
		expect(nil, docs.text("tty.xyzzy", plain))
	end,

	every_stub_has_entries = function()
		for _, module in ipairs(docs.modules()) do
			local head, entries = docs.module(module)
			assert(type(head) == "string", module)
			assert(type(entries) == "table", module)
		end
	end,

	a_line_ends_before_the_tasks_that_it_left_running = function()
		local prompt = session()
		local gate = require("task").event()
		prompt.env.gate, prompt.env.task = gate, require("task")
		assert(prompt:run(assert(prompt:compile(
			"t = task.spawn(function() gate:wait(); after = 1 end)"))))
		expect(nil, rawget(prompt.env, "after"))
		gate:set()
		while next(prompt.lines) do require("time").sleep(1) end
		expect(1, prompt.env.after)
		assert(prompt:run(assert(prompt:compile(
			"t = task.spawn(function() task.event():wait() end)"))))
		prompt:close()
		while next(prompt.lines) do require("time").sleep(1) end
	end,

	a_line_that_computes_for_ever_can_be_stopped = function()
		local task, time = require("task"), require("time")
		local spins = task.spawn(function() while true do end end)
		spins:observe():preemptible()
		time.sleep(5)
		spins:cancel()
		local ok, raised = pcall(spins.await, spins)
		assert(not ok and raised.code == "cancelled")
	end,
}
