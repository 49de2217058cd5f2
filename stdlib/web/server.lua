--- The server's HTTP side: takes requests, gives each to its route.

local guard = require("web.guard")
local log = require("log")
local reply = require("web.reply")
local router = require("web.router")
local task = require("task")

local SLICE <const> = 500 -- ms of CPU time a request may take at once
local KEPT_FOR <const> = 200 -- ms that an answer may be given again
local KEPT_MAX <const> = 200
local KEPT_BYTES <const> = 256 << 10
local DRAIN <const> = 5000 -- ms for requests that go on at the end

---@class web.Server
---@field home string
---@field address string
---@field hosts table<string, true> names that are served
---@field routes web.Route[]
---@field stopping boolean
---@field active integer requests that go on
---@field counts table<string, integer> answers by route and status
local Server = {}
Server.__index = Server

---@class web.Request
---@field raw httpd.Request
---@field web web.Server
---@field method string
---@field path string decoded
---@field query table<string, any>
---@field headers table<string, string>
---@field params table<string, string> parts of the path
---@field peer string
---@field actor string who asks
---@field route? web.Route

--- Returns a connection that only reads and has limits.
---@return store.Db
function Server:reader()
	self.read_db = self.read_db or require("store").readonly {
		home = self.home, timeout = 1000, rows = 2000,
		bytes = 8 << 20 }
	return self.read_db
end

--- Returns a connection that writes.
---@return store.Db
function Server:writer()
	self.write_db = self.write_db or require("store").open {
		home = self.home }
	return self.write_db
end

--- Returns a number that changes whenever anybody has written: a connection
--- that does not write itself is asked, and SQL of others may not ask.
---@return integer
function Server:version()
	self.watch_db = self.watch_db or require("store").open {
		home = self.home, readonly = true }
	return self.watch_db:row("PRAGMA data_version").data_version
end

local function read_target(target)
	local url = require("url")
	local path, query = target:match("^([^?]*)%??(.*)$")
	local ok, decoded = pcall(url.decode, path)

	if not ok or decoded:find("%z") then
		reply.refuse(400, "the path is not well-formed")
	end
	local fine, values = pcall(url.decode_query, query)
	if not fine then reply.refuse(400, "the query is not well-formed") end
	return decoded, values
end

local function prepare(web, request)
	local query

	request.path, query = read_target(request.raw:target())
	guard.host(web, request)
	guard.origin(request)
	request.route, request.params = router.find(web.routes, request.method,
		request.path)
	guard.token(web, request, request.route.scope)
	request.query = router.query(request.route, query)
end

local CODES <const> = { not_found = 404, invalid = 422, busy = 503,
	limit = 503, timeout = 503, conflict = 409 }

local function failed(request, problem)
	local known = type(problem) == "table"
	local status = known and (problem.http or CODES[problem.code]) or 500
	local text = known and problem.message or "this is a bug in Tidemill"

	if status == 500 then
		log.error("a route failed", { path = request.path,
			error = require("command.failure").text(known
			and problem or { message = tostring(problem) }) })
	end
	local out = reply.problem(status, text)
	if request.challenge then
		out.headers["WWW-Authenticate"] = "Bearer"
	end
	if request.retry then
		out.headers["Retry-After"] = tostring(request.retry)
	end
	return out
end

--- Answers that many ask for at once are made once: they hold while nobody
--- writes to the database, and no longer than what shows the time may be old.
local function kept_answers(web)
	local version = web:version()
	local now = require("time").monotonic()
	local kept = web.kept

	if not kept or kept.version ~= version or now - kept.since > KEPT_FOR
		or kept.count >= KEPT_MAX then
		kept = { version = version, since = now, count = 0,
			replies = {} }
		web.kept = kept
	end
	return kept
end

local function handle(web, request)
	if request.route.result == nil or request.route.scope ~= "read"
		or request.route.stream then
		return request.route.handle(request)
	end
	local kept, key = kept_answers(web), request.raw:target()
	local known = kept.replies[key]
	if not known then
		known = request.route.handle(request)
		if #known.body > KEPT_BYTES then return known end
		known.tag = require("hash").sha256(known.body):sub(1, 32)
		kept.replies[key] = known
		kept.count = kept.count + 1
	end
	return { status = known.status, body = known.body, tag = known.tag,
		headers = { ["Content-Type"] = known.headers["Content-Type"] } }
end

local function answer(web, raw)
	local request = { raw = raw, web = web, method = raw:method(),
		headers = raw:headers(), peer = raw:peer(), sent = 0,
		path = raw:target() }
	local began = require("time").monotonic()
	local ok, out = pcall(function()
		prepare(web, request)
		return handle(web, request)
	end)

	if not ok then out = failed(request, out) end
	if out and not request.streaming then reply.send(request, out) end
	local route = request.route and request.route.path or "none"
	local key = ("%s\0%d"):format(route, request.status or 200)
	web.counts[key] = (web.counts[key] or 0) + 1
	log.debug("request", { method = request.method,
		path = request.path:sub(1, 200), status = request.status,
		bytes = request.sent, address = request.peer,
		actor = request.actor,
		ms = require("time").monotonic() - began })
end

local function serve_one(web, raw)
	local _guard <close> = raw

	require("httpd").slice(SLICE)
	local ok, problem = pcall(answer, web, raw)
	web.active = web.active - 1
	if not ok and type(problem) == "table"
		and problem.code ~= "cancelled" then
		log.warn("a request failed", { error = problem.message })
	end
end

--- Listens; nothing is answered before `run`.
---@param options { home: string, address: string, hosts?: string[] }
---@return web.Server
local function listen(options)
	local hosts = {}

	for _, name in ipairs(options.hosts or {}) do
		hosts[name:lower()] = true
	end
	local socket = require("httpd").listen { address = options.address }
	return setmetatable({ socket = socket, address = socket:address(),
		home = options.home, hosts = hosts, stopping = false,
		active = 0, counts = {}, guesses = {}, guess_count = 0,
		began = require("time").now() }, Server)
end

--- Answers requests until `stop`.
---@async
function Server:run()
	self.routes = router.new(require("web.routes"))
	for raw in function() return self.socket:next() end do
		self.active = self.active + 1
		task.spawn(serve_one, self, raw):observe()
	end
end

--- Takes no more connections and lets requests end; then closes.
---@async
function Server:stop()
	local time = require("time")
	local deadline = time.monotonic() + DRAIN

	self.stopping = true
	self.socket:quiesce()
	while self.active > 0 and time.monotonic() < deadline do
		time.sleep(10)
	end
	self.socket:close()
	for _, db in ipairs { self.read_db or false, self.write_db or false,
		self.watch_db or false } do
		if db then db:close() end
	end
end

return listen
