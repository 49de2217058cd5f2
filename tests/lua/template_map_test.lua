-- Maps of rendered texts, and secrets that stay hidden whatever they become.

local fs = require("fs")
local template = require("template")
local test = require("test")

local MASK <const> = "********"

local function values()
	return { env = "prod", empty = "",
		db = { host = "db1", pool = 5, password = "hunTer22" },
		ports = { 80, 443 },
		users = { { name = "ann", key = "s3cret-a" },
			{ name = "bob", key = "s3cret-b" } },
		whole = { { a = "all-of-it", b = { c = "deep" } } } }
end

local SECRETS <const> = { "db.password", "users.0.key", "users.1.key",
	"not.there", "whole" }

local function render(text, more)
	local options = { map = true, name = "t.j2", secrets = SECRETS }

	for key, value in pairs(more or {}) do options[key] = value end
	return template.render(text, values(), options)
end

--- Expressions that must not show a byte of what they compute.
local HIDDEN <const> = {
	"{{ db.password }}", "{{ db['password'] }}", "{{ db.get('password') }}",
	"{{ db.password | upper }}",
	"{{ db.password.upper() }}", "{{ db.password[:3] }}",
	"{{ db.password[0] }}", "{{ db.password | first }}",
	"{{ db.password | hash('sha256') }}", "{{ db.password | b64encode }}",
	"{{ 'x' ~ db.password }}", "{{ db.password + 'x' }}",
	"{{ db.password * 2 }}", "{{ '%s!' % db.password }}",
	"{{ '%s!' | format(db.password) }}", "{{ '{}'.format(db.password) }}",
	"{{ [db.password, 'x'] | join('-') }}", "{{ '-'.join([db.password]) }}",
	"{{ 'a-b' | replace('-', db.password) }}", "{{ db | tojson }}",
	"{{ db }}", "{{ db | to_yaml }}", "{{ db.values() | list }}",
	"{{ db | dictsort }}", "{{ db.items() | list }}",
	"{{ [db] | map(attribute='password') | first }}",
	"{{ [db.password] | map('upper') | list }}",
	"{{ users | map(attribute='key') | sort | join }}",
	"{{ users | groupby('key') }}", "{{ users | tojson }}",
	"{{ db.password | list }}", "{{ db.password | reverse }}",
	"{{ db.password.split('T') | last }}", "{{ db.password | length }}",
	"{{ db.password | urlencode }}", "{{ db.password | int(7) }}",
	"{{ db.password | regex_replace('T', 't') }}", "{{ nothing | default("
		.. "db.password) }}", "{{ db.password or 'x' }}",
	"{{ db.password if env == 'prod' }}", "{{ {db.password: 1} }}",
	"{{ dict(a=db.password).a }}", "{{ dict(a=db.password) }}",
	"{{ {'a': [db.password]}.a[0] }}", "{{ (db.password, 1) }}",
	"{{ {'hunTer22': 'yes'}[db.password] }}",
	"{{ db.password == 'hunTer22' }}", "{{ db.password is defined }}",
	"{{ -(db.password | length) }}", "{{ not db.password }}",
	"{{ db | combine({'a': 1}) }}",
	"{{ ('[\"' ~ db.password ~ '\"]') | from_json }}",
	"{% set x = db.password %}{{ x }}",
	"{% set x = db.password %}{% set y = x %}{{ y | lower }}",
	"{% set x %}{{ db.password }}{% endset %}{{ x | upper }}",
	"{% set x | upper %}{{ db.password }}{% endset %}{{ x }}",
	"{% filter upper %}{{ db.password }}{% endfilter %}",
	"{% filter indent(2) | upper %}a {{ db.password }}{% endfilter %}",
	"{% with x = db.password %}{{ x }}{% endwith %}",
	"{% for c in db.password %}{{ c }}{% endfor %}",
	"{% for u in users %}{{ u.key }}{% endfor %}",
	"{% for k, v in db.items() if k == 'password' %}{{ v }}{% endfor %}",
	"{% for x in [[db.password]] recursive %}{{ loop(x) if x is not string"
		.. " else x }}{% endfor %}",
	"{% macro m(x) %}{{ x }}{% endmacro %}{{ m(db.password) }}",
	"{% macro m(x) %}{{ x }}{% endmacro %}{{ m(db.password) | upper }}",
	"{% macro m(x=db.password) %}{{ x[:4] }}{% endmacro %}{{ m() }}",
	"{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}"
		.. "{{ db.password }}{% endcall %}",
	"{% macro m() %}{{ caller() | upper }}{% endmacro %}{% call m() %}"
		.. "{{ db.password }}{% endcall %}",
	"{% macro m() %}{{ varargs }}{% endmacro %}{{ m(db.password) }}",
	"{% macro m() %}{{ kwargs.a }}{% endmacro %}{{ m(a=db.password) }}",
	"{% set n = namespace() %}{% set n.x = db.password %}{{ n.x }}",
	"{% set n = namespace() %}{% set n.x = db.password %}{{ n }}",
	"{% set n = namespace(x=db.password) %}{{ n.x }}",
	"{% set l = [] %}{% do l.append(db.password) %}{{ l }}",
	"{% set l = [] %}{% do l.append(db.password) %}{{ l | join }}",
	"{% set d = {} %}{% do d.update({'a': db}) %}{{ d | tojson }}",
	"{% set d = {} %}{% do d.update({'a': db}) %}{{ d.a.password }}",
	"{% block b %}{{ db.password }}{% endblock %}",
	"{{ db.password | mine }}", "{{ [db.password] | mine }}",
	"{{ 'x' | mine(db.password) }}", "{{ 'x' | mine(a=db.password) }}",
	"{{ [db.password] | map('mine') | list }}", "{{ ours(db.password) }}",
	"{{ ours(db.password).x }}", "{{ cycler(db.password, 1).next() }}",
	"{% for t in db.items() if t[0] == 'password' %}{{ t }}{% endfor %}",
	"{% for row in users | batch(2) %}{{ row | tojson }}{% endfor %}",
	"{% for g in users | groupby('key') %}{{ g }}{% endfor %}",
	"{% for g in users | groupby('key') %}{{ g.list }}{% endfor %}",
	"{% for g in users | groupby('name') %}{{ g[1] | tojson }}{% endfor %}",
	"{{ (users | batch(2) | list)[0] | tojson }}",
	"{{ (users | zip([1, 2]) | list)[0][0] | tojson }}",
	"{{ whole | map(attribute='a') | list }}{{ whole[0].a | upper }}",
	"{% for w in whole %}{{ w.b.c }}{% endfor %}",
	"{% for a, b in [db.password] | map('list') | map('batch', 4) %}"
		.. "{{ a }}{% endfor %}",
	"{{ [('{\"x\": \"' ~ db.password ~ '\"}') | from_json]"
		.. " | map(attribute='x') | list }}",
	"{% macro m() %}{{ kwargs | tojson }}{% endmacro %}{{ m(a=db) }}",
	"{% macro m() %}{{ varargs[0].password }}{% endmacro %}{{ m(db) }}",
	"{% for x in [[db]] recursive %}{{ loop(x) if x is not mapping"
		.. " else x | tojson }}{% endfor %}",
	"{% set a, b = 'x', db.password %}{{ b }}",
	"{% for u in users %}{{ loop.previtem.key if loop.last }}{% endfor %}",
	"{{ users | map(attribute='key') | map('upper') | join }}",
	"{{ users | selectattr('key', 'match', 's3') | list }}",
	"{{ users | selectattr('key') | map(attribute='key') | join }}",
	"{{ db.password | wordwrap(30) }}", "{{ db.password | center(20) }}",
	"{{ db.password | truncate(5, true, '') }}", "{{ db.password | pprint"
		.. " }}", "{{ db.password | tojson }}", "{{ db.password | e }}",
	"{{ db.password ~ '' }}", "{{ db.password | string }}",
	"{{ [{'a': {'b': db.password}}] | map(attribute='a.b') | list }}",
	"{{ [{'a': {'b': db.password}}] | map(attribute='a') | list }}",
	"{{ users | selectattr('name') | map(attribute='key') | join }}",
	"{{ [[db.password]] | map(attribute=0) | list }}",
	"{{ [db] | map(attribute='no', default=db.password) | list }}",
	"{{ users | map(attribute='key') | map('upper') | first }}",
	"{% set l = [{'a': 'x'}] %}{% set g = l | map(attribute='a') %}"
		.. "{% do l.append({'a': db.password}) %}{{ g | join }}",
	"{% include 'secret.j2' %}", "{% include 'secret.j2' with context %}",
	"{% from 'macro.j2' import m %}{{ m(db.password) }}",
}

