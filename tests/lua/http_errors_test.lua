-- Servers that misbehave: each failure has a reason of its own.

local fs = require("fs")
local http = require("http")
local task = require("task")
local test = require("test")

local helper = assert(load(fs.read("tests/lua/http_helper.lua"),
	"@tests/lua/http_helper.lua"))()

local tests = {}

--- Asks for what must fail; returns the error.
local function fails(url, options)
	local ok, problem = pcall(http.get, url, options)

	test.ok(not ok, url .. " must fail")
	test.equal(type(problem), "table", tostring(problem))
	return problem
end

--- path -> code, reason and what the message says.
local MISBEHAVIOURS <const> = {
	["/slow-head"] = { "timeout", "timeout", "longer than 300 ms" },
	["/slow-body"] = { "timeout", "timeout", "longer than 300 ms" },
	["/cut-body"] = { "io", "cut_short", "cut short" },
	["/cut-chunk"] = { "io", "cut_short", "cut short" },
	["/cut-head"] = { "io", "cut_short", "cut short" },
	["/nothing"] = { "io", "empty", "without an answer" },
	["/loop"] = { "limit", "too_many_redirects", "redirects" },
	["/redirect/11"] = { "limit", "too_many_redirects", "redirects" },
	["/huge-headers"] = { "limit", "headers_too_large", "65536 bytes" },
	["/long-header"] = { "limit", "headers_too_large", "65536 bytes" },
	["/flood"] = { "limit", "headers_too_large", "65536 bytes" },
	["/wrong-length"] = { "io", "protocol", "Content%-Length" },
	["/bad-chunk"] = { "io", "protocol", "chunked" },
	["/garbage"] = { "io", "protocol", "HTTP" },
	["/infinite"] = { "limit", "too_large", "1000000 bytes" },
	["/bomb"] = { "limit", "too_large", "1000000 bytes" },
	["/bad-gzip"] = { "io", "encoding", "header" },
	["/reset"] = { "io", "reset", "reset" },
	["/status/404"] = { "not_found", "status", "404 Status" },
	["/status/500"] = { "io", "status", "500 Status" },
	["/redirect-to/ftp://127.0.0.1/a"] = { "invalid", "url", "ftp" },
}

for path, wanted in pairs(MISBEHAVIOURS) do
	tests["the server misbehaves: " .. path] = function()
		local base, port = helper.start()
		local slow = path:find("slow")
		local problem = fails(base .. path, { max = 1000000,
			timeout = slow and 300 or "20s" })

		test.equal({ problem.code, problem.reason },
			{ wanted[1], wanted[2] }, tostring(problem))
		test.match(problem.message, wanted[3])
		test.match(problem.message, "127%.0%.0%.1:" .. port)
	end
end

function tests.a_silent_server_is_noticed()
	local base = helper.start()

	for _, path in ipairs { "/slow-head", "/slow-body" } do
		local problem = fails(base .. path, { silent_after = "1s" })

		test.equal(problem.reason, "silent")
		test.equal(problem.code, "timeout")
	end
end

function tests.a_name_that_does_not_resolve()
	local problem = fails("http://no-such-host.invalid/")

	test.equal(problem.reason, "resolve")
	test.match(problem.message, "no%-such%-host%.invalid")
end

function tests.a_refused_connection()
	-- Port 1 of the loopback interface: nobody listens there.
	local problem = fails("http://127.0.0.1:1/")

	test.equal(problem.reason, "connect")
end

function tests.a_missing_unix_socket()
	test.equal(fails("http://here/", { unix = "/nonexistent.sock" }).reason,
		"connect")
end

function tests.what_is_no_url()
	for _, url in ipairs { "", "ftp://127.0.0.1/", "file:///etc/passwd",
		"http://", "http://[::1", "gopher://127.0.0.1/" } do
		test.equal(fails(url).reason, "url", url)
	end
	test.raises("invalid", http.get, "http://127.0.0.1/a b")
	test.raises("invalid", http.get, "http://127.0.0.1/a\0b")
end

