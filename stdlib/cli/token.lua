--- tidemill token: who may use the API.

local function make(call)
	local tokens = require("web.tokens")
	local scope = call.options.scope
	local db = call:store()
	local expires = call.options.expires
	local known = false

	for _, one in ipairs(tokens.SCOPES) do known = known or one == scope end
	if not known then
		local near = require("nearest")(scope, tokens.SCOPES)
		call:misused("there is no scope '%s'%s", scope, near and
			(" (did you mean '%s'?)"):format(near) or "")
	end
	if db:row("SELECT 1 AS one FROM tokens WHERE name = ?",
		call.args[1]) then
		call:misused("there is a token '%s' already", call.args[1])
	end
	local id, text = tokens.new(db, { name = call.args[1], scope = scope,
		expires = expires and require("time").now() + expires })
	require("web.audit").add(db, os.getenv("USER") or "somebody",
		"token.new", tostring(id), call.args[1] .. ": " .. scope)
	if call.json then
		call:print_json { id = id, name = call.args[1], scope = scope,
			token = text }
	else
		call:print(text)
		call:say("Keep it: only its hash is stored.")
	end
end

local function list(call)
	local json, time = require("json"), require("time")
	local found = require("web.tokens").list(call:store())

	if call.json then return call:print_json(json.array(found)) end
	local lines = {}
	for i, row in ipairs(found) do
		lines[i] = { tostring(row.id), row.name, row.scope,
			time.format(row.created), row.expires
			and time.format(row.expires) or "never", row.used
			and time.format(row.used) or "never" }
	end
	call:table({ { title = "ID", right = true }, { title = "NAME" },
		{ title = "SCOPE" }, { title = "MADE" }, { title = "EXPIRES" },
		{ title = "USED" } }, lines)
end

local function remove(call)
	local db = call:store()
	local id = math.tointeger(tonumber(call.args[1]))

	if not id or not require("web.tokens").remove(db, id) then
		error({ code = "not_found", message = ("there is no token '%s':"
			.. " 'tidemill token ls' lists them"):format(
			call.args[1]) }, 0)
	end
	require("web.audit").add(db, os.getenv("USER") or "somebody",
		"token.rm", tostring(id))
	if call.json then call:print_json { id = id, removed = true } end
end

---@type cli.Verb
return {
	summary = "Make and remove tokens for the API",
	examples = {
		{ "tidemill token new ci --scope write --expires 90d",
			"prints it, once" },
		{ "tidemill token ls" },
	},
	subverbs = {
		new = {
			summary = "Make a token and print it",
			arguments = { { name = "NAME", help = "whose it is" } },
			options = {
				{ name = "scope", argument = "SCOPE",
					default = "read",
					help = "read, write or admin" },
				{ name = "expires", argument = "TIME",
					type = "duration",
					help = "after which it is over" },
			},
			run = make,
		},
		ls = { summary = "List the tokens", arguments = {}, run = list },
		rm = {
			summary = "Remove a token",
			arguments = { { name = "ID", help = "its number" } },
			run = remove,
		},
	},
}
