-- The program itself, with command lines made for the test.

local fs = require("fs")
local proc = require("proc")
local test = require("test")

--- Runs the program with `text` as stdlib/cli.lua; returns what became of it.
local function run(text, options)
	local dir = test.temp_dir()
	local arguments = { "/proc/self/exe", "one", "two", check = false,
		env = { TIDEMILL_STDLIB = dir, TIDEMILL_DEBUG = false } }

	fs.write(dir .. "/cli.lua", text)
	for name, value in pairs(options or {}) do
		if name == "env" then
			for key, item in pairs(value) do
				arguments.env[key] = item
			end
		else
			arguments[name] = value
		end
	end
	local result = proc.run(arguments)
	result.stderr = result.stderr:gsub(dir:gsub("%p", "%%%0"), "DIR")
	return result
end

local function main(body, options)
	return run("return function(argv) " .. body .. "\nend", options)
end

return {
	the_exit_code_is_what_main_returns = function()
		test.equal(main("return 7").status, 7)
		test.equal(main("return #argv").status, 2)
		test.equal(main("").status, 0)
	end,

	what_nobody_caught_is_a_bug = function()
		local result = main("error('it broke')")

		test.equal({ result.status, result.stderr },
			{ 70, "tidemill: DIR/cli.lua:1: it broke\n" })
		result = main("error { code = 'io', message = 'outer', "
			.. "cause = { message = 'inner' } }")
		test.equal({ result.status, result.stderr },
			{ 70, "tidemill: outer: inner\n" })
		result = main("error(nil)")
		test.equal(result.status, 70)
		result = run("return {")
		test.equal(result.status, 70)
		test.match(result.stderr, "cli.lua:1: .*expected")
	end,

	a_traceback_is_there_for_who_asks = function()
		local result = main("error('it broke')",
			{ env = { TIDEMILL_DEBUG = "1" } })

		test.match(result.stderr, "it broke\nstack traceback:\n.*cli.lua")
	end,

	a_wait_that_cannot_end_is_noticed = function()
		local result = main("require('task').event():wait()")

		test.equal(result.status, 70)
		test.match(result.stderr, "cannot happen any more")
	end,

	globals_are_strict = function()
		test.match(main("undeclared = 1").stderr,
			"cannot assign to undeclared global 'undeclared'")
		test.match(main("return unknown.x").stderr,
			"cannot read undeclared global 'unknown'")
		test.raises("did you mean 'tostring'", load("return tostrin"))
	end,

	chunks_are_text = function()
		local code = string.dump(function() end)

		test.equal({ load(code) }, { nil,
			"attempt to load a binary chunk (mode is 't')" })
		test.equal({ load(code, "x", "b") }, { nil,
			"attempt to load a binary chunk (mode is 't')" })
		test.equal(load("return x", "x", "t", { x = 5 })(), 5)
		test.equal(load(function() return nil end)(), nil)
		test.equal(rawget(_G, "dofile"), nil)
		test.equal(rawget(_G, "loadfile"), nil)
		test.equal(package.loadlib, nil)
	end,

	modules_are_found_in_the_library_only = function()
		test.raises("module 'nowhere' not found", require, "nowhere")
		test.raises("module 'socket.core' not found", require,
			"socket.core")
	end,

	main_ends_when_its_children_have = function()
		local result = main("require('task').spawn(function() "
			.. "require('time').sleep(5) print('late') end)")

		test.equal({ result.status, result.stdout }, { 0, "late\n" })
	end,

	a_closed_reader_does_not_kill = function()
		local result = main("for _ = 1, 1e5 do "
			.. "if not io.write('xxxxxxxxxx') then return 3 end end "
			.. "return io.stdout:flush() and 0 or 3",
			{ [1] = "/bin/sh", [2] = "-c",
			[3] = ("(/proc/%d/exe; echo $? >&2) | head -c 1")
				:format(proc.pid()) })

		test.match(result.stderr, "^3\n$")
	end,

	the_library_is_read_from_disk_for_development = function()
		local result = main("local e = require('embedded') "
			.. "print(e.has('stdlib/cli.lua'), e.has('stdlib/test.lua'))"
			.. "print(table.concat(e.names('stdlib/'), ' ')) "
			.. "print(#e.read('doc/stdlib/cli.lua') > 10, "
			.. "#e.names('lua/meta/') > 5)")

		test.equal(result.stdout, "true\tfalse\nstdlib/cli.lua\n"
			.. "true\ttrue\n")
	end,

	embedded_files_have_their_bytes = function()
		local embedded = require("embedded")

		test.ok(embedded.has("stdlib/test.lua"))
		test.equal(embedded.has("stdlib/none.lua"), false)
		test.equal(embedded.read("none"), nil)
		test.match(embedded.read("lua/meta/task.lua"), "^%-%-%-@meta task")
		test.match(embedded.read("doc/stdlib/test.lua"), "^%-%-%- Tests")
		local names = embedded.names("stdlib/cli/")
		test.ok(#names > 10)
		for i = 2, #names do test.ok(names[i - 1] < names[i]) end
	end,
}
