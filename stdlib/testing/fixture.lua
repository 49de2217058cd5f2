--- Programs and servers as they were once: recorded to a JSON file, replayed
--- from it. Values of secrets are masked in everything that is written.

local json = require("json")
local rules = require("testing.rules")

---@class testing.Fixture
---@field path string
---@field entries table[] programs
---@field requests table[]
---@field recording boolean
---@field mask? steplog.Mask
local Fixture = { is_fixture = true }
Fixture.__index = Fixture

local CAPTURED <const> = 1 << 20

local function masked(self, text)
	return self.mask and self.mask:apply(text) or text
end

--- A text without what differs from run to run: the workspace, secrets.
local function settled(self, text, world)
	if world.workspace then
		local at, stop = text:find(world.workspace, 1, true)
		while at do
			text = text:sub(1, at - 1) .. "${workspace}"
				.. text:sub(stop + 1)
			at, stop = text:find(world.workspace, at, true)
		end
	end
	return masked(self, text)
end

--- Returns what rules see of a command.
---@param command testing.Command
---@param world testing.World
---@return table
function Fixture:subject(command, world)
	return setmetatable({ text = settled(self, command.text, world) },
		{ __index = command })
end

--- JSON holds no bytes that are no text.
local function pack(text)
	if utf8.len(text) then return text end
	return { hex = (text:gsub(".", function(c)
		return ("%02x"):format(c:byte())
	end)) }
end

local function unpack_text(value)
	if type(value) ~= "table" then return value end
	return (value.hex:gsub("%x%x", function(pair)
		return string.char(tonumber(pair, 16))
	end))
end

local function lines_of(entries)
	local lines = {}

	for i, entry in ipairs(entries) do lines[i] = json.encode(entry) end
	return table.concat(lines, ",\n")
end

local function save(self)
	local fs, path = require("fs"), require("path")

	fs.mkdir(path.dir(self.path))
	fs.write(self.path, ('{"processes": [\n%s\n], "requests": [\n%s\n]}\n')
		:format(lines_of(self.entries), lines_of(self.requests)))
end

local function give_output(options, result)
	local out, err = result.stdout or "", result.stderr or ""

	if not options.log then return end
	if out ~= "" then options.log:write(out, "stdout") end
	if err ~= "" then options.log:write(err, "stderr") end
	result.stdout, result.stderr = nil, nil
end

--- Runs a command for real and records it.
---@async
function Fixture:run(command, options, real, world)
	local copy = {}

	for key, value in pairs(options) do copy[key] = value end
	copy.log, copy.check, copy.max = nil, false, CAPTURED
	local result = real(copy)
	self.entries[#self.entries + 1] = {
		command = settled(self, command.text, world),
		status = result.status, signal = result.signal,
		stdout = pack(settled(self, result.stdout or "", world)),
		stderr = pack(settled(self, result.stderr or "", world)),
		duration = result.wall }
	save(self)
	give_output(options, result)
	if options.check ~= false and result.status ~= 0 then
		result.code, result.message = "exit", ("'%s' exited with %d")
			:format(command.text, result.status)
		error(result, 0)
	end
	return result
end

--- What is told of a header that says who somebody is.
local PRIVATE <const> = { ["set-cookie"] = true,
	["www-authenticate"] = true }

local function headers_of(self, headers, world)
	local copy = {}

	for name, value in pairs(headers or {}) do
		if not PRIVATE[name:lower()] then
			copy[name] = settled(self, value, world)
		end
	end
	return copy
end

--- Asks a server and records what it answers.
---@async
---@param request testing.Request
---@param world testing.World
---@return table
function Fixture:request(request, world)
	local options = {}

	for key, value in pairs(request.options) do options[key] = value end
	if options.stream or options.to then
		error({ code = "invalid", message = "a response that is"
			.. " streamed, or goes to a file, cannot be recorded"
			.. " in a fixture" }, 0)
	end
	if type(options.body) == "function" then options.body = request.body end
	options.url, options.base, options.query = request.url, nil, nil
	options.method = request.method
	local ok, answer = pcall(require("testing.world").real("http", "request"),
		options)
	if not ok and (type(answer) ~= "table" or not answer.reason
		or answer.code == "cancelled") then
		error(answer, 0)
	end
	request.status = answer.status
	self.requests[#self.requests + 1] = {
		request = settled(self, request.text, world),
		status = answer.status, duration = answer.ms,
		reason = answer.reason ~= "status" and answer.reason or nil,
		headers = headers_of(self, answer.headers, world),
		body = pack(settled(self, answer.body or "", world)) }
	save(self)
	if not ok then error(answer, 0) end
	return answer
end

--- The rules that replay requests, nil while they are recorded.
---@return testing.Rule[]
function Fixture:request_rules()
	local list = {}

	for i, entry in ipairs(self.recording and {} or self.requests) do
		list[i] = { shown = entry.request, used = 0, times = 1,
			wants = function(subject)
				return subject.text == entry.request
			end, reply = { status = entry.status,
				reason = entry.reason,
				headers = entry.headers,
				body = unpack_text(entry.body),
				duration = entry.duration } }
	end
	return list
end

--- Each entry answers once, in the order in which they were recorded.
---@return testing.Rule[]
function Fixture:rules()
	if self.recording then
		return rules.read { { match = "", reply = { real = true } } }
	end
	local list = {}
	for i, entry in ipairs(self.entries) do
		list[i] = { shown = entry.command, used = 0, times = 1,
			wants = function(subject)
				return subject.text == entry.command
			end, reply = { status = entry.status,
				signal = entry.signal,
				stdout = unpack_text(entry.stdout),
				stderr = unpack_text(entry.stderr),
				duration = entry.duration } }
	end
	return list
end

local function read(path)
	local fs = require("fs")

	if not fs.exists(path) then
		error({ code = "not_found", message = ("there is no fixture '%s':"
			.. " TIDEMILL_RECORD=1 tidemill test … records it")
			:format(path) }, 0)
	end
	local ok, value = pcall(json.decode, fs.read(path))
	if not ok or type(value) ~= "table" or not value.processes then
		error({ code = "invalid", message = ("'%s' is no fixture")
			:format(path) }, 0)
	end
	return value
end

--- Returns the programs and servers of a file, or a recorder that writes it.
---@param path string
---@param options? { record?: boolean, secrets?: string[] }
---@return testing.Fixture
return function(path, options)
	options = options or {}
	local recording = options.record
	local wanted = os.getenv("TIDEMILL_RECORD")

	if recording == nil then recording = wanted ~= nil and wanted ~= "" end
	local found = recording and {} or read(path)
	return setmetatable({ path = path, recording = recording,
		entries = found.processes or {}, requests = found.requests or {},
		mask = options.secrets
			and require("steplog").mask(options.secrets) },
		Fixture)
end
