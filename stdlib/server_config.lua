--- The server's configuration: a Lua file that returns a table. Reads it,
--- checks it, and gives every key its full form.

local nearest = require("nearest")

local server_config = {}

--- What a file may set; anything else is a mistake.
---@class server_config.File
---@field limit? integer runs at the same time [the number of cores]
---@field recipes? string|string[] globs of recipe files
---@field repos? (string|server_config.Repo)[] like `tidemill repo add`
---@field retention? false|server_config.Retention
---@field env? table<string, string> for runners, and so for steps
---@field secrets? table<string, server.Secret>
---@field socket? {mode?: string} rights of the socket, octal ["0600"]
---@field poll? {min?: string|integer, max?: string|integer} of remotes

---@class server_config.Repo
---@field [1] string path or URL
---@field name? string
---@field recipe? string path in the repository ["tidemill.lua"]

---@class server_config.Retention
---@field days? integer how long ended runs are kept [90]
---@field runs? integer how many of each name are kept [1000]
---@field workspaces? integer days that workspaces are kept [7]
---@field log_bytes? integer|string cap of a step's log ["256M"]

--- One of these says where it comes from.
---@class server.Secret
---@field env? string a variable
---@field file? string
---@field command? string a line for the shell that prints it

local function fail(where, format, ...)
	error({ code = "invalid", message = where .. ": "
		.. format:format(...) }, 0)
end

--- The line of `key` in the source, for messages.
local function locate(file, key)
	local number = 0

	for line in (file.text .. "\n"):gmatch("(.-)\n") do
		number = number + 1
		if line:find("%f[%w_]" .. tostring(key):gsub("%W", "%%%0")
			.. "%f[^%w_]%s*%]?%s*=") then
			return ("%s:%d"):format(file.name, number)
		end
	end
	return file.name
end

