--- The dashboard's files, from inside the binary.

local reply = require("web.reply")

local KINDS <const> = { html = "text/html; charset=utf-8",
	css = "text/css; charset=utf-8",
	js = "text/javascript; charset=utf-8", svg = "image/svg+xml" }

local cache = {}

local function load_asset(name)
	local bytes = name:find("^[%w_-]+%.%w+$")
		and require("embedded").read("runtime/web/" .. name)
	local kind = KINDS[name:match("%.(%w+)$")]

	if not bytes or not kind then
		reply.refuse(404, "there is no '%s' here", name:sub(1, 100))
	end
	cache[name] = { body = bytes, kind = kind,
		tag = require("hash").sha256(bytes):sub(1, 32),
		gzip = require("httpd").gzip(bytes, 9) }
	return cache[name]
end

local function send(name)
	local asset = cache[name] or load_asset(name)
	local out = reply.text(200, asset.kind, asset.body)

	out.tag, out.gzip = asset.tag, asset.gzip
	return out
end

---@type web.Route[]
return {
	{ method = "GET", path = "/",
		handle = function() return send("index.html") end },
	{ method = "GET", path = "/assets/{file}",
		handle = function(request) return send(request.params.file) end },
}
