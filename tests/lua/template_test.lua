-- Templates: against what Jinja2 really answers, and what Lua adds to them.

local fs = require("fs")
local json = require("json")
local path = require("path")
local proc = require("proc")
local template = require("template")
local test = require("test")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)$")
local DATA <const> = path.join(path.dir(HERE), "../data/jinja")

local function check_case(case, got)
	if case.error then
		if not got.error then return "no error" end
		for _, key in ipairs { "kind", "line", "template" } do
			if got.error[key] ~= case.error[key] then
				return ("error.%s is %s, not %s (%s)"):format(key,
					tostring(got.error[key]),
					tostring(case.error[key]),
					got.error.message)
			end
		end
	elseif case.expect_data ~= nil then
		local want = json.encode(case.expect_data)
		if json.encode(got.data) ~= want then
			return "data is not " .. want
		end
	elseif got.output ~= case.expect then
		return ("%q is not %q"):format(got.output
			or got.error.message, case.expect)
	end
end

local function check_file(name)
	local text = fs.read(path.join(DATA, name))
	local cases, wrong = json.decode(text).cases, {}
	local count = 0

	for line in template.batch(text):gmatch("[^\n]+") do
		count = count + 1
		local case, got = cases[count], json.decode(line)
		local why = case.id ~= got.id and "its id is " .. got.id
			or check_case(case, got)
		if why then wrong[#wrong + 1] = case.id .. ": " .. why end
	end
	test.equal(count, #cases)
	if #wrong > 0 then
		test.fail("%d of %d:\n%s", #wrong, count,
			table.concat(wrong, "\n", 1, math.min(#wrong, 20)))
	end
end

local function fails(fn, ...)
	local ok, problem = pcall(fn, ...)

	test.equal(ok, false)
	return problem
end

local tests = {}

function tests.all_public_cases_are_answered_as_by_jinja2()
	check_file("public.json")
end

function tests.all_cases_of_our_own_are_answered_as_by_jinja2()
	check_file("own.json")
end

function tests.a_text_is_rendered_with_values()
	test.equal(template.render("{{ a }}-{{ b.c[1] }}", { a = 1,
		b = { c = { "x", "y" } } }), "1-y")
end

function tests.a_template_is_compiled_once_and_rendered_often()
	local compiled = template.compile("{% for i in l %}{{ i }}{% endfor %}")

	test.equal(compiled:render { l = { 1, 2 } }, "12")
	test.equal(compiled:render { l = { "a" } }, "a")
	test.equal(compiled:render { l = {} }, "")
end

function tests.null_is_none_and_a_missing_name_is_an_error()
	test.equal(template.render("{{ a is none }}", { a = json.null }),
		"True")
	local problem = fails(template.render, "x\n{{ usr }}", { user = 1 })
	test.equal(problem.code, "invalid")
	test.equal(problem.kind, "undefined")
	test.equal(problem.line, 2)
	test.match(problem.message, "template:2: 'usr' is undefined")
	test.match(problem.message, "did you mean 'user'")
	test.equal(template.render("[{{ a }}]", {}, { undefined = "lenient" }),
		"[]")
end

function tests.lua_functions_are_filters_tests_and_functions()
	local options = {
		filters = { twice = function(text) return text .. text end },
		tests = { even_length = function(text)
			return #text % 2 == 0
		end },
		functions = { add = function(a, b, more)
			return a + b + (more and more.c or 0)
		end },
	}

	test.equal(template.render("{{ 'ab'|twice }} {{ 'abc' is even_length }}"
		.. " {{ add(1, 2) }} {{ add(1, 2, c=3) }}", {}, options),
		"abab False 3 6")
	test.equal(template.render("{{ ['a', 'b']|map('twice')|join }}", {},
		options), "aabb")
end

function tests.an_error_of_a_lua_function_is_one_of_the_template()
	local problem = fails(template.render, "\n{{ f() }}", {},
		{ functions = { f = function() error("broken", 0) end } })

	test.equal(problem.kind, "runtime")
	test.equal(problem.line, 2)
	test.match(problem.message, "broken")
end

function tests.values_come_from_files_and_single_settings()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.json", '{"a": {"x": 1, "y": 2}, "big":'
		.. ' 123456789012345678901234567890, "f": 1.0}')
	fs.write(dir .. "/b.yaml", "a:\n  y: 3\nz: [1, two]\n")
	fs.write(dir .. "/c.toml", "t = 2.5\n")
	test.equal(template.render("{{ a }} {{ big }} {{ f }} {{ z }} {{ t }}"
		.. " {{ s }} {{ q.r }}", { s = "lua" }, {
			values_files = { dir .. "/a.json", dir .. "/b.yaml",
				dir .. "/c.toml" },
			set = { "a.x=9", "q.r=text" } }),
		"{'x': 9, 'y': 3} 123456789012345678901234567890 1.0"
		.. " [1, 'two'] 2.5 lua text")
end

function tests.other_templates_are_found_and_the_chain_is_told()
	local dir = test.temp_dir()

	fs.mkdir(dir .. "/parts")
	fs.write(dir .. "/main.j2", "a\n{% include 'parts/b.j2' %}")
	fs.write(dir .. "/parts/b.j2", "{{ x }}")
	test.equal(template.render_file(dir .. "/main.j2", { x = 1 }), "a\n1")
	local problem = fails(template.render_file, dir .. "/main.j2")
	test.equal(problem.template, "parts/b.j2")
	test.match(problem.message, "included at .*main.j2:2")
	test.equal(template.load("parts/b.j2", { search = dir }):render {
		x = 2 }, "2")
end

function tests.nothing_outside_of_the_search_path_is_read()
	local dir = test.temp_dir()

	fs.mkdir(dir .. "/in")
	fs.write(dir .. "/secret", "s3cret")
	proc.run { "ln", "-s", "../secret", dir .. "/in/link" }
	proc.run { "ln", "-s", "..", dir .. "/in/up" }
	proc.run { "mkfifo", dir .. "/in/pipe" }
	for _, name in ipairs { "../secret", "/" .. dir .. "/secret", "link",
		"pipe", "up/secret", "x/../../secret", ".", "", "/etc/passwd" } do
		local problem = fails(template.render,
			("{%% include %q %%}"):format(name), {},
			{ search = dir .. "/in" })
		test.equal(problem.code, "not_found")
	end
end

function tests.what_holds_itself_is_printed()
	local problem = fails(template.render, "{% set d = {} %}"
		.. "{% do d.update({'a': d.values()}) %}{{ d }}")

	test.equal(problem.code, "limit")
	test.equal(template.render("{% set n = namespace() %}"
		.. "{% set n.x = n %}{{ n }}"),
		"<Namespace {'x': <Namespace {...}>}>")
end

function tests.a_template_that_extends_itself_has_a_place()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.j2", "{% extends 'a.j2' %}")
	local problem = fails(template.render, "{% extends 'a.j2' %}", {},
		{ search = dir })
	test.equal(problem.code, "limit")
	test.equal(problem.message:match("^a%.j2:1: ") ~= nil, true,
		problem.message)
end

function tests.many_adjacent_strings_are_joined()
	test.equal(#template.render("{{ " .. ("'ab' "):rep(50000) .. "}}"), 100000)
end

function tests.hostile_templates_end_in_limits()
	local hostile = {
		"{% for a in range(10000000) %}{% for b in range(10000000) %}"
			.. "{% endfor %}{% endfor %}",
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
		"{% set ns = namespace(s='aaaaaaaaaaaaaaaa') %}"
			.. "{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}"
			.. "{% endfor %}",
		"{% set x = 'a' * 10000000000 %}",
		"{% for a in range(100000000) %}xxxxxxxxxxxxxxxx{% endfor %}",
		"{% set ns = namespace(l=[]) %}{% for a in range(100000000) %}"
			.. "{% set ns.l = [ns.l, a] %}{% endfor %}",
		"{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
		"{% set a = 'a' * 10000000 %}{% set b = 'a' * 10000000 %}"
			.. "{% for i in range(1000) %}{{ a == b }}{% endfor %}",
		"{% set a = 'a' * 10000000 %}"
			.. "{% for i in range(1000) %}{{ a | length }}{% endfor %}",
	}

	for i, text in ipairs(hostile) do
		local problem = fails(template.render, text, {}, {
			max_steps = 1000000, max_memory = 32 << 20,
			max_output = 1 << 20 })
		test.equal(problem.code, "limit", i .. ": " .. problem.message)
	end
end

function tests.deep_nesting_is_refused_not_crashed_on()
	local deep = 100000
	local texts = {
		"{{ " .. ("("):rep(deep) .. "1" .. (")"):rep(deep) .. " }}",
		"{{ " .. ("-"):rep(deep) .. "1 }}",
		"{{ " .. ("not "):rep(deep) .. "1 }}",
		"{{ 1" .. (" + 1"):rep(deep) .. " }}",
		"{{ a" .. (".b"):rep(deep) .. " }}",
		"{{ a" .. ("|upper"):rep(deep) .. " }}",
		"{{ " .. ("["):rep(deep) .. ("]"):rep(deep) .. " }}",
		("{% if 1 %}"):rep(deep),
	}

	for _, text in ipairs(texts) do
		test.equal(fails(template.render, text).kind, "syntax")
	end
end

function tests.wrong_options_are_named()
	local problem = fails(template.render, "", {}, { undefind = "strict" })

	test.match(problem.message, "undefind.*did you mean 'undefined'")
	test.equal(fails(template.render, "", {}, { undefined = "x" }).code,
		"invalid")
end

function tests.delimiters_can_be_chosen()
	test.equal(template.render("<% if true %><< 1 >><% endif %><# c #>\n"
		.. "# for i in [1, 2]\n<< i >>\n# endfor", {}, {
			block = { "<%", "%>" }, variable = { "<<", ">>" },
			comment = { "<#", "#>" }, line_statement = "#" }),
		"1\n1\n2\n")
end

--- Runs `tidemill render` with the arguments in `dir`.
local function run_render(dir, ...)
	local command = { "/proc/self/exe", "render", ... }

	command.check, command.cwd = false, dir
	command.env = { NO_COLOR = "1" }
	return proc.run(command)
end

function tests.the_command_renders_files()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.j2", "{{ app.name }}:{{ app.port + 1 }}\n")
	fs.write(dir .. "/v.json", '{"app": {"name": "shop", "port": 1}}')
	local result = run_render(dir, "a.j2", "--values", "v.json", "--set",
		"app.port=80", "--keep-trailing-newline")
	test.equal(result.stdout, "shop:81\n")
	test.equal(result.status, 0)
	result = run_render(dir, "a.j2", "--values", "v.json", "--output", "out")
	test.equal(result.stdout, "")
	test.equal(fs.read(dir .. "/out"), "shop:2")
	test.equal(run_render(dir, "a.j2", "--values", "v.json", "--output",
		"/dev/stdout").stdout, "shop:2")
end

function tests.a_closed_standard_output_is_an_error_not_a_crash()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.j2", "x")
	local result = proc.run { "sh", "-c",
		"exec /proc/$PPID/exe render a.j2 >&-", cwd = dir,
		check = false }
	test.equal(result.status < 100, true, result.stderr)
end

function tests.the_command_says_where_the_error_is_and_exits_2()
	local dir = test.temp_dir()

	fs.write(dir .. "/a.j2", "x\n{{ nope }}\n")
	local result = run_render(dir, "a.j2")
	test.equal(result.status, 2)
	test.match(result.stderr, "a.j2:2: 'nope' is undefined")
	test.equal(run_render(dir, "a.j2", "--undefined", "lenient").stdout,
		"x\n")
	test.equal(run_render(dir, "missing.j2").status, 2)
	test.equal(run_render(dir, "a.j2", "--values", "missing.json").status,
		2)
	test.equal(run_render(dir, "a.j2", "--set", "nothing").status, 2)
	test.equal(run_render(dir, "a.j2", "--set", ".a=1").status, 2)
	test.equal(run_render(dir, "a.j2", "--search", "nowhere").status, 2)
	test.equal(run_render(dir).status, 2)
end

function tests.the_command_answers_cases_a_line_each()
	local dir = test.temp_dir()

	fs.write(dir .. "/c.json", json.encode { cases = {
		{ id = "a", template = "{{ x }}", context = { x = 1 } },
		{ id = "b", template = "\n{{ 1 / 0 }}" },
		{ id = "c", template_data = "{{ [1, x] }}",
			context = { x = "y" } },
		{ template = "d" },
	} })
	local result = run_render(dir, "--batch", "c.json")
	local lines = {}
	for line in result.stdout:gmatch("[^\n]+") do
		lines[#lines + 1] = json.decode(line)
	end
	test.equal(lines[1], { id = "a", output = "1" })
	test.equal(lines[2].error.kind, "zero_division")
	test.equal(lines[2].error.line, 2)
	test.equal(lines[3], { id = "c", data = { 1, "y" } })
	test.equal(lines[4], { id = json.null, output = "d" })
	test.equal(result.status, 0)
end

return tests
