--- Answers: JSON, problems (RFC 9457), entity tags, compression, headers.

local json = require("json")

local reply = {}

---@class web.Reply
---@field status integer
---@field headers table<string, string>
---@field body string

local SECURITY <const> = {
	["Content-Security-Policy"] = "default-src 'none'; script-src 'self';"
		.. " style-src 'self'; img-src 'self' data:; connect-src 'self';"
		.. " base-uri 'none'; form-action 'none';"
		.. " frame-ancestors 'none'",
	["X-Content-Type-Options"] = "nosniff",
	["Referrer-Policy"] = "no-referrer",
	["Cross-Origin-Opener-Policy"] = "same-origin",
	["Cross-Origin-Resource-Policy"] = "same-origin",
}

local COMPRESSED_FROM <const> = 1024

local TITLES <const> = { [400] = "Bad request", [401] = "Token wanted",
	[403] = "Forbidden", [404] = "Not found", [405] = "Method not allowed",
	[409] = "Conflict", [413] = "Too large", [421] = "Misdirected request",
	[422] = "Cannot be done", [429] = "Too many requests",
	[500] = "Internal error", [503] = "Not available now" }

---@param status integer
---@param kind string of its content
---@param body string
---@return web.Reply
function reply.text(status, kind, body)
	return { status = status, headers = { ["Content-Type"] = kind },
		body = body }
end

---@param value any
---@param status? integer [200]
---@return web.Reply
function reply.json(value, status)
	return reply.text(status or 200, "application/json",
		json.encode(value) .. "\n")
end

---@param status integer
---@param detail string a sentence
---@return web.Reply
function reply.problem(status, detail)
	return reply.text(status, "application/problem+json", json.encode {
		type = "about:blank", title = TITLES[status] or "Error",
		status = status, detail = detail } .. "\n")
end

--- Raises a problem: what a route calls when it cannot go on.
---@param status integer
---@param format string
function reply.refuse(status, format, ...)
	error({ code = "invalid", http = status,
		message = format:format(...) }, 0)
end

local function accepts_gzip(headers)
	local accepted = headers["accept-encoding"] or ""
	local quality = accepted:match("gzip%s*;%s*q=([%d.]+)")

	return accepted:find("gzip", 1, true) ~= nil
		and (not quality or (tonumber(quality) or 0) > 0)
end

local function matches(wanted, tag)
	if not wanted then return false end
	for one in wanted:gmatch('"[^"]*"') do
		if one == tag then return true end
	end
	return wanted == "*"
end

--- The tag is of the bytes that are sent: compressed ones have another.
local function tag_and_compress(out, request)
	local hash = require("hash")
	local headers = out.headers
	local plain = out.body
	local tag = out.tag or hash.sha256(plain):sub(1, 32)

	headers["Vary"] = "Accept-Encoding"
	if #plain >= COMPRESSED_FROM and accepts_gzip(request.headers) then
		local packed = out.gzip or require("httpd").gzip(plain)
		if packed then
			out.body, tag = packed, tag .. "-gzip"
			headers["Content-Encoding"] = "gzip"
		end
	end
	headers["ETag"] = ('"%s"'):format(tag)
	if matches(request.headers["if-none-match"], headers["ETag"]) then
		out.status, out.body = 304, ""
		headers["Content-Encoding"] = nil
	end
end

--- The headers that every answer has.
---@param headers table<string, string>
---@return table<string, string>
function reply.secure(headers)
	for name, value in pairs(SECURITY) do
		headers[name] = headers[name] or value
	end
	headers["Cache-Control"] = headers["Cache-Control"] or "no-cache"
	return headers
end

--- Sends an answer.
---@param request web.Request
---@param out web.Reply
function reply.send(request, out)
	reply.secure(out.headers)
	if out.status == 200 and (request.method == "GET"
		or request.method == "HEAD") then
		tag_and_compress(out, request)
	end
	request.status, request.sent = out.status, #out.body
	request.raw:answer(out.status, out.headers, out.body)
end

return reply
