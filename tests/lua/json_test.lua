local json = require("json")
local test = require("test")

local DIR <const> = debug.getinfo(1, "S").source:match("^@(.*/)")
local cases = load(require("fs").read(DIR .. "cases.lua"), "@" .. DIR
	.. "cases.lua")()

local function round(text)
	return json.encode(json.decode(text))
end

local function refuses(text, line, column)
	local problem = test.raises("invalid", json.decode, text)

	test.match(problem.message, ("not JSON: line %d, column %d: ")
		:format(line, column))
end

return {
	cases_of_the_grammar = function()
		local count = cases.each(DIR .. "../data/json/cases.txt",
			function(case) cases.check(json.decode, case) end)
		test.ok(count >= 60)
	end,

	values_are_read = function()
		test.equal(json.decode('{"a":[1,2.5,"x",true,false],"b":{}}'),
			{ a = { 1, 2.5, "x", true, false }, b = {} })
		test.equal(json.decode(" \n 1 "), 1)
		test.equal(json.decode('"\\u00e4\\n\\"\\ud83d\\ude00"'),
			"ä\n\"😀")
		test.ok(json.decode("null") == json.null)
		test.ok(json.decode('{"a":null}').a == json.null)
		test.equal(json.decode('[null,1]')[2], 1)
	end,

	integers_stay_integers = function()
		test.equal(math.type(json.decode("1")), "integer")
		test.equal(math.type(json.decode("1.5")), "float")
		test.equal(json.decode("[9007199254740993]")[1],
			9007199254740993)
		test.equal(json.decode("9223372036854775807"),
			math.maxinteger)
		test.equal(json.encode(math.mininteger), "-9223372036854775808")
		test.equal(round("-9223372036854775808"),
			"-9223372036854775808")
		test.equal(math.type(json.decode("1e3")), "float")
		test.equal(json.encode(1e3), "1000.0")
		test.equal(round("[0.1,1e300,-0.0]"), "[0.1,1e+300,-0.0]")
	end,

	empty_arrays_stay_arrays = function()
		test.equal(round('{"a":[],"b":{},"c":[[],{},[ ]]}'),
			'{"a":[],"b":{},"c":[[],{},[]]}')
		test.equal(json.encode({}), "{}")
		test.equal(json.encode(json.array()), "[]")
		test.equal(json.encode(json.array { 1 }), "[1]")
		test.equal(round('["[]","{}","[ ]\\"[]"]'),
			'["[]","{}","[ ]\\"[]"]')
		test.equal(json.is_array(json.decode("[]")), true)
		test.equal(json.is_array(json.decode("{}")), false)
		test.equal(json.is_array { 1 }, true)
		test.equal(json.is_array("x"), false)
	end,

	keys_are_sorted = function()
		local object = {}
		for i = 1, 100 do object["k" .. i * 7919 % 1000] = i end
		local text = json.encode(object)

		test.equal(json.encode(json.decode(text)), text)
		test.equal(json.encode { b = 1, a = 2, [10] = 3, [9] = 4 },
			'{"10":3,"9":4,"a":2,"b":1}')
	end,

	pretty_has_lines_and_indents = function()
		test.equal(json.encode({ b = { 1, { c = "x" } }, a = {},
			d = json.array() }, { pretty = true }), [[
{
  "a": {},
  "b": [
    1,
    {
      "c": "x"
    }
  ],
  "d": []
}]])
		test.equal(json.encode({ 1 }, { pretty = true, indent = "\t" }),
			"[\n\t1\n]")
	end,

	strings_are_escaped = function()
		local all = {}
		for byte = 0, 127 do all[#all + 1] = string.char(byte) end
		local text = table.concat(all)

		test.equal(json.decode(json.encode(text)), text)
		test.equal(json.encode("a/b\n\0\27ä"), '"a/b\\n\\u0000\\u001bä"')
		test.equal(json.encode { ['q"'] = 1 }, '{"q\\"":1}')
	end,

	bytes_that_are_no_utf8_become_valid = function()
		test.equal(json.encode("a\xffb\xc3"), '"a\u{fffd}b\u{fffd}"')
		test.equal(json.encode("\u{10ffff}é"), '"\u{10ffff}é"')
	end,

	errors_tell_line_and_column = function()
		refuses("", 1, 0)
		refuses("{", 1, 1)
		refuses('{\n  "a": 1,\n  b: 2\n}', 3, 3)
		refuses('{"ä": x}', 1, 7)
		refuses("[1,]", 1, 4)
		refuses("[1] 2", 1, 5)
		refuses('["a', 1, 3)
		refuses("[[],x]", 1, 5)
		test.raises("string expected", json.decode, nil)
	end,

	what_json_has_no_words_for_is_refused = function()
		test.raises("write nan", json.encode, { 0 / 0 })
		test.raises("write inf", json.encode, 1 / 0)
		test.raises("write a function", json.encode, { print })
		test.raises("cannot be a boolean", json.encode,
			{ [true] = 1 })
		test.raises("the same in JSON", json.encode,
			{ [1] = 1, ["1"] = 2, x = 3 })
		for _, text in ipairs { "nan", "inf", "-Infinity", "0x10",
			"01", "'a'", "[1 2]", "tru" } do
			test.raises("invalid", json.decode, text)
		end
	end,

	depth_is_limited = function()
		local circle = {}
		circle.circle = circle

		test.raises("holds itself", json.encode, circle)
		test.raises("invalid", json.decode, ("["):rep(100000))
		test.raises("invalid", json.decode,
			("["):rep(1001) .. ("]"):rep(1001))
		local deep = ("["):rep(150) .. ("]"):rep(150)
		test.equal(round(deep), deep)
	end,

	arrays_with_holes_are_objects = function()
		test.equal(json.encode { 1, nil, 3 }, '{"1":1,"3":3}')
		test.equal(json.encode(json.array { 1, nil, 3 }),
			"[1,null,3]")
	end,

	large_texts_are_quick = function()
		local list = json.array()
		for i = 1, 20000 do
			list[i] = { id = i, name = "run " .. i, tags = json.array() }
		end
		local text = json.encode(list)

		test.equal(#json.decode(text), 20000)
	end,
}
