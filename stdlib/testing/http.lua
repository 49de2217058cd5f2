--- Servers that are not asked: what they answer is said by the test.

local responses = require("http.response")
local rules = require("testing.rules")

---@class testing.HttpReply
---@field status? integer [200]
---@field body? string
---@field json? any the body, as JSON
---@field headers? table<string, string>
---@field duration? integer|string of virtual time [0]
---@field reason? string it fails so: "resolve", "timeout", "reset", …

---@class testing.Request
---@field text string "GET https://example.org/a?b=c"
---@field method string
---@field url string with the query
---@field headers table<string, string>
---@field body? string
---@field json? any
---@field options table
---@field at integer
---@field status? integer of the last answer

---@class testing.Http
---@field world testing.World
---@field rules? testing.Rule[] nil: everything is real
---@field calls testing.Request[]
local Http = {}
Http.__index = Http

local METHODS <const> = { get = "GET", head = "HEAD", post = "POST",
	put = "PUT", patch = "PATCH", delete = "DELETE" }

local CODES <const> = { timeout = "timeout", connect_timeout = "timeout",
	silent = "timeout", url = "invalid", tls_client = "invalid",
	too_large = "limit", headers_too_large = "limit",
	too_many_redirects = "limit", cancelled = "cancelled" }

--- Failures of the network that the next try may not have.
local PASSES <const> = { resolve = true, connect = true, timeout = true,
	connect_timeout = true, silent = true, cut_short = true,
	empty = true, reset = true }
local STATUS_PASSES <const> = { [408] = true, [425] = true, [429] = true,
	[500] = true, [502] = true, [503] = true, [504] = true }
local HARMLESS <const> = { [425] = true, [429] = true, [503] = true,
	resolve = true, connect = true, connect_timeout = true }
local IDEMPOTENT <const> = { GET = true, HEAD = true, PUT = true,
	DELETE = true, OPTIONS = true }

local function escape(value)
	return (tostring(value):gsub("[^%w%-%._~]", function(c)
		return ("%%%02X"):format(c:byte())
	end))
end

