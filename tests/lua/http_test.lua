-- HTTP requests: what is sent, what comes back, streams, sessions, retries.

local fs = require("fs")
local http = require("http")
local task = require("task")
local test = require("test")
local time = require("time")

local helper = assert(load(fs.read("tests/lua/http_helper.lua"),
	"@tests/lua/http_helper.lua"))()

local tests = {}

--- What the server got: head and body.
local function echoed(method, url, options)
	return http[method](url .. "/echo", options).body
end

function tests.get_returns_status_headers_and_body()
	local base = helper.start()
	local response = http.get(base .. "/hello")

	test.equal(response.status, 200)
	test.equal(response.ok, true)
	test.equal(response.body, "hello")
	test.equal(response.headers["content-type"], "text/plain")
	test.equal(response.headers["CONTENT-Type"], "text/plain")
	test.equal(response.headers["x-none"], nil)
	test.equal(response.url, base .. "/hello")
	test.equal({ response.redirects, response.tries }, { 0, 1 })
	test.match(response.head, "^HTTP/1%.1 200 OK\r\n")
	test.ok(response.ms >= 0)
	test.equal(http.get(base .. "/json"):json().list[3], 3)
end

function tests.a_bad_status_raises_unless_check_is_false()
	local base = helper.start()
	local problem = test.raises("io", http.get, base .. "/status/503")

	test.equal({ problem.status, problem.reason, problem.body },
		{ 503, "status", "sorry" })
	test.equal(problem.headers["X-Test"], "a, b")
	local response = http.get(base .. "/status/404", { check = false })
	test.equal({ response.status, response.ok }, { 404, false })
end

function tests.methods_are_sent()
	local base = helper.start()

	for _, method in ipairs { "get", "post", "put", "patch", "delete" } do
		test.match(echoed(method, base), "^" .. method:upper() .. " /echo ")
	end
	test.equal(http.head(base .. "/hello").headers["content-length"], "5")
	test.match(http.request { url = base .. "/echo", method = "REPORT" }.body,
		"^REPORT ")
	test.match(http.request(base .. "/echo", { json = {} }).body, "^POST ")
	test.match(echoed("post", base), "Content%-Length: 0\r\n")
	test.raises("invalid", http.request, { url = base, method = "A B" })
end

function tests.queries_are_encoded_and_sorted()
	local base = helper.start()

	test.match(http.get(base .. "/echo?a=1", { query = { z = "ü&",
		b = { 1, 2 }, c = true } }).body,
		"^GET /echo%?a=1&b=1&b=2&c=true&z=%%C3%%BC%%26 ")
	test.match(echoed("get", base, { query = "x=1" }), "%?x=1 ")
	test.match(echoed("get", base, { query = { { "b", 1 }, { "a", 2 } } }),
		"%?b=1&a=2 ")
end

function tests.headers_are_sent_and_checked()
	local base = helper.start()
	local sent = echoed("get", base, { user_agent = "me",
		headers = { ["X-One"] = 1, ["X-List"] = { "a", "b" },
			["X-Empty"] = "", Accept = "text/html" } })

	test.match(sent, "X%-One: 1\r\n")
	test.match(sent, "X%-List: a\r\nX%-List: b\r\n")
	test.match(sent, "X%-Empty:\r\n")
	test.match(sent, "Accept: text/html\r\n")
	test.match(sent, "User%-Agent: me\r\n")
	for name, value in pairs { ["A"] = "x\r\nB: y", ["A\r\nB"] = "x",
		["A:"] = "x", ["C"] = "x\0y", ["D"] = {} } do
		local ok = pcall(http.get, base, { headers = { [name] = value,
			check = name == "D" and print } })
		test.ok(not ok, name)
	end
end

function tests.bodies_are_sent()
	local base = helper.start()
	local json = echoed("post", base, { json = { list = { 1 } } })

	test.match(json, "Content%-Type: application/json\r\n")
	test.match(json, '\r\n\r\n{"list":%[1%]}$')
	local form = echoed("post", base, { form = { b = "x y", a = "1" } })
	test.match(form, "Content%-Type: application/x%-www%-form%-urlencoded\r\n")
	test.match(form, "\r\n\r\na=1&b=x%%20y$")
	test.match(echoed("put", base, { body = "a\nb" }), "\r\n\r\na\nb$")
	test.match(echoed("post", base, { body = "<a/>", headers = {
		["content-type"] = "text/xml" } }), "content%-type: text/xml\r\n")
	test.equal(http.post(base .. "/upload",
		{ body = ("x"):rep(3000000) }).body, "3000000")
	test.raises("invalid", http.post, base, { body = "a", json = 1 })
