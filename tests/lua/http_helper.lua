-- What the tests of http share: servers that end with the test.

local fs = require("fs")
local path = require("path")
local proc = require("proc")
local test = require("test")

local helper = {}

local BIN <const> = fs.real("/proc/self/exe")

--- Where a tool of tests/e2e/ is: beside the binary, or in its build tree.
local function tool(name)
	local dir = path.dir(BIN)

	for _, tree in ipairs { dir, path.join(dir, "release") } do
		local file = path.join(tree, "e2e/" .. name)
		if fs.exists(file) then return file end
	end
	test.skip("the tool " .. name .. " is not built (make build-tests)")
end

--- Starts a tool, which ends with the test. Returns an iterator of its lines.
local function start(name, ...)
	local handle = proc.spawn { tool(name), stdin = "pipe", ... }

	test.finally(function() handle:close() end)
	return handle:lines()
end

--- Starts the server. Returns what its URLs begin with, and its port.
---@async
---@return string base
---@return integer port
---@return string socket path of its Unix socket
function helper.start()
	local socket = path.join(test.temp_dir(), "http.sock")
	local port = math.tointeger(tonumber(start("http_server", socket)()))

	return "http://127.0.0.1:" .. port, port, socket
end

--- Starts TLS in front of a server. Returns a table: URL by kind, `pin`, and
--- `dir`, where ca.pem and client.pem are.
---@async
---@param port integer
---@return table<string, string>
function helper.start_tls(port)
	local dir = test.temp_dir()
	local result = { dir = dir, ca = dir .. "/ca.pem" }

	for line in start("https_front", dir, tostring(port)) do
		local kind, value = line:match("^(%S+) (%S+)$")
		if kind == "pin" then
			result.pin = value
			break
		end
		result[kind] = "https://localhost:" .. value
	end
	return result
end

return helper
