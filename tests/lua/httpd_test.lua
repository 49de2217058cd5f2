-- The HTTP server's module: what a task sees of requests, and its limits.

local http = require("http")
local httpd = require("httpd")
local task = require("task")
local test = require("test")

local function serve(handle, options)
	options = options or {}
	options.address = "127.0.0.1:0"
	local server = httpd.listen(options)

	test.finally(function() server:close() end)
	task.spawn(function()
		for request in function() return server:next() end do
			task.spawn(function()
				local _guard <close> = request
				handle(request)
			end)
		end
	end)
	return "http://" .. server:address(), server
end

local tests = {}

function tests.a_request_says_what_was_sent()
	local base = serve(function(request)
		request:answer(200, {}, table.concat({ request:method(),
			request:target(), request:headers()["x-test"],
			request:peer(), request:body() }, " "))
	end)

	test.equal(http.post(base .. "/a%20b?c=1", { body = "text",
		headers = { ["X-Test"] = "yes" } }).body,
		"POST /a%20b?c=1 yes 127.0.0.1 text")
end

function tests.an_unanswered_request_is_an_error()
	local base = serve(function() end)

	test.equal(http.get(base, { check = false }).status, 500)
end

function tests.a_large_body_comes_whole_at_the_readers_pace()
	local part = ("x"):rep(10000)
	local base = serve(function(request)
		request:stream(200, {})
		for _ = 1, 300 do request:write(part) end
	end)

	test.equal(#http.get(base).body, 3000000)
end

function tests.an_answer_is_given_once()
	local base = serve(function(request)
		request:answer(200, {}, "one")
		test.raises("answered before", function()
			request:answer(200, {}, "two")
		end)
	end)

	test.equal(http.get(base).body, "one")
end

function tests.headers_cannot_be_split()
	local base = serve(function(request)
		test.raises("cannot be sent", function()
			request:answer(200, { ["X-A"] = "a\r\nX-B: b" }, "")
		end)
		request:answer(200, {}, "fine")
	end)

	test.equal(http.get(base).body, "fine")
end

function tests.bodies_have_a_limit()
	local base = serve(function(request)
		request:answer(200, {}, "")
	end, { body = 10 })

	test.equal(http.post(base, { body = ("x"):rep(11), check = false })
		.status, 413)
end

function tests.many_are_answered_at_once()
	local base = serve(function(request)
		require("time").sleep(20)
		request:answer(200, {}, request:target())
	end)
	local list = {}

	for i = 1, 40 do
		list[i] = function() return http.get(base .. "/" .. i).body end
	end
	for i, body in ipairs(task.all(list)) do
		test.equal(body, "/" .. i)
	end
end

function tests.an_address_is_listened_at_once()
	local _, server = serve(function() end)
	local ok, problem = pcall(httpd.listen, { address = server:address() })

	test.ok(not ok)
	test.equal(problem.code, "busy")
end

function tests.gzip_makes_things_smaller_or_nothing()
	local packed = httpd.gzip(("abc"):rep(1000), 9)

	test.ok(#packed < 100)
	test.equal(packed:sub(1, 2), "\x1f\x8b")
	test.equal(httpd.gzip("x"), nil)
end

function tests.a_task_has_a_slice()
	local handle = task.spawn(function()
		httpd.slice(50)
		while true do end
	end):observe()
	local ok, problem = pcall(handle.await, handle)

	test.ok(not ok)
	test.equal(problem.code, "limit")
end

return tests
