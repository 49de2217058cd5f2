--- Mail: composing a message and handing it to a server by SMTP.
---
---     local mail = require("mail")
---     mail.send { server = "smtp://localhost", from = "ci@example.org",
---         to = "Ada <ada@example.org>", subject = "shop is broken",
---         text = "The tests fail since 9f3c." }

local mail = {}

---@class mail.Message
---@field server string "smtp://host[:25]", "smtps://host[:465]"
---@field from string "ci@example.org" or "Tidemill <ci@example.org>"
---@field to string|string[]
---@field cc? string|string[]
---@field bcc? string|string[] get it without being named
---@field reply_to? string
---@field subject string
---@field text? string
---@field html? string
---@field attachments? (string|mail.Attachment)[] files, or tables
---@field headers? table<string, string> more of them: ["X-Run"] = "12"
---@field user? string
---@field password? string
---@field tls? "none"|"opportunistic"|"required" for smtp:// [required with a
---  password, else opportunistic]
---@field ca_file? string certificates to trust [the system's]
---@field timeout? integer|string in all ["1m"]

---@class mail.Attachment
---@field path? string a file; or:
---@field bytes? string
---@field name? string [of the file]
---@field type? string MIME's [by the name's end]

local KNOWN <const> = { "server", "from", "to", "cc", "bcc", "reply_to",
	"subject", "text", "html", "attachments", "headers", "user",
	"password", "tls", "ca_file", "timeout" }

--- RFC 2047: an encoded word has at most 75 characters; 45 bytes are 60 of
--- base64.
local WORD_BYTES <const> = 45
local MOST_RECIPIENTS <const> = 1000

--- Headers that a message has of its own.
local OWN <const> = { from = true, to = true, cc = true, bcc = true,
	subject = true, date = true, ["message-id"] = true,
	["mime-version"] = true, ["content-type"] = true,
	["content-transfer-encoding"] = true, ["reply-to"] = true }

