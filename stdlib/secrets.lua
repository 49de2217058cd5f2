--- Where secrets come from: the environment, the database, the server's
--- configuration. Each of the last two knows several providers.

local secrets = {}

local COMMAND_TIME <const> = "30s"
local VALUE_MAX <const> = 64 * 1024

--- Providers other than "sealed", in the order in which they are listed.
secrets.PROVIDERS = { "env", "file", "command" }

local function fail(name, format, ...)
	error({ code = "invalid", message = ("the secret '%s' %s"):format(name,
		format:format(...)) }, 0)
end

local readers = {}

function readers.env(name, place)
	local value = os.getenv(place)

	if not value or value == "" then
		fail(name, "is to come from the variable %s, which is not set",
			place)
	end
	return value
end

function readers.file(name, place)
	local ok, value = pcall(require("fs").read, place, VALUE_MAX)

	if not ok then fail(name, "cannot be read: %s", tostring(value)) end
	value = value:gsub("[\r\n]+$", "")
	if value == "" then fail(name, "cannot be read: '%s' is empty", place) end
	return value
end

--- What the command says is shown nowhere: it may be part of the secret.
function readers.command(name, place)
	local ok, result = pcall(require("proc").run, { shell = place,
		check = false, timeout = COMMAND_TIME, max = VALUE_MAX + 1,
		stderr = "null" })

	if not ok then
		if type(result) == "table" and result.code == "cancelled" then
			error(result, 0)
		end
		fail(name, "cannot be read: its command cannot be run")
	elseif result.timed_out then
		fail(name, "cannot be read: its command took more than %s",
			COMMAND_TIME)
	elseif result.status ~= 0 then
		fail(name, "cannot be read: its command exited with %d",
			result.status)
	end
	local value = result.stdout:gsub("[\r\n]+$", "")
	if value == "" or #value > VALUE_MAX then
		fail(name, "cannot be read: its command printed %s",
			value == "" and "nothing" or "too much")
	end
	return value
end

local function from_row(db, row)
	if row.provider == "sealed" then
		return require("secret").get(db, row.name)
	end
	return readers[row.provider](row.name, row.place)
end

local function configured(db)
	return require("json").decode(db:setting("secrets") or "{}")
end

--- Returns the value of a secret and where it came from, nil when nobody knows
--- the name: a variable of the environment, else what `tidemill secret` was
--- told, else the server's configuration. Raises `invalid` when its provider
--- does not give it.
---@async
---@param db store.Db
---@param name string
---@return string? value
---@return string? provider
function secrets.find(db, name)
	local value = os.getenv(name)

	if value and value ~= "" then return value, "environment" end
	local row = db:row("SELECT name, provider, place FROM secrets WHERE"
		.. " name = ?", name)
	if row then return from_row(db, row), row.provider end
	for provider, place in pairs(configured(db)[name] or {}) do
		if readers[provider] then
			return readers[provider](name, place), provider
		end
	end
end

--- Returns the names that are known, sorted; not those of the environment.
---@param db store.Db
---@return string[]
function secrets.names(db)
	local names, seen = {}, {}

	for row in db:each("SELECT name FROM secrets") do
		names[#names + 1] = row.name
		seen[row.name] = true
	end
	for name in pairs(configured(db)) do
		if not seen[name] then names[#names + 1] = name end
	end
	table.sort(names)
	return names
end

--- Returns what is known of each secret, but for values: { name, provider,
--- place, updated }.
---@param db store.Db
---@return table[]
function secrets.list(db)
	local list, seen = {}, {}

	for row in db:each("SELECT name, provider, place, created, updated FROM"
		.. " secrets ORDER BY name") do
		list[#list + 1] = row
		seen[row.name] = true
	end
	for name, from in pairs(configured(db)) do
		local provider, place = next(from)
		if not seen[name] then
			list[#list + 1] = { name = name, provider = provider,
				place = place, configured = true }
		end
	end
	table.sort(list, function(a, b) return a.name < b.name end)
	return list
end

--- Like `find`, but raises `not_found` with the nearest name.
---@async
---@param db store.Db
---@param name string
---@return string
function secrets.get(db, name)
	local value = secrets.find(db, name)

	if value then return value end
	local near = require("nearest")(name, secrets.names(db))
	error({ code = "not_found", message = ("there is no secret '%s'%s:"
		.. " 'tidemill secret set %s' seals one"):format(name,
		near and (" (did you mean '%s'?)"):format(near) or "",
		name) }, 0)
end

--- Has a secret come from a provider.
---@param db store.Db
---@param name string
---@param provider "env"|"file"|"command"
---@param place string
function secrets.refer(db, name, provider, place)
	if not require("secret").is_name(name) then
		error({ code = "invalid", message = ("'%s' is no name of a"
			.. " secret: it has letters, digits and _, as a"
			.. " variable's"):format(name) }, 0)
	end
	local now = require("time").now()
	db:run("INSERT INTO secrets (name, provider, place, created, updated)"
		.. " VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO UPDATE SET"
		.. " provider = ?2, place = ?3, sealed = NULL, key = NULL,"
		.. " updated = ?4", name, provider, place, now)
end

--- Forgets a secret; returns whether there was one.
---@param db store.Db
---@param name string
---@return boolean
function secrets.remove(db, name)
	return db:run("DELETE FROM secrets WHERE name = ?", name) > 0
end

return secrets
