-- Fakes of servers.

local fs = require("fs")
local testing = require("testing")

local tests = {}

--- Calls `fn(get, world)` in a world with these fakes.
local function with(fakes, fn)
	local world = testing.world { http = fakes }

	return world:call(function()
		return fn(function(name, ...)
			return world.http:call(name, error, ...)
		end, world)
	end)
end

function tests.routes_answer_by_method_and_url()
	with({ ["GET https://a.example/items*"] = { json = { 1, 2 } },
		["https://a.example/x"] = "text", ["POST *"] = 201 },
		function(http, world)
		local found = http("get", "https://a.example/items", {
			query = { page = 2, q = "a b" } })

		testing.equal(found:json(), { 1, 2 })
		testing.equal(found.headers["content-type"], "application/json")
		testing.equal(world.http.calls[1].url,
			"https://a.example/items?page=2&q=a%20b")
		testing.equal(http("get", "https://a.example/x").body, "text")
		testing.equal(http("request", { url = "http://b/", json = { 1 } })
			.status, 201)
		testing.equal(world.http.calls[3].body, "[1]")
	end)
end

function tests.an_unexpected_request_says_so()
	local problem = testing.raises("test", with, { ["GET http://a/x"] = 1 },
		function(http)
		pcall(http, "get", "http://a/y")
	end)

	testing.contains(problem.message, "unexpected request: GET http://a/y")
	testing.contains(problem.message, "did you mean 'GET http://a/x'?")
end

function tests.statuses_and_failures_raise()
	with({ ["http://a/none"] = 404, ["http://a/down"] = { reason = "resolve" },
		["http://a/slow"] = { duration = "1h" } }, function(http, world)
		local problem = testing.raises("not_found", http, "get",
			"http://a/none")
		testing.equal(problem.reason, "status")
		testing.equal(problem.status, 404)
		testing.equal(http("get", "http://a/none", { check = false }).ok,
			false)
		testing.equal(testing.raises("io", http, "get", "http://a/down")
			.reason, "resolve")
		testing.raises("timeout", http, "get", "http://a/slow",
			{ timeout = "5s" })
		testing.equal(world.clock:gone(), 5000)
	end)
end

function tests.tries_wait_as_long_as_the_server_asks()
	with({ ["http://a/"] = { 503, { status = 429,
		headers = { ["Retry-After"] = "20" } }, "ok" },
		["POST http://b/"] = 500 }, function(http, world)
		local answer = http("get", "http://a/", { retry = 3 })

		testing.equal(answer.body, "ok")
		testing.equal(answer.tries, 3)
		testing.equal(world.clock:gone(), 21000)
		testing.raises("io", http, "post", "http://b/", { retry = 3 })
		testing.equal(world.clock:gone(), 21000)
	end)
end

function tests.bodies_are_streamed_or_go_to_a_file()
	local file = testing.temp_dir() .. "/out"

	with({ ["http://a/"] = "one\ntwo\n" }, function(http)
		local stream <close> = http("get", "http://a/", { stream = true })
		local lines = {}
		for line in stream:lines() do lines[#lines + 1] = line end
		testing.equal(lines, { "one", "two" })
		testing.equal(http("get", "http://a/", { to = file }).received, 8)
		testing.equal(fs.read(file), "one\ntwo\n")
	end)
end

function tests.sessions_share_their_options()
	with({ ["https://api/v1/x"] = function(request)
		return request.headers.Authorization
	end }, function(http)
		local session <close> = http("session", {
			base = "https://api/v1/",
			headers = { authorization = "me" } })
		testing.equal(session:get("/x").body, "me")
	end)
end

function tests.requests_of_recipes_are_recorded()
	local result = testing.recipe { text = [[
	local http = require("http")
	return { secrets = "TOKEN", run = function(ctx)
		local url = "https://a.example"
		local found = http.get(url .. "/v?token=" .. ctx.secrets.TOKEN)
		ctx:note(found:json().n .. found.headers["X-Test"])
		local api <close> = http.session { base = url }
		ctx:note(#api:get("bytes").body)
		ctx:step("one", "one")
		local ok, why = pcall(http.get, url .. "/none")
		ctx:note(why.reason .. " " .. why.status .. why.body)
		local all = http.each { url .. "/1", url .. "/2" }
		ctx:note(all[1].body .. all[2].body)
		ctx:step("two", function()
			return http.post(url .. "/p", { json = { 1 } }).status
		end)
		http.get(url, { stream = true })
	end }]] }:run { secrets = { TOKEN = "abcdefgh" },
		crash_after = "one", processes = { one = true }, http = {
		["GET https://a.example/v*"] = { json = { n = 5 }, headers = {
			["x-test"] = "yes", ["Set-Cookie"] = "a=b" } },
		["https://a.example/none"] = { status = 404, body = "no" },
		["https://a.example/bytes"] = "\0\255",
		["https://a.example/1"] = "one", ["https://a.example/2"] = "two",
		["POST https://a.example/p"] = 201 } }

	testing.equal(result.state, "crashed")
	testing.equal(#result.requests, 2)
	result = result:resume()
	testing.equal(result.notes, { "5yes", "2", "status 404no", "onetwo" })
	testing.equal(#result.requests, 6)
	testing.equal(result.steps.two.value, 201)
	testing.contains(result.error.message, "'stream' belongs into a step")
	testing.raises("while it is loaded", function()
		testing.recipe { text = [[require("http").get("http://a/")
			return { run = print }]] }:run()
	end)
end

function tests.real_requests_of_recipes_are_recorded()
	local helper = assert(load(fs.read("tests/lua/http_helper.lua"),
		"@tests/lua/http_helper.lua"))()
	local result = testing.recipe { text = ([[
	local http = require("http")
	return { run = function(ctx)
		local found = http.get("%s/echo", { query = { a = 1 } })
		ctx:step("one", "one")
		ctx:note(found.status .. " " .. tostring(found.headers.Date ~= ""))
	end }]]):format((helper.start())) }:run { http = "real",
		processes = { one = true }, crash_after = "one" }

	testing.equal(result.state, "crashed")
	testing.equal(result:resume().notes, { "200 true" })
end

function tests.servers_are_recorded_and_replayed()
	local helper = assert(load(fs.read("tests/lua/http_helper.lua"),
		"@tests/lua/http_helper.lua"))()
	local file = testing.temp_dir() .. "/fixture.json"
	local shop = testing.recipe { text = ([[
	local http = require("http")
	return { secrets = "TOKEN", run = function(ctx)
		local found = http.get("%s/echo", { query = {
			token = ctx.secrets.TOKEN }, bearer = ctx.secrets.TOKEN })
		ctx:note(found.status .. " " .. #found.body)
		local ok, why = pcall(http.get, "%s/status/404")
		ctx:note(why.reason .. " " .. tostring(why.status))
		local session <close> = http.session { base = "%s" }
		ctx:note(session:post("/echo", { body = "abc" }).status)
	end }]]):gsub("%%s", (helper.start())) }
	local function run(record)
		return shop:run { secrets = { TOKEN = "very-s3cret" },
			http = testing.fixture(file, { record = record,
			secrets = { "very-s3cret" } }) }
	end
	local live = run(true)

	testing.equal(live.error, nil)
	testing.ok(not fs.read(file):find("very-s3cret", 1, true))
	local again = run(false)
	testing.equal(again.error, nil)
	testing.equal(#again.requests, 3)
	testing.equal(again.notes[2], live.notes[2])
	testing.equal(again.notes[3], live.notes[3])
end

return tests