local function fail(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

local ALPHABET <const> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	.. "0123456789+/"

local function base64(bytes)
	local out = {}

	for i = 1, #bytes, 3 do
		local a, b, c = bytes:byte(i, i + 2)
		local bits = a << 16 | (b or 0) << 8 | (c or 0)
		for shift = 18, 0, -6 do
			local at = (bits >> shift & 63) + 1
			out[#out + 1] = ALPHABET:sub(at, at)
		end
		if not c then out[#out] = "=" end
		if not b then out[#out - 1] = "=" end
	end
	return table.concat(out)
end

--- A line break in a value would be a header of its own.
local function check_line(value, what)
	if type(value) ~= "string" then
		fail("mail: '%s' must be a text", what)
	end
	if value:find("%c") then
		fail("mail: '%s' has a line break or control character", what)
	end
	if not utf8.len(value) then fail("mail: '%s' is not UTF-8", what) end
	return value
end

--- A text of UTF-8 as it is, or as encoded words of whole characters.
local function encode_words(text)
	if not text:find("[\128-\255]") then return text end
	local words, piece = {}, ""

	local function close()
		words[#words + 1] = "=?UTF-8?B?" .. base64(piece) .. "?="
		piece = ""
	end
	for char in text:gmatch(utf8.charpattern) do
		if #piece + #char > WORD_BYTES then close() end
		piece = piece .. char
	end
	close()
	return table.concat(words, "\r\n ")
end

--- "Ada L. <ada@example.org>" as its name (or nil) and its address.
local function read_address(text, what)
	check_line(text, what)
	local name, address = text:match("^%s*(.-)%s*<([^<>]*)>%s*$")

	address = address or text:match("^%s*(.-)%s*$")
	name = name and name:gsub('^"(.*)"$', "%1")
	if not address:find("^[^%s<>@,;:\"()]+@[^%s<>@,;:\"()]+$") then
		fail("mail: '%s' in '%s' is no address", text, what)
	end
	return name ~= "" and name or nil, address
end

local function write_address(name, address)
	if not name then return address end
	if name:find("[\128-\255]") then
		return ("%s <%s>"):format(encode_words(name), address)
	end
	return ('"%s" <%s>'):format(name:gsub('[\\"]', "\\%0"), address)
end

--- Reads a list of addresses; adds each to `recipients`. Returns the header's
--- value, nil when there are none.
local function read_list(message, what, recipients)
	local given = message[what]
	local list = {}

	for _, text in ipairs(type(given) == "table" and given or { given }) do
		local name, address = read_address(text, what)
		recipients[#recipients + 1] = address
		list[#list + 1] = write_address(name, address)
	end
	return list[1] and table.concat(list, ",\r\n ")
end

--- A name that nobody else's message has.
local function message_id(address)
	local time, proc = require("time"), require("proc")

	return ("<%x.%x.%x@%s>"):format(time.now(), proc.pid(),
		math.random(1 << 48), address:match("@(.*)$"))
end

--- The date as RFC 5322 writes it, in UTC whatever the locale.
local function date_now()
	local days = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
	local months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" }
	local now = os.date("!*t")

	return ("%s, %d %s %d %02d:%02d:%02d +0000"):format(days[now.wday],
		now.day, months[now.month], now.year, now.hour, now.min,
		now.sec)
end

local function add_more(headers, more)
	local names = {}

	for name in pairs(more or {}) do
		if type(name) ~= "string" or not name:find("^[%w-]+$") then
			fail("mail: '%s' is no name of a header", tostring(name))
		end
		if OWN[name:lower()] then
			fail("mail: the header '%s' has an option of its own",
				name)
		end
		names[#names + 1] = name
	end
	table.sort(names)
	for _, name in ipairs(names) do
		headers[#headers + 1] = name .. ": " .. encode_words(
			check_line(more[name], name))
	end
end

local function read_attachments(list)
	local result = {}

	for i, item in ipairs(list or {}) do
		if type(item) == "string" then item = { path = item } end
		if (item.path == nil) == (item.bytes == nil) then
			fail("mail: attachment %d wants either path or bytes", i)
		end
		local name = item.name or item.path
			and item.path:match("[^/]*$")
		if not name then fail("mail: attachment %d wants a name", i) end
		result[i] = { name = encode_words(check_line(name, "name"))
			:gsub("\r\n", ""),
			type = item.type and check_line(item.type, "type"),
			path = item.path, bytes = item.bytes }
	end
	return result
end

local function check_keys(message)
	for key in pairs(message) do
		local found = false
		for _, name in ipairs(KNOWN) do found = found or name == key end
		if not found then
			local near = type(key) == "string"
				and require("nearest")(key, KNOWN)
			fail("mail: unknown key '%s'%s", tostring(key), near
				and (" (did you mean '%s'?)"):format(near)
				or "")
		end
	end
	for _, key in ipairs { "server", "from", "to", "subject" } do
		if message[key] == nil then fail("mail: '%s' is missing", key) end
	end
	if not message.text and not message.html then
		fail("mail: 'text' or 'html' is wanted")
	end
	if not tostring(message.server):find("^smtps?://[^%s/]+/?$") then
		fail("mail: 'server' must be smtp://HOST:PORT or"
			.. " smtps://HOST:PORT, not '%s'",
			tostring(message.server))
	end
end

--- Lines end as mail wants it.
local function with_breaks(text, what)
	if text == nil then return nil end
	if type(text) ~= "string" or text:find("%z") or not utf8.len(text) then
		fail("mail: '%s' must be a text of UTF-8", what)
	end
	return (text:gsub("\r?\n", "\r\n"))
end

--- Returns what is sent: the envelope and the headers.
---@param message mail.Message
---@return smtp.Message
function mail.compose(message)
	check_keys(message)
	local recipients, headers = {}, {}
	local name, from = read_address(message.from, "from")

	local function add(header, value)
		if value then headers[#headers + 1] = header .. ": " .. value end
	end
	add("Date", date_now())
	add("Message-ID", message_id(from))
	add("From", write_address(name, from))
	add("To", read_list(message, "to", recipients))
	add("Cc", read_list(message, "cc", recipients))
	read_list(message, "bcc", recipients)
	add("Reply-To", message.reply_to and write_address(
		read_address(message.reply_to, "reply_to")))
	add("Subject", encode_words(check_line(message.subject, "subject")))
	add_more(headers, message.headers)
	if #recipients == 0 then fail("mail: 'to' names nobody") end
	if #recipients > MOST_RECIPIENTS then
		fail("mail: more than %d recipients", MOST_RECIPIENTS)
	end
	return { server = message.server, user = message.user,
		password = message.password, ca_file = message.ca_file,
		tls = message.tls or message.password and "required"
			or "opportunistic", from = from,
		recipients = recipients, headers = headers,
		text = with_breaks(message.text, "text"),
		html = with_breaks(message.html, "html"),
		attachments = read_attachments(message.attachments),
		timeout = require("time").duration(message.timeout or "1m") }
end

--- Sends a message. Raises `invalid` for what is wrong with it and when the
--- server refuses it for good, `timeout`, and `io` for what may work later.
---@async
---@param message mail.Message
function mail.send(message)
	require("smtp").send(mail.compose(message))
end

return mail
