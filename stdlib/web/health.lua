--- /healthz, /readyz, /metrics and badges.

local reply = require("web.reply")

local function alive()
	return reply.json { status = "ok" }
end

local function ready(request)
	if request.web.stopping then
		reply.refuse(503, "the server is about to stop")
	end
	request.web:reader():row("SELECT 1 AS one FROM settings LIMIT 1")
	return reply.json { status = "ok" }
end

local function escape(text)
	return (text:gsub("[\\\"\n]", { ["\\"] = "\\\\", ['"'] = '\\"',
		["\n"] = "\\n" }))
end

local function metric(out, name, kind, help)
	out[#out + 1] = ("# HELP %s %s"):format(name, help)
	out[#out + 1] = ("# TYPE %s %s"):format(name, kind)
end

local function requests(web, out)
	local keys = {}

	metric(out, "tidemill_http_requests_total", "counter",
		"HTTP requests by route and status.")
	for key in pairs(web.counts) do keys[#keys + 1] = key end
	table.sort(keys)
	for _, key in ipairs(keys) do
		local route, status = key:match("^(.-)%z(%d+)$")
		out[#out + 1] = ("tidemill_http_requests_total"
			.. '{route="%s",status="%s"} %d'):format(escape(route),
			status, web.counts[key])
	end
	metric(out, "tidemill_http_requests_active", "gauge",
		"HTTP requests that go on, streams included.")
	out[#out + 1] = "tidemill_http_requests_active " .. web.active
end

local function metrics(request)
	local web, out = request.web, {}
	local db = web:reader()
	local live = { queued = 0, running = 0, waiting = 0 }

	metric(out, "tidemill_runs", "gauge", "Runs that have not ended.")
	for _, row in ipairs(db:query("SELECT state, count(*) AS n FROM runs"
		.. " WHERE state IN ('queued', 'running', 'waiting')"
		.. " GROUP BY state")) do
		live[row.state] = row.n
	end
	for _, state in ipairs { "queued", "running", "waiting" } do
		out[#out + 1] = ('tidemill_runs{state="%s"} %d'):format(state,
			live[state])
	end
	metric(out, "tidemill_run_last_id", "counter",
		"Number of the newest run.")
	out[#out + 1] = "tidemill_run_last_id " .. (db:row(
		"SELECT coalesce(max(id), 0) AS id FROM runs").id)
	metric(out, "tidemill_events_pending", "gauge",
		"Events that were not matched yet.")
	out[#out + 1] = "tidemill_events_pending " .. db:row("SELECT count(*)"
		.. " AS n FROM events WHERE state = 'new'").n
	requests(web, out)
	metric(out, "tidemill_start_time_seconds", "gauge",
		"When the server began.")
	out[#out + 1] = ("tidemill_start_time_seconds %.3f"):format(
		web.began / 1000)
	return reply.text(200, "text/plain; version=0.0.4; charset=utf-8",
		table.concat(out, "\n") .. "\n")
end

local COLOURS <const> = { passed = "#2da44e", failed = "#cf222e",
	timed_out = "#cf222e", running = "#0969da", queued = "#6e7781",
	waiting = "#9a6700" }

local BADGE <const> = [[<svg xmlns="http://www.w3.org/2000/svg" width="%d"
 height="20" role="img" aria-label="%s: %s"><title>%s: %s</title>
<rect width="%d" height="20" rx="3" fill="#444d56"/>
<rect x="%d" width="%d" height="20" rx="3" fill="%s"/>
<g fill="#fff" font-family="Verdana,sans-serif" font-size="11">
<text x="6" y="14">%s</text><text x="%d" y="14">%s</text></g></svg>
]]

local function html(text)
	return (text:gsub("[<>&\"]", { ["<"] = "&lt;", [">"] = "&gt;",
		["&"] = "&amp;", ['"'] = "&quot;" }))
end

local function badge(request)
	local recipe = request.params.recipe
	local row = request.web:reader():row([[SELECT state FROM runs WHERE
		name = ? AND (?2 IS NULL OR ref IN (?2, 'refs/heads/' || ?2))
		ORDER BY id DESC LIMIT 1]], recipe, request.query.ref)
	local state = row and row.state or "unknown"
	local width = 12 + 7 * (utf8.len(recipe) or #recipe)
	local right = 12 + 7 * #state
	local name, shown = html(recipe), (state:gsub("_", " "))

	return reply.text(200, "image/svg+xml", BADGE:format(width + right,
		name, shown, name, shown, width + right, width, right,
		COLOURS[state] or "#6e7781", name, width + 6, shown))
end

---@type web.Route[]
return {
	{ method = "GET", path = "/healthz", handle = alive },
	{ method = "GET", path = "/readyz", handle = ready },
	{ method = "GET", path = "/metrics", scope = "read",
		handle = metrics },
	{ method = "GET", path = "/badge/{recipe}.svg", scope = "read",
		query = { ref = { type = "string" } }, handle = badge },
}
