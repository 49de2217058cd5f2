--- Who may ask: hosts, origins, tokens, guesses.

local reply = require("web.reply")

local guard = {}

local GUESSES <const> = 10 -- wrong tokens of one address
local LOCKED <const> = 60000 -- ms
local ADDRESSES <const> = 10000 -- remembered at most

local function strip_port(host)
	return host:match("^(%[[%x:.]+%])") or host:match("^[^:]*")
end

local function is_number(host)
	return host:find("^%d+%.%d+%.%d+%.%d+$") ~= nil
		or host:sub(1, 1) == "["
end

--- A page of a foreign name cannot reach us by making that name ours: only
--- addresses, localhost and the names of --host are served.
---@param web web.Server
---@param request web.Request
function guard.host(web, request)
	local host = request.headers.host

	if request.peer == "unix" then return end
	local name = host and strip_port(host:lower())
	if name and (name == "localhost" or is_number(name)
		or web.hosts[name]) then
		return
	end
	reply.refuse(421, "the host '%s' is not served here: 'tidemill serve"
		.. " --host NAME' adds it", tostring(host):sub(1, 100))
end

--- What changes something comes from our own pages, or from no page.
---@param request web.Request
function guard.origin(request)
	local origin = request.headers.origin
	local site = request.headers["sec-fetch-site"]

	if request.method == "GET" or request.method == "HEAD" then return end
	if site and site ~= "same-origin" and site ~= "none" then
		reply.refuse(403, "a page of another site asks for this")
	end
	if not origin then return end
	local host = origin:match("^https?://(.+)$")
	if not host or host:lower() ~= (request.headers.host or ""):lower() then
		reply.refuse(403, "the origin '%s' may not do this",
			origin:sub(1, 100))
	end
end

--- Is it a program of this machine, not one behind a proxy on it?
local function is_local(request)
	local headers = request.headers

	if headers["x-forwarded-for"] or headers.forwarded then return false end
	return request.peer == "unix" or request.peer == "::1"
		or request.peer:find("^127%.") ~= nil
end

--- Refuses an address that has shown too many wrong tokens or signatures.
---@param web web.Server
---@param request web.Request
function guard.check_lock(web, request)
	local seen = web.guesses[request.peer]
	local now = require("time").now()

	if seen and seen.until_ and seen.until_ > now then
		request.retry = (seen.until_ - now) // 1000 + 1
		reply.refuse(429, "too many wrong tokens from this address:"
			.. " try again in %d s", request.retry)
	end
end

--- Notes a wrong token or signature.
---@param web web.Server
---@param request web.Request
function guard.note_guess(web, request)
	local now = require("time").now()
	local seen = web.guesses[request.peer]

	if not seen or now - seen.first > LOCKED then
		if web.guess_count >= ADDRESSES then
			web.guesses, web.guess_count = {}, 0
		end
		if not web.guesses[request.peer] then
			web.guess_count = web.guess_count + 1
		end
		seen = { count = 0, first = now }
		web.guesses[request.peer] = seen
	end
	seen.count = seen.count + 1
	if seen.count >= GUESSES then
		seen.until_ = now + LOCKED
		seen.count, seen.first = 0, now
		require("log").warn("too many wrong tokens or signatures",
			{ address = request.peer })
	end
end

local function token_of(request)
	local value = request.headers.authorization

	if not value then return nil end
	return value:match("^[Bb]earer%s+(%S+)%s*$") or ""
end

--- Checks that the request may do what needs `scope`, and notes who asks.
---@param web web.Server
---@param request web.Request
---@param scope? string
function guard.token(web, request, scope)
	local text = token_of(request)

	request.actor = "anonymous"
	if not scope then return end
	if not text then
		if scope == "read" and is_local(request) then return end
		request.challenge = true
		reply.refuse(401, "this needs a token of scope '%s':"
			.. " 'tidemill token new' makes one", scope)
	end
	guard.check_lock(web, request)
	local tokens = require("web.tokens")
	local token = tokens.find(web:reader(), text)
	if not token then
		guard.note_guess(web, request)
		request.challenge = true
		reply.refuse(401, "the token is wrong, was removed or is over")
	end
	web.guesses[request.peer] = nil
	request.actor = token.name
	if not tokens.allows(token, scope) then
		reply.refuse(403, "the token '%s' has the scope '%s'; this"
			.. " needs '%s'", token.name, token.scope, scope)
	end
	tokens.used(web:writer(), token)
end

return guard