--- Texts that hold nothing of a secret, though one is near.
local SHOWN <const> = {
	"{{ db.host }} {{ db.pool + 1 }} {{ env | upper }}",
	"{{ 'yes' if db.password else 'no' }}",
	"{% if db.password %}yes{% endif %}",
	"{% if db.password is defined and db.password != 'x' %}a{% endif %}",
	"{% for u in users %}{{ u.name }},{% endfor %}",
	"{% for u in users | sort(attribute='name') %}{{ u.name }}{% endfor %}",
	"{% for u in users | selectattr('name', 'equalto', 'ann') %}"
		.. "{{ u.name }}{% endfor %}",
	"{{ (users | map(attribute='name') | list)[0] }}",
	"{{ users | map(attribute='name') | join(',') }}",
	"{{ users | selectattr('name', 'equalto', 'ann') | map(attribute='name')"
		.. " | list }}",
	"{{ [{'a': {'b': 1, 'c': db.password}}] | map(attribute='a.b') | list }}",
	"{% for k, v in db.items() if k != 'password' %}{{ k }}{{ v }}{% endfor %}",
	"{{ db.keys() | list }} {{ users | length }}",
	"{% macro m(x) %}{% if x %}set{% endif %}{% endmacro %}{{ m(db.password)"
		.. " }}", "{{ dict(a=db.password, b=env).b }}",
	"{% set n = namespace(a=1) %}{% set n.b = db.password %}{{ n.a }}"
		.. "{% for i in range(3) %}{{ i }}{% endfor %}",
	"{{ (users | first).name }} {{ db.get('host') }}",
	"{{ db.host | default(db.password) }}",
}

