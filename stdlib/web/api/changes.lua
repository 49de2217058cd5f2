--- /api/v1/changes: tells followers, as server-sent events, that runs have
--- changed. What has changed, they ask.

local json = require("json")
local time = require("time")

local LOOK <const> = 300 -- ms between two looks, however many follow

local STATE <const> = [[SELECT (SELECT coalesce(max(id), 0) FROM runs) AS last,
	(SELECT coalesce(group_concat(id || state || attempt), '') FROM (SELECT
	id, state, attempt FROM runs WHERE state IN ('queued', 'running',
	'waiting') ORDER BY id DESC LIMIT 200)) AS live,
	(SELECT count(*) FROM approvals WHERE state = 'open') AS questions,
	(SELECT coalesce(max(id), 0) FROM steps) AS steps]]

local function look(web)
	local now = time.monotonic()

	if not web.looked or now - web.looked >= LOOK then
		local row = web:reader():row(STATE)
		web.seen = require("hash").sha256(json.encode(row)):sub(1, 16)
		web.looked = now
	end
	return web.seen
end

local function follow(request)
	local out = require("web.stream").begin(request)
	local before = request.headers["last-event-id"]

	repeat
		local now = look(request.web)
		if now ~= before and not out:send("changed",
			{ state = now }, now) then
			break
		end
		before = now
	until not out:pause(LOOK)
end

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/changes", scope = "read",
		stream = true, result = { type = "string" },
		summary = "Server-sent events: runs have changed",
		handle = follow },
}
