local fs = require("fs")
local sandbox = require("sandbox")
local test = require("test")

local function run(text, options)
	return (sandbox.load(text, "@recipe.lua", options))
end

--- Runs `text` with files beside it.
local function run_with(files, text, options)
	local dir = test.temp_dir() .. "/recipes"

	for name, content in pairs(files) do
		fs.mkdir((dir .. "/" .. name):match("(.*)/"))
		fs.write(dir .. "/" .. name, content)
	end
	options = options or {}
	options.dir = dir
	return run(text, options)
end

return {
	a_chunk_returns_its_value = function()
		test.equal(run("return { 1, math.max(2, 3) }"), { 1, 3 })
		test.equal(run("#!/usr/bin/tidemill\nreturn 1"), 1)
	end,

	what_reaches_past_it_is_not_there = function()
		for _, name in ipairs { "io", "package", "dofile", "loadfile",
			"collectgarbage", "arg" } do
			test.raises("there is no global '" .. name, run,
				"return " .. name)
		end
		for _, name in ipairs { "os.execute", "os.exit", "os.remove",
			"os.tmpname" } do
			test.raises("recipe.lua:1: recipes have no " .. name,
				run, "return " .. name)
		end
		for _, name in ipairs { "debug.getregistry", "debug.sethook",
			"string.dump" } do
			test.equal(run("return " .. name), nil, name)
		end
		test.equal(run("return type(debug.traceback())"), "string")
	end,

	globals_are_refused = function()
		test.raises("recipe.lua:1: recipes have no globals: write "
			.. "'local count'", run, "count = 1")
		test.raises("there is no global 'prnt' %(did you mean 'print'",
			run, "prnt()")
	end,

	syntax_errors_name_file_and_line = function()
		local problem = test.raises("invalid", run, "\n\nreturn {")

		test.match(problem.message, "^recipe.lua:3: ")
	end,

	bytecode_is_refused = function()
		local code = string.dump(function() return 1 end)

		test.raises("attempt to load a binary chunk", run, code)
		test.raises("attempt to load a binary chunk", function()
			local chunk, why = run("return load")(code, "x", "b")
			error(why or chunk)
		end)
	end,

	load_stays_inside = function()
		test.equal(run("return load('return type(_G)')()"),
			"table")
		test.raises("there is no global 'io'", run,
			"return load('return io')()")
	end,

	changes_stay_inside = function()
		run("string.upper = nil; table.insert = nil; os.time = nil")
		run("_G.math.max = nil")
		test.equal(("x"):upper(), "X")
		test.equal(type(table.insert), "function")
		test.equal(type(math.max), "function")
		test.equal(run("return getmetatable('')"), false)
		test.equal(run("return getmetatable(_G)"), false)
		run("require('json').encode = nil")
		test.equal(type(require("json").encode), "function")
	end,

	finalizers_are_refused = function()
		test.raises("no finalizers", run,
			"setmetatable({}, { __gc = function() end })")
		test.equal(run("return setmetatable({}, { __index = "
			.. "{ x = 1 } }).x"), 1)
	end,

	native_modules_for_recipes_are_found = function()
		for _, name in ipairs { "fs", "git", "json", "log", "path",
			"proc", "store", "task", "text", "time" } do
			test.equal(run(("return type(require('%s'))")
				:format(name)), "table")
		end
		test.equal(run("return require('task').limits"), nil)
		test.equal(run("return require('store').open"), nil)
	end,

	other_modules_are_refused = function()
		for _, name in ipairs { "engine", "cli", "embedded", "sandbox",
			"suite", "host.x" } do
			test.raises("invalid", run,
				("require('%s')"):format(name))
		end
		test.raises("did you mean 'json'", run, "require('jsn')")
	end,

	files_beside_the_recipe_are_modules = function()
		test.equal(run_with({
			["lib.lua"] = "local a = ... return { name = a, "
				.. "sub = require('tools.sub') }",
			["tools/sub.lua"] = "return 'sub'",
			["pack/init.lua"] = "return 'pack'",
		}, "local lib = require('lib')\n"
			.. "return { lib.name, lib.sub, require('pack'), "
			.. "require('lib') == lib }"),
			{ "lib", "sub", "pack", true })
	end,

	modules_are_in_the_sandbox_too = function()
		test.raises("there is no global 'io'", run_with,
			{ ["lib.lua"] = "return io" }, "require('lib')")
		test.raises("lib.lua:1: recipes have no globals", run_with,
			{ ["lib.lua"] = "x = 1" }, "require('lib')")
	end,

	modules_cannot_lead_out_of_the_directory = function()
		local dir = test.temp_dir()

		fs.write(dir .. "/secret.lua", "return 'secret'")
		fs.mkdir(dir .. "/recipes")
		fs.link("../secret.lua", dir .. "/recipes/link.lua")
		for _, name in ipairs { "..secret", "../secret", "/etc/x",
			"a/../../secret", ".secret", "" } do
			test.raises("no module", run, ("require(%q)"):format(name),
				{ dir = dir .. "/recipes" })
		end
		test.raises("leads out of", run, "require('link')",
			{ dir = dir .. "/recipes" })
	end,

	a_circle_of_modules_is_an_error = function()
		local files = { ["a.lua"] = "return require('b')",
			["b.lua"] = "return require('a')" }

		test.raises("requires itself", run_with, files, "require('a')")
		test.raises("requires itself", run_with, files,
			"pcall(require, 'a') return require('a')")
	end,

	modules_do_not_wait_while_they_are_loaded = function()
		test.raises("cannot wait", run_with,
			{ ["lib.lua"] = "require('time').sleep(0)" },
			"require('lib')")
		test.raises("yields while it is loaded", run_with,
			{ ["lib.lua"] = "coroutine.yield()" }, "require('lib')")
	end,

	modules_and_globals_can_be_replaced = function()
		test.equal(run("return { require('time').now(), who }", {
			modules = { time = { now = function() return 7 end } },
			globals = { who = "me" },
		}), { 7, "me" })
	end,

	functions_may_wait = function()
		local fn = run("return function() require('time').sleep(1) "
			.. "return 'done' end")

		test.equal(fn(), "done")
	end,
}