local tests = {}

local function more()
	local dir = fs.temp_dir()

	fs.write(dir .. "/secret.j2", "{{ db.password }}")
	fs.write(dir .. "/macro.j2", "{% macro m(x) %}{{ x|lower }}{% endmacro %}")
	return { search = dir, filters = { mine = function(value, other)
			return { value, other }
		end },
		functions = { ours = function(value)
			return { x = value .. "!" }
		end } }, dir
end

function tests.what_comes_of_a_secret_is_masked()
	local options, dir = more()

	for _, text in ipairs(HIDDEN) do
		local out, map = render(text, options)
		local masked = map:masked()
		test.equal(template.render(text, values(), options), out, text)
		if out == "" or (masked ~= MASK and masked ~= MASK .. "\n") then
			test.fail("%s: %s", text, masked)
		end
	end
	fs.remove(dir)
end

function tests.what_is_no_secret_is_shown()
	for _, text in ipairs(SHOWN) do
		local out, map = render(text)
		if out == "" or map:masked() ~= out then
			test.fail("%s: %s", text, map:masked())
		end
	end
end

function tests.text_around_a_secret_is_shown()
	local _, map = render("a={{ db.password }};{% filter trim %}"
		.. "{{ db.host }}{% endfilter %}\n{% macro m(x) -%}\nm: {{ x }},"
		.. " {{ db.host }}\n{%- endmacro %}{{ m(db.password) }}")

	test.equal(map:masked(), "a=********;db1\nm: ********, db1")
	test.equal(map:masked("***"), "a=***;db1\nm: ***, db1")
	_, map = render("{{ db.password }}{{ db.password }}\n{{ 'a\nb\n'"
		.. " ~ db.password }}.")
	test.equal(map:masked(), MASK .. "\n" .. MASK .. "\n" .. MASK .. "\n"
		.. MASK .. ".")
end