local function check_keys(file, value, known, what)
	local names = {}

	for name in pairs(known) do names[#names + 1] = name end
	for key in pairs(value) do
		if known[key] == nil then
			local near = type(key) == "string"
				and nearest(key, names)
			fail(locate(file, key), "unknown key '%s'%s%s",
				tostring(key), what and " in " .. what or "",
				near and (" (did you mean '%s'?)"):format(near)
				or "")
		end
	end
end

local function want(file, key, value, kind)
	local is = math.type(value) == "integer" and "integer" or type(value)

	if is ~= kind then
		fail(locate(file, key), "'%s' wants %s %s, not %s", key,
			kind:find("^[aeiou]") and "an" or "a", kind, is)
	end
	return value
end

local function positive(file, key, value)
	if want(file, key, value, "integer") < 0 then
		fail(locate(file, key), "'%s' must not be negative", key)
	end
	return value
end

local function strings(file, key, value)
	if type(value) == "string" then return { value } end
	want(file, key, value, "table")
	for _, one in ipairs(value) do want(file, key, one, "string") end
	return { table.unpack(value) }
end

local function duration(file, key, value)
	local ok, ms = pcall(require("time").duration, value)

	if not ok then
		fail(locate(file, key), "'%s': %s", key, type(ms) == "table"
			and ms.message or tostring(ms))
	end
	return ms
end

local function size(file, key, value)
	if math.type(value) == "integer" then
		return positive(file, key, value)
	end
	local units = { [""] = 1, K = 1 << 10, M = 1 << 20, G = 1 << 30 }
	local number, unit = want(file, key, value, "string")
		:match("^(%d+)([KMG]?)$")

	if not number then
		fail(locate(file, key), "'%s' wants a size such as \"64M\"",
			key)
	end
	return math.tointeger(number) * units[unit]
end

--- Relative names are those beside the configuration.
local function absolute(file, name)
	local path = require("path")

	if path.is_absolute(name) then return path.clean(name) end
	return path.clean(path.join(file.dir, name))
end

--- Returns whether `url` names another machine (or is a URL at all).
---@param url string
---@return boolean
function server_config.is_remote(url)
	return url:find("^%w+://") ~= nil
		or url:find("^[^/]+@[^/]+:") ~= nil
end

--- Returns the name that a repository has unless one is given.
---@param url string
---@return string
function server_config.repo_name(url)
	return (url:gsub("/+$", ""):gsub("/%.git$", ""):gsub("%.git$", "")
		:match("([^/:]+)$")) or url
end

local read = {}

function read.limit(file, value)
	if want(file, "limit", value, "integer") < 1 then
		fail(locate(file, "limit"), "'limit' must be at least 1")
	end
	return value
end

function read.recipes(file, value)
	local list = strings(file, "recipes", value)

	for i, name in ipairs(list) do list[i] = absolute(file, name) end
	return list
end

function read.repos(file, value)
	local list = {}

	for i, one in ipairs(want(file, "repos", value, "table")) do
		local repo = type(one) == "string" and { one }
			or want(file, "repos", one, "table")
		check_keys(file, repo, { true, name = true, recipe = true },
			"repos")
		local url = want(file, "repos", repo[1], "string")
		local remote = server_config.is_remote(url)
		list[i] = { url = remote and url or absolute(file, url),
			remote = remote,
			name = repo.name or server_config.repo_name(url),
			recipe = repo.recipe }
	end
	return list
end

function read.retention(file, value)
	if value == false then return false end
	want(file, "retention", value, "table")
	check_keys(file, value, { days = true, runs = true,
		workspaces = true, log_bytes = true }, "retention")
	local out = {}
	for _, key in ipairs { "days", "runs", "workspaces" } do
		if value[key] ~= nil then
			out[key] = positive(file, key, value[key])
		end
	end
	if value.log_bytes then
		out.log_bytes = size(file, "log_bytes", value.log_bytes)
	end
	return out
end

function read.env(file, value)
	local out = {}

	for name, one in pairs(want(file, "env", value, "table")) do
		if type(name) ~= "string" or name:find("[=%z]") then
			fail(locate(file, "env"), "'env' has a bad name '%s'",
				tostring(name))
		end
		out[name] = tostring(one)
	end
	return out
end

function read.secrets(file, value)
	local out = {}

	for name, one in pairs(want(file, "secrets", value, "table")) do
		want(file, name, one, "table")
		check_keys(file, one, { env = true, file = true,
			command = true }, "secrets." .. name)
		local given = 0
		for _ in pairs(one) do given = given + 1 end
		if given ~= 1 then
			fail(locate(file, name), "secret '%s' wants either"
				.. " env, file or command", name)
		end
		out[name] = { env = one.env, command = one.command,
			file = one.file and absolute(file, one.file) }
	end
	return out
end

function read.socket(file, value)
	want(file, "socket", value, "table")
	check_keys(file, value, { mode = true }, "socket")
	local mode = value.mode and tonumber(value.mode, 8)
	if value.mode and not mode then
		fail(locate(file, "mode"),
			"'mode' wants octal digits such as \"0660\"")
	end
	return mode
end

function read.poll(file, value)
	want(file, "poll", value, "table")
	check_keys(file, value, { min = true, max = true }, "poll")
	local out = {}
	for key, one in pairs(value) do
		out[key] = duration(file, key, one)
		if out[key] < 100 then
			fail(locate(file, key), "'%s' is too short", key)
		end
	end
	if (out.min or 15000) > (out.max or 300000) then
		out[out.max and "min" or "max"] = out.max or out.min
	end
	return out
end

--- Returns the full form of a configuration, as JSON for engine.serve.
---@param value server_config.File
---@param file {name: string, dir: string, text: string}
---@return string
function server_config.encode(value, file)
	local json = require("json")
	local out = {}

	if type(value) ~= "table" then
		fail(file.name, "it returned %s, not a table", type(value))
	end
	check_keys(file, value, read)
	for key, one in pairs(value) do out[key] = read[key](file, one) end
	out.socket_mode, out.socket = out.socket, nil
	if out.recipes then out.recipes = json.array(out.recipes) end
	if out.repos then out.repos = json.array(out.repos) end
	return json.encode(out)
end

--- Reads and checks a file; without one, everything has its default.
---@param name? string
---@return string json
function server_config.read(name)
	if not name then return "{}" end
	local path = require("path")
	local text = require("fs").read(name)
	local chunk, why = load(text, "@" .. name, "t")

	if not chunk then error({ code = "invalid", message = why }, 0) end
	local ok, value = pcall(chunk)
	if not ok then
		error(type(value) == "table" and value
			or { code = "invalid", message = tostring(value) }, 0)
	end
	return server_config.encode(value, { name = name, text = text,
		dir = path.dir(path.absolute(name)) })
end

return server_config
