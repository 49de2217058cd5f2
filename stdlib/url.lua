--- URLs: taking apart, putting together, joining and normalising, by RFC 3986;
--- queries as HTML forms write them.
---
---     local url = require("url")
---     local parts = url.parse("https://ada:pw@example.org:8443/a?x=1#top")
---     assert(parts.host == "example.org" and parts.port == 8443)
---     assert(tostring(parts) == "https://ada:***@example.org:8443/a?x=1#top")

local url = {}

---@class url.Parts
---@field scheme? string in small letters
---@field user? string decoded
---@field password? string decoded; tostring hides it
---@field host? string in small letters; an IPv6 address without brackets
---@field port? integer
---@field path string as it is written: "/a%20b"
---@field query? string as it is written; url.decode_query reads it
---@field fragment? string as it is written
local Parts = {}
Parts.__index = Parts
Parts.__name = "url.Parts"

local LONGEST <const> = 64 << 10

local DEFAULT_PORTS <const> = { http = 80, https = 443, ws = 80, wss = 443,
	ftp = 21, ssh = 22, git = 9418, smtp = 25, smtps = 465 }

--- RFC 3986, 2.3: what needs no encoding anywhere.
local UNRESERVED <const> = "%w%-._~"

local function fail(text, format, ...)
	local shown = tostring(text):gsub("(//[^/?#]*):[^/?#@]*@", "%1:***@")

	error({ code = "invalid", message = ("'%s' is no URL: %s"):format(
		shown, format:format(...)) }, 0)
end

local function want(value, kind)
	if type(value) ~= kind then
		error({ code = "invalid", message =
			("a %s is wanted, not a %s"):format(
			kind == "string" and "text" or kind, type(value)) }, 0)
	end
end

local function encode_byte(byte)
	return ("%%%02X"):format(byte:byte())
end

--- Returns `text` with everything but letters, digits and -._~ as %XX. What is
--- in `keep` (a set of a pattern) stays, too.
---@param text string
---@param keep? string such as "/:"
---@return string
function url.encode(text, keep)
	if keep ~= nil then want(keep, "string") end
	return (tostring(text):gsub("[^" .. UNRESERVED
		.. (keep and keep:gsub("%W", "%%%0") or "") .. "]",
		encode_byte))
end

--- Returns `text` with each %XX as the byte it means. Raises `invalid` for a
--- percent sign without two digits.
---@param text string
---@return string
function url.decode(text)
	want(text, "string")
	if text:find("%%") then
		local bad = (text .. "  "):gsub("%%%x%x", ""):find("%%")
		if bad then fail(text, "a %% without two digits") end
	end
	return (text:gsub("%%(%x%x)", function(digits)
		return string.char(tonumber(digits, 16))
	end))
end

local function read_port(text, digits)
	if digits == "" then return nil end
	local port = digits:find("^%d+$") and #digits <= 5
		and math.tointeger(tonumber(digits))

	if not port or port > 65535 then
		fail(text, "'%s' is no port", digits)
	end
	return port
end

local function is_address(inner)
	return inner:find("^[%x:.]+$") and inner:find(":", 1, true)
		or inner:find("^v%x+%.[%w%-._~!$&'()*+,;=:]+$")
end

local function read_host(text, host)
	local inner = host:match("^%[(.*)%]$")

	if inner then
		if not is_address(inner) then
			fail(text, "'%s' is no address", host)
		end
		return inner:lower()
	end
	if host:find("[^" .. UNRESERVED .. "!$&'()*+,;=%%\128-\255]") then
		fail(text, "'%s' is no host", host)
	end
	return url.decode(host):lower()
end

local function read_authority(parts, text, authority)
	local info, rest = authority:match("^(.*)@(.*)$")

	if info then
		local user, password = info:match("^([^:]*):(.*)$")
		parts.user = url.decode(user or info)
		parts.password = password and url.decode(password)
	end
	rest = rest or authority
	local host, port = rest:match("^(%[.-%]):?(%d*)$")
	if not host then host, port = rest:match("^([^:]*):?(.*)$") end
	parts.host = read_host(text, host)
	parts.port = read_port(text, port)
end

--- Returns the parts of a URL or of a relative reference. Raises `invalid`.
---@param text string
---@return url.Parts
function url.parse(text)
	if getmetatable(text) == Parts then return text end
	if type(text) ~= "string" then fail(text, "a text is wanted") end
	if #text > LONGEST then fail(text:sub(1, 40) .. "…", "too long") end
	local blank = text:match("[%z\1-\32\127\"<>\\^`{|}]")
	if blank then fail(text, "'%s' must be encoded", blank) end
	local parts = setmetatable({}, Parts)
	local rest = text

	rest, parts.fragment = rest:match("^([^#]*)#?(.*)$")
	if not text:find("#", 1, true) then parts.fragment = nil end
	local has_query = rest:find("?", 1, true)
	rest, parts.query = rest:match("^([^?]*)%??(.*)$")
	if not has_query then parts.query = nil end
	local scheme, after = rest:match("^(%a[%w+.-]*):(.*)$")
	if scheme then parts.scheme, rest = scheme:lower(), after end
	local authority, path = rest:match("^//([^/]*)(.*)$")
	if authority then
		read_authority(parts, text, authority)
		rest = path
	end
	parts.path = rest
	return parts
end