local function query_of(query)
	if type(query) ~= "table" then return tostring(query) end
	local names, parts = {}, {}

	for name in pairs(query) do names[#names + 1] = name end
	table.sort(names)
	for _, name in ipairs(names) do
		local value = query[name]
		for _, one in ipairs(type(value) == "table" and value
			or { value }) do
			parts[#parts + 1] = escape(name) .. "=" .. escape(one)
		end
	end
	return table.concat(parts, "&")
end

local function body_of(options)
	if options.json ~= nil then
		return require("json").encode(options.json)
	elseif options.form then
		return query_of(options.form)
	elseif options.upload then
		return require("fs").read(options.upload)
	elseif type(options.body) == "function" then
		local parts = {}
		for piece in options.body do parts[#parts + 1] = piece end
		return table.concat(parts)
	end
	return options.body
end

local function request_of(self, url, options)
	if type(url) == "table" then url, options = url.url, url end
	options = options or {}
	if options.base and not url:find("^%a[%w+.-]*://") then
		url = options.base:gsub("/+$", "") .. "/" .. url:gsub("^/+", "")
	end
	if options.query then
		url = url .. (url:find("?", 1, true) and "&" or "?")
			.. query_of(options.query)
	end
	local body = body_of(options)
	local method = options.method or body and "POST" or "GET"
	return { text = method .. " " .. url, method = method, url = url,
		headers = responses.headers(options.headers), body = body,
		json = options.json, options = options,
		at = self.world.clock:now() }
end

local KEYS <const> = { "status", "body", "json", "headers", "duration",
	"reason", "match", "times", "reply" }

local function read_reply(self, reply, rule)
	if reply == nil or reply == true then return {} end
	if type(reply) == "string" then return { body = reply } end
	if type(reply) == "number" then return { status = reply } end
	for key in pairs(type(reply) == "table" and reply or { [reply] = 1 }) do
		local known = false
		for _, name in ipairs(KEYS) do known = known or name == key end
		if not known then
			local near = type(key) == "string"
				and require("nearest")(key, KEYS)
			self.world:fail("the fake of '%s' has an unknown key"
				.. " '%s'%s", rule.shown, tostring(key), near
				and (" (did you mean '%s'?)"):format(near) or "")
		end
	end
	return reply
end

local function response_of(request, reply, tries)
	local headers, body = {}, reply.body

	for name, value in pairs(reply.headers or {}) do headers[name] = value end
	if reply.json ~= nil then
		body = require("json").encode(reply.json)
		headers["Content-Type"] = headers["Content-Type"]
			or "application/json"
	end
	local status = reply.status or 200
	return responses.new { status = status,
		ok = status >= 200 and status < 300, body = body or "",
		headers = headers, head = ("HTTP/1.1 %d\r\n\r\n")
			:format(status), url = request.url, redirects = 0,
		tries = tries, ms = require("time").duration(
			reply.duration or 0) }
end

--- The error of a try, nil when it went well.
local function problem_of(request, reply, response, limit)
	local url = request.url:gsub("%?.*$", "")

	if reply.reason then
		return { code = CODES[reply.reason] or "io", url = url,
			reason = reply.reason, message = ("%s: %s"):format(url,
			(reply.reason:gsub("_", " "))) }
	elseif limit and response.ms > limit then
		return { code = "timeout", reason = "timeout", url = url,
			message = url .. ": no answer in time" }
	elseif response.status < 400 or request.options.check == false then
		return nil
	end
	local status = response.status
	local problem = { code = (status == 404 or status == 410)
		and "not_found" or "io", reason = "status",
		message = ("%s: the server answered %d"):format(url, status) }
	for key, value in pairs(response) do problem[key] = value end
	return problem
end

local function may_pass(request, response, problem)
	local reason = problem and problem.reason
	local passes = reason and reason ~= "status" and PASSES[reason]
		or (not reason or reason == "status")
		and STATUS_PASSES[response.status]
	local retry = request.options.retry

	if not passes then return false end
	return IDEMPOTENT[request.method] or type(retry) == "table"
		and retry.always or HARMLESS[reason ~= "status" and reason
		or response.status] or false
end

--- Milliseconds until the next try; nil: there is none.
local function delay_of(retry, tries, response)
	local duration = require("time").duration

	if type(retry) == "number" then retry = { times = retry } end
	if not retry or tries > (retry.times or 0) then return nil end
	local max = duration(retry.max or "60s")
	local delay = math.min(duration(retry.delay or "1s")
		* (retry.factor or 2) ^ (tries - 1), max) // 1
	local asked = tonumber(response.headers["Retry-After"])
	if asked and asked * 1000 > delay then delay = asked * 1000 end
	return delay <= max and math.tointeger(delay) or nil
end

local function ask(self, request)
	local reply, rule = rules.reply(self.rules, self.fixture
		and self.fixture:subject(request, self.world) or request)

	if not rule then
		self.world:fail("unexpected request: %s\n%s\nFake it with http ="
			.. " { [%q] = \"what it answers\" }, or ask the server"
			.. " with http = \"real\".", request.text,
			rules.describe(self.rules, request), request.text)
	end
	if self.world.crashed then require("task").event():wait() end
	return read_reply(self, reply, rule)
end

local function try(self, request, tries)
	local reply = ask(self, request)
	local limit = request.options.timeout
		and require("time").duration(request.options.timeout)
	local response = response_of(request, reply, tries)
	local took = math.min(response.ms, limit or response.ms)

	if took > 0 then self.world.clock:sleep(took) end
	request.status = response.status
	return response, problem_of(request, reply, response, limit)
end

local function finish(request, response)
	local options = request.options

	if options.stream then
		return require("testing.stream")(response)
	elseif options.to then
		require("fs").write(options.to, response.body)
		response.received, response.body = #response.body, nil
	end
	return response
end

local function perform(self, url, options)
	local request = request_of(self, url, options)
	local tries = 0

	self.calls[#self.calls + 1] = request
	if self.fixture and self.fixture.recording then
		return self.fixture:request(request, self.world)
	end
	while true do
		tries = tries + 1
		local response, problem = try(self, request, tries)
		local delay = may_pass(request, response, problem)
			and delay_of(request.options.retry, tries, response)
		if not delay and problem then error(problem, 0) end
		if not delay then return finish(request, response) end
		self.world.clock:sleep(delay)
	end
end

local function merged(common, options, method)
	local copy = {}

	for key, value in pairs(common or {}) do
		if key ~= "cookies" and key ~= "per_host" then
			copy[key] = value
		end
	end
	for key, value in pairs(options or {}) do copy[key] = value end
	if method then copy.method = method end
	return copy
end

local Session = {}

local function session_of(self, common)
	local session = setmetatable({}, { __index = Session,
		__close = function() end })

	function session.request(_, url, options)
		if type(url) == "table" then url, options = url.url, url end
		return perform(self, url, merged(common, options))
	end
	for name, method in pairs(METHODS) do
		session[name] = function(_, url, options)
			if type(url) == "table" then
				url, options = url.url, url
			end
			return perform(self, url, merged(common, options,
				method))
		end
	end
	return session
end

function Session:each(list, options, fn)
	return require("http.each")(self, list, options, fn)
end

function Session.cookies() return "" end
function Session.save() end
function Session.close() end

--- Implements every function of the module.
function Http:call(name, real, ...)
	if not self.rules then return real(...) end
	local session = session_of(self)
	if name == "session" then return session_of(self, (...)) end
	return session[name](session, ...)
end

--- Returns the fakes of a world's servers.
---@param world testing.World
---@param given? table|"real" rules [none: every request is unexpected]
---@param calls? testing.Request[] where to go on
---@return testing.Http
return function(world, given, calls)
	local self = setmetatable({ world = world, calls = calls or {} }, Http)

	if given == "real" then return self end
	if type(given) == "table" and given.is_fixture then
		self.fixture, self.rules = given, given:request_rules()
		return self
	end
	local copy = {}
	for key, value in pairs(given or {}) do
		if type(key) == "string" and not key:find("^[%u*]+ ") then
			key = "* " .. key
		end
		copy[key] = value
	end
	self.rules = rules.read(copy)
	return self
end