--- Templates whose error would show a secret, or what was computed from it.
local FAILING <const> = {
	"{% macro m() %}{% endmacro %}{{ m(**{db.password | upper: 1}) }}",
	"{% macro m() %}{{ caller(**{db.password: 1}) }}{% endmacro %}"
		.. "{% call m() %}{% endcall %}",
	"{{ {db.password | lower: 1}['unter22'] }}",
	"{% macro m() %}{{ kwargs.unter22 }}{% endmacro %}"
		.. "{{ m(**{db.password | lower: 1}) }}",
	"{{ db.password | int + 'x' }}", "{{ {}[db.password] }}",
	"{{ {}[db.password | upper] }}", "{{ db.password | mine }}",
	"{{ [db.password] | map('mine') | list }}", "{% include db.password %}",
	"{{ 'a' | regex_replace('(' ~ db.password, 'x') }}",
	"{{ db[db.password].x }}", "{{ 0[db.password, 'x'] | join }}",
	"{{ {}[(db.password, 1)] }}", "{{ db[[db.password]] }}",
	"{{ ours(db.password) }}",
	"{{ ['a'] | select('odder', db.password) | list }}",
	"{{ db.password | from_json }}", "{{ 'a' is odder(db.password) }}",
	"{% macro m(x) %}{{ x | mine }}{% endmacro %}{{ m(db.password) }}",
}

function tests.errors_do_not_show_secrets()
	local function raise(value, other)
		error("no " .. tostring(other or value):upper())
	end
	local options = { filters = { mine = raise }, tests = { odder = raise },
		functions = { ours = raise } }

	for _, text in ipairs(FAILING) do
		local ok, problem = pcall(render, text, options)
		if ok or problem.message:lower():find("hunter", 1, true) then
			test.fail("%s: %s", text, tostring(problem))
		end
	end
	local ok, problem = pcall(render, "\n{{ 1 + db.password }}")
	test.equal(ok, false)
	test.equal(problem.message, "t.j2:2: an expression with a secret failed;"
		.. " what it says is withheld\n  in 1 + db.password")
	ok, problem = pcall(render, "{% if db.password %}{{ db.hots }}{% endif %}")
	test.equal(ok, false)
	test.match(problem.message, "has no attribute 'hots'")
end