local function authority_of(parts, shown)
	local list = { "//" }

	local function add(...)
		for _, item in ipairs { ... } do list[#list + 1] = item end
	end
	if parts.user or parts.password then
		add(url.encode(parts.user or "", "!$&'()*+,;="))
		if parts.password then
			add(":", shown and "***" or url.encode(parts.password,
				"!$&'()*+,;="))
		end
		add("@")
	end
	local host = parts.host
	add(host:find(":", 1, true) and "[" .. host .. "]"
		or url.encode(host, "!$&'()*+,;="))
	if parts.port then add((":%d"):format(parts.port)) end
	return table.concat(list)
end

local function check_shape(parts)
	local path = parts.path or ""

	if parts.host and path ~= "" and path:sub(1, 1) ~= "/" then
		fail(path, "a path behind a host begins with '/'")
	end
	if not parts.host and path:sub(1, 2) == "//" then
		fail(path, "a path without a host must not begin with '//'")
	end
	return path
end

local function build(parts, shown)
	local path = check_shape(parts)
	local query = parts.query

	if type(query) == "table" then query = url.encode_query(query) end
	return (parts.scheme and parts.scheme .. ":" or "")
		.. (parts.host and authority_of(parts, shown) or "") .. path
		.. (query and "?" .. query or "")
		.. (parts.fragment and "#" .. parts.fragment or "")
end

--- Returns the URL of its parts, the password included; `query` may be a table.
---@param parts url.Parts|table
---@return string
function url.build(parts)
	want(parts, "table")
	return build(parts, false)
end

--- For people: the password is hidden.
function Parts:__tostring()
	return build(self, true)
end

--- RFC 3986, 5.2.4.
local function remove_dots(path)
	local out = {}
	local absolute = path:sub(1, 1) == "/"
	local rest = absolute and path:sub(2) or path
	local open = false

	for segment in (rest .. "/"):gmatch("(.-)/") do
		open = segment == "." or segment == ".."
		if segment == ".." then
			table.remove(out)
		elseif segment ~= "." then
			out[#out + 1] = segment
		end
	end
	if open then out[#out + 1] = "" end
	return (absolute and "/" or "") .. table.concat(out, "/")
end

local function merge(base, path)
	if base.host and base.path == "" then return "/" .. path end
	return base.path:match("^(.*/)[^/]*$") and base.path:match("^(.*/)")
		.. path or path
end

--- Returns what `reference` means on the page `base` (RFC 3986, 5.2.2).
---@param base string|url.Parts an absolute URL
---@param reference string|url.Parts
---@return string
function url.join(base, reference)
	local from, to = url.parse(base), url.parse(reference)
	local result = setmetatable({ fragment = to.fragment }, Parts)

	if not from.scheme then fail(base, "an absolute one is wanted") end
	local function take(source, names)
		for name in names:gmatch("%a+") do result[name] = source[name] end
	end
	if to.scheme then
		take(to, "scheme user password host port query")
		result.path = remove_dots(to.path)
		return url.build(result)
	end
	take(from, "scheme")
	if to.host then
		take(to, "user password host port query")
		result.path = remove_dots(to.path)
		return url.build(result)
	end
	take(from, "user password host port")
	result.query = to.query
	if to.path == "" then
		result.path = from.path
		result.query = to.query or from.query
	elseif to.path:sub(1, 1) == "/" then
		result.path = remove_dots(to.path)
	else
		result.path = remove_dots(merge(from, to.path))
	end
	return url.build(result)
end

--- %XX in capitals, and only where it is needed (RFC 3986, 6.2.2).
local function normal_encoding(text)
	return text and text:gsub("%%(%x%x)", function(digits)
		local char = string.char(tonumber(digits, 16))
		return char:find("[" .. UNRESERVED .. "]") and char
			or "%" .. digits:upper()
	end)
end

--- Returns the same URL as others would write it: small letters in scheme and
--- host, no default port, no dots in the path, %XX only where needed.
---@param text string|url.Parts
---@return string
function url.normalize(text)
	local parts = setmetatable({}, Parts)

	for key, value in pairs(url.parse(text)) do parts[key] = value end
	parts.path = remove_dots((normal_encoding(parts.path)))
	if parts.host and parts.path == "" then parts.path = "/" end
	if parts.port == DEFAULT_PORTS[parts.scheme] then parts.port = nil end
	parts.query = parts.query and (normal_encoding(parts.query))
	parts.fragment = parts.fragment and (normal_encoding(parts.fragment))
	return url.build(parts)
end

local function form_encode(value)
	return (url.encode(value, " "):gsub(" ", "+"))
end

--- Returns the query of a table, sorted by name: lists make several pairs, true
--- is "true". A list of {name, value} keeps its order.
---@param values table
---@return string
function url.encode_query(values)
	want(values, "table")
	local pairs_of, names = {}, {}

	local function add(name, value)
		pairs_of[#pairs_of + 1] = form_encode(name) .. "="
			.. form_encode(tostring(value))
	end
	for _, item in ipairs(values) do add(item[1], item[2]) end
	for name in pairs(values) do
		if type(name) == "string" then names[#names + 1] = name end
	end
	table.sort(names)
	for _, name in ipairs(names) do
		local value = values[name]
		for _, one in ipairs(type(value) == "table" and value
			or { value }) do
			add(name, one)
		end
	end
	return table.concat(pairs_of, "&")
end

--- Returns the values of a query by name, as texts; a name that comes several
--- times has the last one, and `all[name]` is the list of them.
---@param query string
---@return table<string, string> values
---@return table<string, string[]> all
function url.decode_query(query)
	want(query, "string")
	local values, all = {}, {}

	local function decode(text)
		return url.decode((text:gsub("+", " ")))
	end
	for pair in query:gmatch("[^&]+") do
		local name, value = pair:match("^([^=]*)=?(.*)$")
		name, value = decode(name), decode(value)
		values[name] = value
		all[name] = all[name] or {}
		table.insert(all[name], value)
	end
	return values, all
end

return url
