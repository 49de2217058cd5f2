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

return tests
