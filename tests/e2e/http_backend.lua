-- One connection of an HTTP server in front of `git http-backend`, on standard
-- input and output. It wants HTTP_TOKEN as the password.
--

local method, target = (io.read("L") or ""):match("^(%u+) (%S+)")
if not method then os.exit(0) end

local headers = {}
for line in io.lines() do
	local name, value = line:match("^([^:]+):%s*(.-)\r?$")
	if not name then break end
	headers[name:lower()] = value
end

local function read_body()
	if headers["transfer-encoding"] ~= "chunked" then
		local size = tonumber(headers["content-length"] or 0)
		return size > 0 and io.read(size) or ""
	end
	local parts = {}
	repeat
		local size = tonumber(io.read("l"):match("^%x+"), 16)
		parts[#parts + 1] = size > 0 and io.read(size) or ""
		io.read("L")
	until size == 0
	return table.concat(parts)
end

local LETTERS <const> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	.. "0123456789+/"

local function decode(text)
	local bits, held, out = 0, 0, {}
	for letter in text:gmatch("[%w+/]") do
		held = held << 6 | LETTERS:find(letter, 1, true) - 1
		bits = bits + 6
		if bits >= 8 then
			bits = bits - 8
			out[#out + 1] = string.char(held >> bits & 255)
		end
	end
	return table.concat(out)
end

local function answer(status, more, body)
	io.write(("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n"
		.. "Connection: close\r\n\r\n%s"):format(status, more, #body,
		body))
	os.exit(0)
end

if (headers.expect or ""):lower() == "100-continue" then
	io.write("HTTP/1.1 100 Continue\r\n\r\n")
	io.flush()
end
local body = read_body()
local login = decode((headers.authorization or ""):match("^Basic (.*)$") or "")
if login:match(":(.*)$") ~= os.getenv("HTTP_TOKEN") then
	-- libgit2 1.5 takes a body here for the start of the next answer.
	answer("401 Unauthorized",
		'WWW-Authenticate: Basic realm="test"\r\n', "")
end

local input, output = os.tmpname(), os.tmpname()
assert(input)
local file = assert(io.open(input, "wb"))
file:write(body)
file:close()
local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
os.execute(table.concat({ "env", "REQUEST_METHOD=" .. method,
	"PATH_INFO=" .. quote(target:match("^[^?]*")),
	"QUERY_STRING=" .. quote(target:match("%?(.*)$") or ""),
	"CONTENT_TYPE=" .. quote(headers["content-type"] or ""),
	"CONTENT_LENGTH=" .. #body,
	"HTTP_CONTENT_ENCODING=" .. quote(headers["content-encoding"] or ""),
	"GIT_PROTOCOL=" .. quote(headers["git-protocol"] or ""),
	"REMOTE_USER=tester git http-backend", "<" .. quote(input),
	">" .. quote(output) }, " "))
file = assert(io.open(output, "rb"))
local text = file:read("a")
file:close()
os.remove(input)
os.remove(output)
local head, rest = text:match("^(.-\r\n)\r\n(.*)$")
local status = head and head:match("Status: ([^\r]+)") or "200 OK"
answer(status, ((head or ""):gsub("Status: [^\r]+\r\n", "")), rest or "")