local TEMPLATE <const> = [[
{# a comment of
two lines #}
host: {{ db.host }}:{{ db.pool }}
{% for user in users %}
  - {{ user.name | upper }}
{% endfor %}
{% macro line(x) -%}
x: {{ x }}
{%- endmacro %}
{{ line(db.host) }}
{% set late %}
late: {{ users[1].name }}
{% endset %}
{{ late }}plain
]]

function tests.every_line_knows_its_template_and_value()
	local text, map = render(TEMPLATE, { trim_blocks = true,
		keep_trailing_newline = true })
	local got, number = {}, 0

	for line in text:gmatch("(.-)\n") do
		number = number + 1
		local spot = map:line(number)
		got[number] = ("%s|%s:%d|%s"):format(line, spot.file, spot.line,
			spot.value or "")
	end
	test.equal(got, { "host: db1:5|t.j2:3|db.host",
		"  - ANN|t.j2:5|users.0.name", "  - BOB|t.j2:5|users.1.name",
		"x: db1|t.j2:8|db.host", "late: bob|t.j2:12|users.1.name",
		"plain|t.j2:14|" })
	test.equal(map:line(number + 1), nil)
	test.equal(map:line(0), nil)
end

function tests.every_byte_knows_its_template_and_value()
	local text, map = render("a\nb {{ db.host }} {{ env ~ db.pool }}c\n{{"
		.. " db.password }}{{ ports[1] }}", { keep_trailing_newline = true })

	test.equal(text, "a\nb db1 prod5c\nhunTer22443")
	test.equal(map:at(1), { file = "t.j2", line = 1, secret = false })
	test.equal(map:at(3), { file = "t.j2", line = 2, secret = false })
	test.equal(map:at(5), { file = "t.j2", line = 2, secret = false,
		value = "db.host" })
	test.equal(map:at(9).value, "env")
	test.equal(map:at(16), { file = "t.j2", line = 3, secret = true,
		value = "db.password" })
	test.equal(map:at(#text), { file = "t.j2", line = 3, secret = false,
		value = "ports.1" })
	test.equal(map:at(#text + 1), nil)
	test.equal(map:at(0), nil)
	test.equal(map:line(2, 9).value, "env")
	test.equal(map:line(2, 4).value, "db.host")
	text, map = render("{% for port in ports %}{{ port }}{% endfor %}"
		.. "{% for k, v in db.items() if k == 'pool' %}{{ v }}{% endfor %}"
		.. "{% set p = db.pool %}{{ p }}{{ p + 1 }}{{ 7 }}")
	test.equal(text, "804435567")
	for at, path in pairs { "ports.0", "ports.0", "ports.1", "ports.1",
		"ports.1", "db.pool", "db.pool", "db.pool" } do
		test.equal(map:at(at).value, path)
	end
	test.equal(map:at(9).value, nil)
end

function tests.indented_texts_keep_their_places()
	local text, map = render("{% macro m() %}\n\nhost: {{ db.host }}\n  key:"
		.. " {{ db.password }}\nlast\n{% endmacro %}"
		.. "a:\n  {{ m() | trim | indent(2) }}\n{% filter indent(4, true) %}"
		.. "b {{ env }}\nc{{ db.password }}{% endfilter %}")

	test.equal(text, "a:\n  host: db1\n    key: hunTer22\n  last\n"
		.. "    b prod\n    chunTer22")
	test.equal(map:masked(), "a:\n  host: db1\n    key: ********\n  last\n"
		.. "    b prod\n    c********")
	test.equal(map:line(2), { file = "t.j2", line = 3, secret = false,
		value = "db.host" })
	test.equal(map:line(4).line, 5)
	test.equal(map:line(5).value, "env")
	text, map = render("{% set x %} {{ db.password }}x {% endset %}"
		.. "{{ x | trim }}")
	test.equal(text, "hunTer22x")
	test.equal(map:masked(), "********x")
end

function tests.included_templates_are_named()
	local dir = fs.temp_dir()

	fs.write(dir .. "/part.j2", "\n\nx {{ db.host }}")
	fs.write(dir .. "/base.j2", "{% block b %}b{% endblock %}\n{{ env }}")
	local text, map = render("{% include 'part.j2' %}", { search = dir })
	test.equal(text, "\n\nx db1")
	test.equal(map:line(3), { file = "part.j2", line = 3, secret = false,
		value = "db.host" })
	text, map = render("{% extends 'base.j2' %}{% block b %}\n{{ super() }}"
		.. "{{ db.password }}{% endblock %}", { search = dir })
	test.equal(text, "\nbhunTer22\nprod")
	test.equal(map:masked(), "\nb" .. MASK .. "\nprod")
	test.equal(map:at(2), { file = "base.j2", line = 1, secret = false })
	test.equal(map:line(3), { file = "base.j2", line = 2, secret = false,
		value = "env" })
	fs.remove(dir)
end

function tests.odd_names_are_quoted_in_paths()
	local _, map = template.render("{{ a['b.c'] }} {{ a.l[0].x }}", { a = {
		["b.c"] = 1, l = { { x = 2 } } } }, { map = true,
		secrets = { "a['b.c']" } })

	test.equal(map:masked(), MASK .. " 2")
	test.equal(map:at(1).value, "a['b.c']")
	test.equal(map:at(3).value, "a.l.0.x")
end

function tests.a_wrong_path_of_a_secret_is_refused()
	for _, path in ipairs { "a..b", ".a", "a['b", "['']x[" } do
		local ok, problem = pcall(template.render, "x", {}, { secrets = {
			path } })
		test.equal(ok, false)
		test.match(problem.message, "is no path of a value")
	end
	test.equal(pcall(template.render, "x", {}, { secrets = "a" }), false)
end

function tests.without_the_option_there_is_no_map()
	test.equal(select("#", template.render("x")), 1)
	test.equal(select("#", template.render("x", {}, { secrets = { "a" } })),
		1)
	local compiled = template.compile("{{ a }}", { map = true,
		secrets = { "a" } })
	local text, map = compiled:render { a = "one" }
	compiled = nil
	collectgarbage()
	test.equal(text, "one")
	test.equal(map:masked(), MASK)
	test.equal(map:at(1).file, "template")
	test.equal(compiled, nil)
end

return tests
