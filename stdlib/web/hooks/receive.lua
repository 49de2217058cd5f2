--- POST /hooks/NAME: a delivery of a forge becomes an event "webhook.NAME.…",
--- once, and is answered when it is durable.

local forges = require("web.hooks.forges")
local guard = require("web.guard")
local json = require("json")
local reply = require("web.reply")

local function forge_of(headers)
	for _, forge in ipairs(forges) do
		if headers[forge.event] then return forge end
	end
	reply.refuse(400, "no header says what happened: X-GitHub-Event,"
		.. " X-Gitlab-Event, X-Gitea-Event, X-Forgejo-Event,"
		.. " X-Event-Key or X-Tidemill-Event")
end

--- The hook's secret. Without one there is no such hook; that is told in the
--- same words as a wrong signature, so that nobody finds out names.
local function verify(request, forge, body)
	local name = "WEBHOOK_" .. request.params.hook:upper():gsub("%W", "_")
	local secret = require("secrets").find(request.web:writer(), name)

	guard.check_lock(request.web, request)
	if not secret or not forge.verify(request.headers, body, secret) then
		guard.note_guess(request.web, request)
		reply.refuse(401, "the signature is wrong, or the secret %s is"
			.. " not set: 'tidemill secret set %s'", name, name)
	end
end

local function delivery_of(request, forge, body)
	for _, name in ipairs(forge.delivery) do
		local id = request.headers[name]
		if id then return id:sub(1, 200) end
	end
	return require("hash").sha256(body)
end

local function decode(request, body)
	local kind = request.headers["content-type"] or ""

	if not kind:find("^application/json") then
		reply.refuse(400, "the content type must be application/json,"
			.. " not '%s': choose that in the forge's settings",
			kind:sub(1, 100))
	end
	local ok, payload = pcall(json.decode, body)
	if not ok or type(payload) ~= "table" or json.is_array(payload) then
		reply.refuse(400, "the body is no JSON object")
	end
	return payload
end

local function receive(request)
	local hook, body = request.params.hook, request.raw:body()
	local forge = forge_of(request.headers)

	if not hook:find("^[%w_-]+$") or #hook > 64 then
		reply.refuse(400, "'%s' is no name of a hook",
			hook:sub(1, 100))
	end
	verify(request, forge, body)
	local payload = decode(request, body)
	local facts = forge.facts(request.headers[forge.event], payload)
	local event = tostring(facts.event or "unknown"):lower()
		:gsub("[^%w._-]", "_"):sub(1, 60)
	local delivery = delivery_of(request, forge, body)
	facts.event, facts.hook, facts.forge = event, hook, forge.name
	facts.delivery, facts.body = delivery, payload
	local db = request.web:writer()
	local dedupe = ("webhook:%s:%s"):format(hook, delivery)
	local id = db:event_add { kind = "emit", dedupe = dedupe,
		payload = json.encode { name = ("webhook.%s.%s"):format(hook,
			event), payload = facts } }
	if id then
		db:poke_server()
		return reply.json({ id = id, duplicate = false }, 202)
	end
	local row = db:row("SELECT id FROM events WHERE dedupe = ?", dedupe)
	return reply.json({ id = row.id, duplicate = true }, 200)
end

---@type web.Route[]
return {
	{ method = "POST", path = "/hooks/{hook}", summary = "A webhook",
		handle = receive },
}
