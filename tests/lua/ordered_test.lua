local json = require("json")
local ordered = require("ordered")
local test = require("test")

local function list(map)
	local parts = {}

	for key, value in pairs(map) do
		parts[#parts + 1] = tostring(key) .. "=" .. tostring(value)
	end
	return table.concat(parts, " ")
end

return {
	pairs_goes_in_the_order_of_the_keys = function()
		local map = ordered.new { { "z", 1 }, { "a", 2 } }

		map.m = 3
		map[1] = 4
		map[true] = 5
		test.equal(list(map), "z=1 a=2 m=3 1=4 true=5")
		map.a = 6
		test.equal(list(map), "z=1 a=6 m=3 1=4 true=5")
		test.equal(ordered.keys(map), { "z", "a", "m", 1, true })
	end,

	a_key_that_comes_again_is_the_last = function()
		local map = ordered.new { { "a", 1 }, { "b", 2 } }

		map.a = nil
		test.equal(list(map), "b=2")
		map.a = 3
		test.equal(list(map), "b=2 a=3")
		map.c = nil
		test.equal(list(map), "b=2 a=3")
	end,

	keys_may_be_removed_on_the_way = function()
		local map = ordered.new()

		for i = 1, 10 do map["k" .. i] = i end
		for key in pairs(map) do map[key] = nil end
		test.equal(list(map), "")
		test.equal(next(map), nil)
	end,

	what_was_removed_is_forgotten = function()
		local map = ordered.new { { "first", 0 } }

		for i = 1, 1000 do
			map[i] = i
			if i > 3 then map[i - 3] = nil end
		end
		test.equal(list(map), "first=0 998=998 999=999 1000=1000")
	end,

	it_is_told_from_others = function()
		test.ok(ordered.is(ordered.new()))
		test.equal(ordered.is {}, false)
		test.equal(ordered.is("x"), false)
		test.raises("entry 2 is no { key, value }", ordered.new,
			{ { 1, 2 }, 3 })
	end,

	json_writes_it_as_before = function()
		test.equal(json.encode(ordered.new { { "b", 1 }, { "a", 2 } }),
			'{"a":2,"b":1}')
	end,
}
