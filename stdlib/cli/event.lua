--- tidemill event: what happened, and the same again.

local function parse(call, text)
	local id = #text < 18 and text:match("^e?(%d+)$")

	if not id then
		call:misused("'%s' is no event: give its number, such as e7",
			text)
	end
	return math.tointeger(tonumber(id))
end

local function replay(call)
	local db = call:store()
	local id = parse(call, call.args[1])
	local copy = require("events").replay(db, id)

	require("web.audit").add(db, os.getenv("USER") or "somebody",
		"event.replay", "e" .. id, "as e" .. copy)
	if call.json then
		call:print_json { event = copy, of = id }
	else
		call:print(("event %d is event %d again"):format(copy, id))
	end
end

local function list(call)
	local json = require("json")
	local found = call:store("read"):query([[SELECT id, kind, dedupe, ref,
		state, created FROM events WHERE (?1 IS NULL OR kind = ?1)
		ORDER BY id DESC LIMIT ?2]], call.options.kind,
		call.options.limit)
	local lines = {}

	if call.json then return call:print_json(json.array(found)) end
	for i, row in ipairs(found) do
		lines[i] = { "e" .. row.id, row.kind, row.state,
			require("time").format(row.created), row.dedupe }
	end
	call:table({ { title = "ID" }, { title = "KIND" },
		{ title = "STATE" }, { title = "WHEN" },
		{ title = "KEY", shrink = true } }, lines)
end

---@type cli.Verb
return {
	summary = "List events, or let one happen again",
	examples = {
		{ "tidemill event replay e7", "a delivery of a webhook again" },
	},
	subverbs = {
		ls = {
			summary = "List the latest events",
			arguments = {},
			options = {
				{ name = "limit", short = "n", argument = "N",
					type = "integer", default = 20,
					help = "how many at most" },
				{ name = "kind", argument = "KIND",
					help = "push, tag, emit, cron, …" },
			},
			run = list,
		},
		replay = {
			summary = "Add a copy of an event",
			arguments = { { name = "ID", help = "such as e7" } },
			run = replay,
		},
	},
}
