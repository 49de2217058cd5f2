-- Filters, tests, methods and operators of templates: Python's answers.

local fs = require("fs")
local json = require("json")
local template = require("template")
local test = require("test")

local DATA = "tests/data/jinja/filters.json"

local function wrong(case, got)
	if case.error then
		return not got.error or got.error.kind ~= case.error.kind
			or got.error.line ~= case.error.line
	end
	return got.output ~= case.expect
end

local function fails(source, pattern)
	local ok, problem = pcall(template.render, source, {},
		{ ansible = true, extensions = true })

	test.equal(ok, false, source)
	test.match(tostring(problem), pattern)
end

local function answer(source, expected)
	test.equal(template.render(source, {},
		{ ansible = true, extensions = true }), expected)
end

local tests = {}

function tests.filters_and_methods_answer_as_in_jinja2_and_ansible()
	local text = fs.read(DATA)
	local cases, found, at = json.decode(text).cases, {}, 0

	for line in template.batch(text):gmatch("[^\n]+") do
		at = at + 1
		if wrong(cases[at], json.decode(line)) then
			found[#found + 1] = cases[at].template .. "\n  " .. line
		end
	end
	test.equal(at, #cases)
	test.equal(table.concat(found, "\n", 1, math.min(#found, 10)), "")
end

function tests.what_would_be_too_large_is_refused()
	fails("{{ 'x' * 10**12 }}", "more than 256 MiB")
	fails("{{ [1] * 10**10 }}", "too many")
	fails("{{ range(10**18)|list }}", "memory")
	fails("{{ '%99999999999d' % 1 }}", "width too big")
	fails("{{ 'x'.center(10**9) }}", "more than 256 MiB")
	fails("{{ 2 ** (10 ** 9) }}", "20000 digits")
	fails("{{ 10 ** 5000 }}", "4300 digits")
	fails("{{ [1, 2]|product(repeat=60)|list }}", "needs more than")
	fails("{{ range(100)|combinations(50)|list }}", "needs more than")
end

function tests.expressions_that_explode_are_stopped()
	fails("{{ ('a' * 40 ~ 'c')|regex_search('^(a|aa)+$') }}",
		"takes too long")
	fails("{{ 'a'|regex_replace('(', '') }}", "regular expression")
	fails("{{ ('[' * 100000)|from_json }}", "nested too deeply")
end

function tests.lists_that_hold_themselves_do_no_harm()
	local loop = "{% set l = [1] %}{% do l.append(l) %}"

	answer(loop .. "{{ l }} {{ l == l }}", "[1, [...]] True")
	fails(loop .. "{{ l|tojson }}", "nested too deeply")
	fails(loop .. "{{ l|flatten }}", "nested too deeply")
	answer(loop .. "{{ l|to_yaml }}", "&id001\n- 1\n- *id001\n")
end

function tests.generators_are_used_up()
	answer("{% set g = [1, 2]|map('string') %}{{ g|list }}{{ g|list }}",
		"['1', '2'][]")
end

return tests
