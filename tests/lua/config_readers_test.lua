-- Every reader of configuration, given texts that were damaged at random: a
-- value or an error that says where, and never anything else.

local files = require("config.files")
local parameters = require("config.scan.parameters")
local schema = require("config.schema")
local test = require("test")

local tests = {}

local SEEDS <const> = {
	dotenv = { 'export A="x y" # note\nB=\'1\'\nC=${A}-$B\nD="a\\n\n b"\n',
		"EMPTY=\n KEY = value \n#c\nX=\"\\\"\"" },
	properties = { "a.b = 1\\\n  2\n# c\nd:e\nf\\ g=\\u00e4\n! x\nk\n",
		"key\\:with=x\\ty\\\\\n\n=v" },
	ini = { "[a]\nb = 1 ; c\n[d \"e\"]\nf=\n", "x=1\n[y]\n" },
	yaml = { "a: &x [1, {b: c}]\nd: *x\ne: |\n  f\n g: !!str 1\n" },
	json = { '{"a":[1,2.5e3,true,null,{"b":"\\u00e4\\n"}]}' },
	toml = { "a = 1\n[b.c]\nd = [1, \"x\"]\n[[e]]\nf = 1979-05-27\n" },
}

local PIECES <const> = { '"', "'", "\\", "\n", "=", ":", "{", "}", "[", "]",
	"#", "${", "\0", "\255", "\xc3", "\t", "&a ", "*a", "!!", "---\n",
	"\\u", "\\", "  ", "1e999", "-", "," }

local function damaged(text)
	for _ = 1, math.random(1, 6) do
		local at = math.random(0, #text)
		local cut = math.random(0, 4)
		local piece = math.random() < .7
			and PIECES[math.random(#PIECES)] or ""
		text = text:sub(1, at) .. piece .. text:sub(at + cut)
	end
	return text
end

local function read_one(format, text)
	local ok, problem = pcall(files.parse, text, format, "a." .. format)

	if ok then return end
	test.ok(type(problem) == "table" and problem.message,
		("%s: %q: %s"):format(format, text, tostring(problem)))
	test.ok(problem.message:find("a." .. format, 1, true),
		("%q: %s"):format(text, problem.message))
end

function tests.damaged_files_are_values_or_errors()
	math.randomseed(20)
	for format, seeds in pairs(SEEDS) do
		for _ = 1, 400 do
			read_one(format, damaged(seeds[math.random(#seeds)]))
		end
		require("time").sleep("1ms")
	end
end

function tests.parameters_are_read_of_anything()
	local xml = "<configuration><property><name>a</name><value>1</value>"
		.. "</property></configuration>"

	math.randomseed(21)
	for _ = 1, 500 do
		test.equal(type(parameters.read(damaged(xml))), "table")
		test.equal(type(parameters.read(damaged("a.b = c\nd e\n"))),
			"table")
	end
end

local KEYWORDS <const> = { "type", "items", "properties", "required", "enum",
	"$ref", "pattern", "minimum", "allOf", "not", "if", "contains",
	"prefixItems", "additionalProperties", "format", "uniqueItems",
	"dependentRequired", "multipleOf", "maxLength", "const" }
local VALUES <const> = { "object", 3, -1, true, false, { "a" }, {},
	{ a = { type = "string" } }, "#/nothing", "(", 1e300, "" }

local function any_schema(depth)
	local made = {}

	for _ = 1, math.random(1, 3) do
		made[KEYWORDS[math.random(#KEYWORDS)]] = depth > 0
			and math.random() < .4 and any_schema(depth - 1)
			or VALUES[math.random(#VALUES)]
	end
	return made
end

function tests.any_schema_is_judged_or_refused()
	math.randomseed(22)
	for _ = 1, 600 do
		local one = any_schema(2)
		local ok, problem = pcall(function()
			return schema.compile(one, "s.json"):check({
				a = { 1, "x" } })
		end)
		test.ok(ok or type(problem) == "table" and problem.message,
			tostring(problem))
	end
end

return tests
