-- The module config_scan: what is seen of changes, and what is told.

local config_scan = require("config_scan")
local learned = require("config.scan.learned")
local test = require("test")

local tests = {}

--- A scan that saw `count` commits of three environments.
local function practised(count, world)
	local scan = config_scan.new(world)

	for i = 1, count do
		local commit = {}
		for n, name in ipairs { "dev", "staging", "prod" } do
			commit[name] = { set = { ["/db/pool"] = n * 5 + i % 4,
				["/db/host"] = "db." .. name .. ".example.org",
				["/cache/ttl"] = "30s",
				["/log/level"] = i % 2 == 0 and "info"
					or "debug" } }
		end
		scan:learn(commit)
	end
	return scan
end

local function row_of(rows, path, environment)
	for _, row in ipairs(rows) do
		if row.path == path and (not environment
			or row.environment == environment) then
			return row
		end
	end
end

local function judge_one(delta)
	local scan = practised(20, learned.world())
	local rows = scan:review({ prod = delta }, learned.judge("change"), 0)

	table.sort(rows, function(a, b) return a.score > b.score end)
	return rows[1]
end

function tests.what_was_learned_is_seen()
	local scan = practised(3)
	local rows = scan:review { prod = { set = { ["/db/pool"] = 500 } } }
	local seen = rows[1].features

	test.equal(#rows, 1)
	test.equal(seen.revisions, 3.0)
	test.equal(seen.siblings, 2.0)
	test.equal(seen.is_new, 0.0)
	test.ok(seen.ratio_past > 1)
end

function tests.looking_changes_nothing()
	local scan = practised(5)
	local change = { prod = { set = { ["/db/host"] = "other" },
		del = { "/log/level" } } }
	local first = scan:review(change)

	scan:audit()
	local second = scan:review(change)
	for _, row in ipairs(first) do
		test.equal(row_of(second, row.path).features, row.features)
	end
end

function tests.a_number_far_out_is_told_with_its_past()
	local row = judge_one { set = { ["/db/pool"] = 5000 } }

	test.ok(row.score > .5, row.score)
	test.ok(row.reason:find("^15 %-> 5000: "), row.reason)
	test.ok(row.reason:find("never above 18 in 20 revisions"), row.reason)
end

function tests.a_usual_number_is_not()
	test.ok(judge_one { set = { ["/db/pool"] = 17 } }.score < .5)
end

function tests.placeholders_and_other_environments_are_told()
	local row = judge_one { set = { ["/db/host"] = "${DB_HOST}" } }
	test.ok(row.score > .7, row.score)
	test.ok(row.reason:find("to be filled in"), row.reason)

	row = judge_one { set = { ["/db/host"] = "db.dev.example.org" } }
	test.ok(row.score > .5, row.score)
	test.ok(row.reason:find("speaks of 'dev'"), row.reason)
end

function tests.a_misspelt_key_is_told()
	local row = judge_one { set = { ["/cache/tll"] = "30s" },
		del = { "/cache/ttl" } }

	test.equal(row.path:sub(1, 7), "/cache/")
	test.ok(row.score > .5, row.score)
end

function tests.a_key_that_others_got_is_missing()
	local scan = practised(20, learned.world())
	local rows = scan:review({
		dev = { set = { ["/db/tls"] = true } },
		staging = { set = { ["/db/tls"] = true } },
		prod = { set = { ["/db/pool"] = 17 } },
	}, learned.judge("change"), 0)
	local row = row_of(rows, "/db/tls", "prod")

	test.equal(row.what, "missing")
	test.ok(row.reason:find("missing, while it is in dev, staging"), row.reason)
end

function tests.an_audit_tells_the_odd_one_out()
	local scan, all = config_scan.new(learned.world()), {}

	for _, name in ipairs { "dev", "staging", "prod" } do
		all[name] = { set = { ["/memory"] = "512Mi", ["/port"] = 8080,
			["/url"] = "https://api." .. name .. ".example.org" } }
	end
	all.prod.set["/memory"] = "512mi"
	scan:learn(all)
	local rows = scan:audit(learned.judge("audit"), 0)
	table.sort(rows, function(a, b) return a.score > b.score end)
	test.equal(rows[1].path, "/memory")
	test.equal(rows[1].environment, "prod")
end

function tests.a_world_is_kept_as_bytes()
	local world, other = config_scan.world(), config_scan.world()

	for i = 1, 5 do world:add("/db/port", 5000 + i) end
	other:read(world:write())
	test.equal(other:write(), world:write())
	test.raises("invalid", function() other:read("nothing") end)
	test.raises("invalid", function()
		other:read(world:write():sub(1, -2))
	end)
end

function tests.another_model_is_refused()
	test.raises("invalid", function() config_scan.score("nonsense") end)
end

function tests.odd_values_are_values()
	local scan = practised(2)
	local rows = scan:review { prod = { set = { ["/a"] = {}, ["/b"] = "",
		["/c"] = ("x"):rep(100000), ["/d"] = 0 / 0, ["/e"] = 1e308,
		["/f"] = "\0\255", [""] = 1, ["/"] = false } } }

	test.equal(#rows >= 8, true)
	scan:learn { prod = { del = { "/a", "/never" } } }
end

function tests.environments_are_bounded()
	local scan = config_scan.new()

	test.raises("limit", function()
		for i = 1, 65 do
			scan:learn { ["e" .. i] = { set = { ["/a"] = i } } }
		end
	end)
end

function tests.ten_thousand_keys_are_learned()
	local scan, set = config_scan.new(), {}

	for i = 1, 10000 do set["/k" .. i % 100 .. "/v" .. i] = i end
	scan:learn { prod = { set = set } }
	for i = 1, 1000 do
		local some = {}
		for n = 1, 10 do
			local k = (i * 10 + n) % 10000 + 1
			some["/k" .. k % 100 .. "/v" .. k] = i
		end
		scan:learn { prod = { set = some } }
	end
	local rows = scan:review { prod = { set = { ["/k1/v1"] = 7 } } }
	test.equal(#rows, 1)
end

return tests
