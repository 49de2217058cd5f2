--- tidemill secret: values that nobody is to see, and where they come from.

local SHORTEST <const> = 4 --- bytes that can be hidden in logs

--- Reads a line from the terminal, which does not show it.
local function ask(call, name)
	local proc = require("proc")
	local function stty(word)
		proc.run { "stty", word, stdin = "inherit", check = false,
			stderr = "null" }
	end
	local _guard <close> = setmetatable({}, { __close = function()
		require("task").shield(stty, "echo")
		call:say("")
	end })

	stty("-echo")
	io.stderr:write(("value of %s: "):format(name))
	return io.stdin:read("L") or ""
end

local function read_value(call, name)
	local value = require("tty").is_terminal(0) and ask(call, name)
		or io.stdin:read("a")

	value = value:gsub("\r?\n$", "")
	if value == "" then
		call:misused("the value of '%s' is read from standard input,"
			.. " which was empty", name)
	end
	return value
end

--- The provider that the options name, and its place.
local function provider_of(call)
	local found, place

	for _, name in ipairs(require("secrets").PROVIDERS) do
		if call.options[name] then
			if found then
				call:misused("--%s and --%s exclude each other",
					found, name)
			end
			found, place = name, call.options[name]
		end
	end
	if found == "file" then place = require("path").absolute(place) end
	return found, place
end

local function set(call)
	local name = call.args[1]
	local provider, place = provider_of(call)
	local db = call:store()

	if provider then
		require("secrets").refer(db, name, provider, place)
	else
		local value = read_value(call, name)
		require("secret").put(db, name, value)
		if #value < SHORTEST then
			call:say(("tidemill: '%s' has less than %d bytes: it"
				.. " cannot be hidden in logs"):format(name,
				SHORTEST))
		end
	end
	if call.json then
		call:print_json { secret = name,
			provider = provider or "sealed" }
	else
		call:print(("secret '%s' is %s"):format(name, provider
			and ("read from its %s"):format(provider) or "sealed"))
	end
	return 0
end

local function list(call)
	local db = call:existing_store()
	local found = db and require("secrets").list(db) or {}

	if call.json then
		call:print_json(require("json").array(found))
		return 0
	end
	local lines = {}
	for i, row in ipairs(found) do
		lines[i] = { row.name, row.provider, row.place or "",
			row.updated and require("time").format(row.updated)
			or "configuration" }
	end
	call:table({ { title = "SECRET" }, { title = "FROM" },
		{ title = "PLACE" }, { title = "SET" } }, lines)
	return 0
end

local function remove(call)
	local secrets = require("secrets")
	local db = call:store()
	local name = call.args[1]

	if not secrets.remove(db, name) then
		local near = require("nearest")(name, secrets.names(db))
		error({ code = "not_found", message = ("there is no secret"
			.. " '%s' in the database%s"):format(name, near
			and near ~= name and (" (did you mean '%s'?)")
			:format(near) or "") }, 0)
	end
	if call.json then
		call:print_json { secret = name, removed = true }
	else
		call:print(("secret '%s' is forgotten"):format(name))
	end
	return 0
end

local function rotate(call)
	local count = require("secret").rotate(call:store())

	if call.json then
		call:print_json { resealed = count }
	else
		call:print(("%d secret%s sealed under a new key"):format(count,
			count == 1 and " is" or "s are"))
	end
	return 0
end

---@type cli.Verb
return {
	summary = "Seal and list secrets",
	examples = {
		{ "tidemill secret set TOKEN < token.txt",
			"seal a value; at a terminal it is asked for" },
		{ "tidemill secret set DB_PASSWORD --command 'pass show db'",
			"have it come from a password store" },
		{ "tidemill secret rotate", "seal all under a new key" },
	},
	subverbs = {
		set = {
			summary = "Seal a secret, or say where it comes from",
			description = [[
The value is read from standard input, never from the command line, which other
users can see. It is sealed in the database; the key is HOME/secret.key, which
only you can read: keep a copy of it, but not beside copies of the database.]],
			arguments = { { name = "NAME", help = "of the secret: as"
				.. " of a variable" } },
			options = {
				{ name = "env", argument = "VARIABLE",
					help = "it is this variable of the"
					.. " runner's environment" },
				{ name = "file", argument = "PATH",
					complete = "file",
					help = "it is what this file holds" },
				{ name = "command", argument = "LINE",
					help = "it is what this line for the"
					.. " shell prints" },
			},
			run = set,
		},
		ls = { summary = "List secrets, without their values",
			run = list },
		rm = { summary = "Forget a secret",
			arguments = { { name = "NAME", help = "of the secret" } },
			run = remove },
		rotate = { summary = "Seal all values under a new key",
			description = [[
The former key is overwritten. A crash at any instant leaves every value
readable: run it again.]], run = rotate },
	},
}