end

function tests.multipart_bodies()
	local base = helper.start()
	local file = test.temp_dir() .. "/a.txt"

	fs.write(file, "in the file")
	local sent = echoed("post", base, { multipart = {
		{ name = "text", content = "hello" },
		{ name = "doc", file = file, filename = "b.txt",
			type = "text/plain" },
	} })
	test.match(sent, "Content%-Type: multipart/form%-data; boundary=")
	test.match(sent, 'name="text"\r\n\r\nhello\r\n')
	test.match(sent, 'name="doc"; filename="b.txt"\r\n'
		.. "Content%-Type: text/plain\r\n\r\nin the file\r\n")
	test.raises("invalid", http.post, base, { multipart = {
		{ name = 'x\r\nInjected: y', content = "" } } })
	test.raises("upload", function()
		local _, problem = pcall(http.post, base, { multipart = {
			{ name = "a", file = "/nonexistent" } } })
		error(problem.reason, 0)
	end)
end

function tests.files_go_up_and_down()
	local base = helper.start()
	local dir = test.temp_dir()

	fs.write(dir .. "/up", ("y"):rep(2000000))
	for _, method in ipairs { "put", "post" } do
		test.equal(http[method](base .. "/upload",
			{ upload = dir .. "/up" }).body, "2000000")
	end
	local response = http.get(base .. "/bytes/3000000",
		{ to = dir .. "/down" })
	test.equal(response.received, 3000000)
	test.equal(fs.stat(dir .. "/down").size, 3000000)
	http.get(base .. "/bytes/0", { to = dir .. "/down" })
	test.equal(fs.stat(dir .. "/down").size, 0)
	test.equal(#fs.list(dir), 2)
end

function tests.a_function_brings_the_body()
	local base = helper.start()
	local count = 0

	test.equal(http.put(base .. "/upload", { body = function()
		count = count + 1
		if count % 3 == 0 then time.sleep(1) end
		return count <= 40 and ("z"):rep(100000) or nil
	end }).body, "4000000")
	local sent = echoed("post", base, { body = function() end })
	test.match(sent, "Transfer%-Encoding: chunked\r\n")
	test.raises("oops", http.post, base .. "/upload", { body = function()
		error("oops")
	end })
	local pieces = 0
	test.equal(test.raises("io", http.put, base .. "/refuse", { body =
		function()
			pieces = pieces + 1
			return ("z"):rep(1000000)
		end }).status, 413)
	test.ok(pieces < 100)
end

function tests.lines_are_pulled()
	local base = helper.start()
	local stream <close> = http.get(base .. "/lines", { stream = true })
	local lines = {}

	test.equal({ stream.status, stream.ok }, { 200, true })
	test.equal(stream.headers["transfer-encoding"], "chunked")
	for line in stream:lines() do lines[#lines + 1] = line end
	test.equal(#lines, 10)
	test.equal(lines[10], "line 10")
	test.equal(stream:read(), nil)
end

function tests.a_stream_that_is_not_read_is_held_back()
	local base = helper.start()
	local stream <close> = http.get(base .. "/bytes/50000000",
		{ stream = true })
	local total = 0

	time.sleep(20)
	test.ok(stream:state().received < 4000000, "it must be held back")
	for piece in function() return stream:read(100000) end do
		test.ok(#piece <= 100000)
		total = total + #piece
	end
	test.equal(total, 50000000)
end

function tests.streams_fail_as_others_do()
	local base = helper.start()

	test.equal(test.raises("not_found", http.get, base .. "/status/404",
		{ stream = true }).body, "sorry")
	local stream = http.get(base .. "/cut-body", { stream = true })
	test.equal(stream:read(), "ten bytes.")
	test.equal(test.raises("io", stream.read, stream).reason, "cut_short")
	local left = http.get(base .. "/infinite", { stream = true })
	test.ok(left:read())
	left:close()
	test.equal(test.raises("limit", function()
		local endless = http.get(base .. "/infinite", { stream = true,
			max = 5000000 })
		while endless:read() do end
	end).reason, "too_large")
	test.raises("timeout", task.timeout, 50, function()
		local slow = http.get(base .. "/slow-body", { stream = true })
		while slow:read() do end
	end)
end

function tests.server_sent_events()
	local base = helper.start()
	local stream = http.get(base .. "/events", { stream = true })
	local events = {}

	for event in stream:events() do events[#events + 1] = event end
	test.equal(events, {
		{ event = "started", data = "one\ntwo", id = "7" },
		{ event = "message", data = "{}", id = "7", retry = 250 },
	})
end

function tests.progress_is_told()
	local base = helper.start()
	local dir = test.temp_dir()
	local last = {}

	local response = http.get(base .. "/bytes/20000000", { to = dir .. "/a",
		progress = function(state) last = state end })
	test.equal(response.status, 200)
	test.equal(last.received, 20000000)
	test.equal(last.total, 20000000)
	http.put(base .. "/upload", { upload = dir .. "/a",
		progress = function(state) last = state end })
	test.equal({ last.sent, last.upload_total }, { 20000000, 20000000 })
	test.raises("enough", http.get, base .. "/infinite", { to = dir .. "/b",
		progress = function() error("enough") end })
end

function tests.redirects_are_followed_up_to_a_limit()
	local base = helper.start()
	local response = http.get(base .. "/redirect/3")

	test.equal({ response.body, response.redirects }, { "hello", 3 })
	test.equal(response.url, base .. "/hello")
	response = http.get(base .. "/redirect/1", { redirects = false })
	test.equal({ response.status, response.headers.location },
		{ 302, "/hello" })
	test.equal(test.raises("limit", http.get, base .. "/redirect/3",
		{ redirects = 2 }).reason, "too_many_redirects")
end

function tests.other_hosts_do_not_get_the_login()
	local base, port = helper.start()
	local there = ("http://localhost:%d/echo"):format(port)
	local sent = http.get(base .. "/redirect-to/" .. there, { user = "me",
		password = "secret", resolve = {
			["localhost:" .. port] = "127.0.0.1" } }).body

	test.ok(not sent:find("Authorization"), sent)
end

function tests.logging_in()
	local base = helper.start()
	local netrc = test.temp_dir() .. "/netrc"

	test.equal(http.get(base .. "/auth/Basic", { user = "me",
		password = "pass" }).body, "Basic bWU6cGFzcw==")
	test.equal(http.get(base .. "/auth/Bearer", { bearer = "abc" }).body,
		"Bearer abc")
	test.match(http.get(base .. "/auth/Digest", { user = "me",
		password = "pass", digest = true }).body,
		'^Digest username="me", ?realm="tide"')
	fs.write(netrc, "machine 127.0.0.1 login me password pass\n")
	test.equal(http.get(base .. "/auth/Basic", { netrc = netrc }).body,
		"Basic bWU6cGFzcw==")
	test.equal(test.raises("io", http.get, base .. "/auth/Basic").status, 401)
end

function tests.retries_wait_and_stop()
	local base = helper.start()
	local soon = { times = 3, delay = 1 }

	local response = http.get(base .. "/retry/2/0/a", { retry = soon })
	test.equal({ response.body, response.tries }, { "3", 3 })
	response = http.get(base .. "/flaky/2/b", { retry = soon })
	-- Libcurl itself asks again when a connection had been used before.
	test.equal(response.body, "at last")
	test.ok(response.tries > 1)
	local problem = test.raises("io", http.get, base .. "/retry/9/0/c",
		{ retry = { times = 2, delay = 1 } })
	test.equal({ problem.tries, problem.body }, { 3, "3" })
	-- Its Retry-After is longer than anybody wants to wait.
	test.equal(test.raises("io", http.get, base .. "/retry/9/900/d",
		{ retry = soon }).tries, 1)
	test.equal(test.raises("not_found", http.get, base .. "/status/404",
		{ retry = soon }).tries, 1)
end

function tests.retry_after_is_obeyed()
	local base = helper.start()
	local began = time.monotonic()

	http.get(base .. "/retry/1/1/a", { retry = { times = 1, delay = 1 } })
	test.ok(time.monotonic() - began >= 1000)
end

function tests.a_post_is_not_repeated_unless_it_did_nothing()
	local base = helper.start()
	local soon = { times = 3, delay = 1 }

	test.equal(test.raises("io", http.post, base .. "/flaky/1/a",
		{ retry = soon }).reason, "empty")
	test.equal(http.post(base .. "/flaky/1/b", { retry = { times = 1,
		delay = 1, always = true } }).body, "at last")
	test.equal(http.post(base .. "/retry/1/0/c", { retry = soon,
		body = "x" }).tries, 2)
	test.raises("cancelled", function()
		local waiting = task.spawn(http.get, base .. "/retry/9/0/d",
			{ retry = { times = 9, delay = "30s" } })
		time.sleep(20)
		waiting:cancel()
		waiting:await()
	end)
end

function tests.sessions_have_common_options()
	local base = helper.start()
	local session <close> = http.session { base = base .. "/",
		headers = { ["X-A"] = "1", ["X-B"] = "1" }, per_host = 2,
		query = { key = "k" } }

	local sent = session:get("echo", { headers = { ["x-b"] = "2" },
		query = { a = 1 } }).body
	test.match(sent, "^GET /echo%?key=k&a=1 ")
	test.match(sent, "X%-A: 1\r\n")
	test.match(sent, "x%-b: 2\r\n")
	test.ok(not sent:find("X%-B"))
	test.match(session:post("/echo", { json = 1 }).body, "\r\n\r\n1$")
	session:close()
	test.raises("invalid", session.get, session, "/echo")
end

function tests.cookies_are_kept_if_wanted()
	local base = helper.start()
	local jar = test.temp_dir() .. "/jar"

	do
		local session <close> = http.session { base = base, cookies = jar }
		session:get("/cookie/a/1")
		test.match(session:get("/echo", { cookies = { b = "2" } }).body,
			"Cookie: a=1; b=2\r\n")
		test.match(session:cookies(), "a\t1\n")
		session:save()
	end
	local later <close> = http.session { base = base, cookies = jar }
	test.match(fs.read(jar), "\ta\t1\n")
	test.equal(fs.stat(jar).mode & 63, 0)
	test.match(later:get("/echo").body, "Cookie: a=1\r\n")
	local plain <close> = http.session { base = base }
	plain:get("/cookie/a/1")
	test.ok(not plain:get("/echo").body:find("Cookie"))
end

function tests.unix_sockets_and_versions()
	local base, _, socket = helper.start()

	test.equal(http.get("http://anything/hello", { unix = socket }).body,
		"hello")
	test.match(echoed("get", base, { version = "1.0" }), "HTTP/1%.0\r\n")
	test.raises("invalid", http.get, base, { version = "3" })
	test.equal(http.get(base .. "/hello", { family = 4 }).body, "hello")
end

function tests.proxies_are_asked()
	local base, port = helper.start()

	-- Any HTTP server takes the whole URL as a path: there is none such.
	local sent = test.raises("not_found", http.get,
		"http://there.example/echo", { proxy = base })
	test.match(sent.body, "no such path")
	test.equal(http.get(base .. "/hello", { proxy =
		("http://127.0.0.1:%d"):format(1), no_proxy = "127.0.0.1" }).body,
		"hello")
	test.equal(http.get(base .. "/hello", { proxy = false }).body, "hello")
	test.ok(port)
end

function tests.each_wants_a_list()
	for _, wrong in ipairs { 5, true, "x" } do
		local _, problem = pcall(http.each, wrong)
		test.equal(problem.code, "invalid")
	end
end

function tests.each_keeps_order_and_limit()
	local base = helper.start()
	local list, running, most = {}, 0, 0

	for i = 1, 40 do list[i] = { url = base .. "/bytes/" .. i } end
	list[7] = base .. "/bytes/7"
	local lengths = http.each(list, { limit = 5 }, function(response)
		running = running + 1
		most = math.max(most, running)
		time.sleep(1)
		running = running - 1
		return #response.body
	end)
	for i = 1, 40 do test.equal(lengths[i], i) end
	test.ok(most <= 5 and most > 1)
	test.equal(#http.each({ base .. "/hello" }), 1)
	local mixed = http.each({ base .. "/hello", base .. "/nothing" },
		{ errors = true })
	test.equal(mixed[1].body, "hello")
	test.equal(mixed[2].reason, "empty")
	test.equal(test.raises("io", http.each, { base .. "/hello",
		base .. "/nothing" }).reason, "empty")
	test.raises("invalid", http.each, {}, { limit = 0 })
end

function tests.a_host_gets_no_more_connections_than_allowed()
	local base = helper.start()
	local session <close> = http.session { base = base, per_host = 1 }
	local list = {}

	for i = 1, 30 do list[i] = "/hello" end
	test.equal(#session:each(list, { limit = 30 }), 30)
end

function tests.unknown_options_are_refused()
	local problem = test.raises("invalid", http.get, "http://127.0.0.1",
		{ timeuot = 1 })

	test.match(problem.message, "did you mean 'timeout'")
	test.raises("belongs to http.session", http.get, "http://127.0.0.1",
		{ per_host = 1 })
	test.raises("invalid", http.get, "http://127.0.0.1", { timeout = "x" })
	test.raises("invalid", http.get, "http://127.0.0.1", { to = 1 })
	test.raises("invalid", http.request, {})
end

function tests.many_requests_reuse_connections()
	local base = helper.start()

	for _ = 1, 200 do
		test.equal(http.get(base .. "/hello").body, "hello")
	end
end

return tests
