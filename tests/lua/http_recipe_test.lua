-- HTTP in recipes: recorded outside of steps, live inside.

local fs = require("fs")
local test = require("test")
local values = require("run.values")

local function load_beside(name)
	local file = "tests/lua/" .. name .. ".lua"

	return assert(load(fs.read(file), "@" .. file))()
end

local durable = load_beside("durable")
local helper = load_beside("http_helper")

local http = values.modules.http

local tests = {}

--- Runs `recipe(ctx)` until it crashes at its end, and again.
local function twice(place, recipe)
	local crashed = false

	durable.run(place, function(ctx)
		recipe(ctx)
		if not crashed then
			crashed = true
			ctx:step("crash", durable.crash)
		end
	end)
	test.equal(durable.again(place), 0)
end

function tests.a_replay_gets_what_was_recorded()
	local base = helper.start()
	local place = durable.new_home()
	local seen = {}

	twice(place, function()
		-- The server answers with how often it was asked.
		local response = http.get(base .. "/retry/0/0/a")
		seen[#seen + 1] = { response.body, response.status, response.ok,
			response.headers["content-length"], response:json() }
		test.equal(#http.get(base .. "/bytes/100").body, 100)
	end)
	test.equal(#seen, 2)
	test.equal(seen[1], { "1", 200, true, "1", 1 })
	test.equal(seen[2], seen[1])
end

function tests.failures_are_recorded_too()
	local base = helper.start()
	local place = durable.new_home()
	local seen = {}

	twice(place, function()
		local ok, problem = pcall(http.get, base .. "/flaky/1/b",
			{ retry = 0 })
		seen[#seen + 1] = { ok, not ok and problem.code, not ok
			and problem.reason }
	end)
	test.equal(seen, { { false, "io", "empty" }, { false, "io", "empty" } })
end

function tests.in_a_step_it_is_live()
	local base = helper.start()
	local place = durable.new_home()

	test.equal(durable.run(place, function(ctx)
		local step = ctx:step("ask", function()
			local lines = {}
			local stream <close> = http.get(base .. "/lines",
				{ stream = true })
			for line in stream:lines() do lines[#lines + 1] = line end
			return #lines
		end)
		test.equal(step.value, 10)
	end), 0)
end

function tests.what_cannot_be_recorded_is_refused()
	local base = helper.start()
	local place = durable.new_home()

	durable.run(place, function()
		test.match(test.raises("invalid", http.get, base .. "/lines",
			{ stream = true }).message, "step's function")
		test.raises("invalid", http.post, base .. "/upload",
			{ body = function() end })
		test.raises("invalid", http.get, base .. "/bytes/5000000")
		http.get(base .. "/bytes/2000000", { to = "file" })
		place.mark(fs.stat(place.home .. "/file").size)
	end)
	test.equal(place.seen, { 2000000 })
	test.match(test.raises("invalid", http.get, base).message, "loaded")
end

function tests.each_is_recorded_by_item()
	local base = helper.start()
	local place = durable.new_home()
	local seen = {}

	twice(place, function()
		local list = {}
		for i = 1, 12 do list[i] = base .. "/retry/0/0/" .. i end
		local session <close> = http.session { headers = { A = "b" } }
		seen[#seen + 1] = http.each(list, { limit = 4 },
			function(response, _, index)
				return index .. ":" .. response.body
			end)
		seen[#seen + 1] = session:get(base .. "/retry/0/0/s").body
		seen[#seen + 1] = #session:each({ base .. "/hello" })
	end)
	test.equal(seen[1][12], "12:1")
	test.equal(seen[4], seen[1])
	test.equal({ seen[5], seen[6] }, { "1", 1 })
end

function tests.secrets_are_not_recorded()
	local base, port = helper.start()
	local place = durable.new_home()

	durable.run(place, function()
		http.get(("http://me:hunter2@127.0.0.1:%d/cookie/id/1"
			.. "?token=hunter2"):format(port),
			{ headers = { Authorization = "hunter2" }, json = "hunter2" })
		pcall(http.get, base .. "/status/500?api_key=hunter2",
			{ bearer = "hunter2" })
	end)
	local rows = 0
	for _, row in ipairs(place.db:query(
		"select name, result, error from steps")) do
		rows = rows + 1
		for key, value in pairs(row) do
			test.ok(not tostring(value):find("hunter2")
				and not tostring(value):find("Set%-Cookie"), key .. ": "
				.. tostring(value))
		end
	end
	test.equal(rows, 2)
end

return tests