function tests.certificates_that_do_not_pass()
	local _, port = helper.start()
	local tls = helper.start_tls(port)
	local reasons = { self = "tls_chain", expired = "tls_expired",
		name = "tls_name", client = "tls" }

	for kind, reason in pairs(reasons) do
		local problem = fails(tls[kind] .. "/hello", { ca = tls.ca })

		-- TLS 1.3 tells of a missing client certificate after the handshake
		if kind == "client" and problem.reason == "reset" then
			reason = "reset"
		end
		test.equal(problem.reason, reason, kind .. ": " .. problem.message)
	end
	test.equal(fails(tls.good .. "/hello").reason, "tls_chain")
	test.equal(fails(tls.good .. "/hello", { ca = tls.ca,
		pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" })
		.reason, "tls_pin")
	test.equal(fails(tls.good .. "/hello", { ca = "/nonexistent" }).reason,
		"tls_client")
end

function tests.a_server_without_tls()
	local _, port = helper.start()
	-- It waits for the end of what it takes for a head.
	local problem = fails(("https://127.0.0.1:%d/"):format(port),
		{ connect_timeout = 300 })

	test.equal({ problem.code, problem.reason },
		{ "timeout", "connect_timeout" })
	test.match(problem.message, "no connection within 300 ms")
end

function tests.certificates_that_pass()
	local _, port = helper.start()
	local tls = helper.start_tls(port)

	test.equal(http.get(tls.good .. "/hello", { ca = tls.ca,
		pin = tls.pin }).body, "hello")
	test.equal(http.get(tls.self .. "/hello", { verify = false }).body,
		"hello")
	test.equal(http.get(tls.client .. "/hello", { ca = tls.ca,
		cert = tls.dir .. "/client.pem" }).body, "hello")
	local front = tls.name:match("%d+$")
	test.equal(http.get(("https://other.example:%s/hello"):format(front),
		{ ca = tls.ca, resolve = { ["other.example:" .. front] =
		"127.0.0.1" } }).body, "hello")
end

function tests.an_upload_that_nobody_wants()
	local base = helper.start()
	local file = test.temp_dir() .. "/big"

	fs.write(file, ("x"):rep(4000000))
	local problem = test.raises("io", http.put, base .. "/refuse",
		{ upload = file })
	test.equal(problem.status, 413)
	test.equal(problem.body, "too much")
	test.equal(test.raises("not_found", http.put, base .. "/upload",
		{ upload = file .. "x" }).reason, "upload")
end

function tests.a_response_that_cannot_be_written()
	local base = helper.start()

	test.equal(test.raises("io", http.get, base .. "/hello",
		{ to = "/nonexistent/file" }).reason, "file")
end

function tests.a_download_that_fails_leaves_nothing()
	local base = helper.start()
	local dir = test.temp_dir()

	fails(base .. "/cut-body", { to = dir .. "/a" })
	fails(base .. "/infinite", { to = dir .. "/a", max = 100000 })
	fails(base .. "/status/500", { to = dir .. "/a" })
	test.equal(fs.list(dir), {})
end

function tests.secrets_are_not_in_errors()
	local base, port = helper.start()
	local problem = fails(("http://me:hunter2@127.0.0.1:%d/status/403"
		.. "?access_token=hunter2&page=2#x"):format(port),
		{ headers = { Authorization = "Bearer hunter2" } })

	test.ok(not tostring(problem):find("hunter2"), tostring(problem))
	for key, value in pairs(problem) do
		test.ok(not tostring(value):find("hunter2"), key)
	end
	test.match(problem.url, "page=2")
	test.ok(not fails(base .. "/loop?token=hunter2").message:find("hunter2"))
end

function tests.cancelling_closes_the_connection()
	local base = helper.start()
	local started = task.spawn(http.get, base .. "/slow-head")
	local problem = test.raises("timeout", task.timeout, 50, function()
		http.get(base .. "/slow-body")
	end)

	test.equal(problem.code, "timeout")
	started:cancel()
	test.raises("cancelled", function() started:await() end)
	test.equal(http.get(base .. "/hello").body, "hello")
end

return tests
