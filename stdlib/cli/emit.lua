--- tidemill emit: an event with a name, for recipes that listen to it.

local function emit(call)
	local name, text = call.args[1], call.args[2]
	local json = require("json")
	local value

	if text == "-" then text = io.stdin:read("a") end
	if text then
		local ok, decoded = pcall(json.decode, text)
		if not ok then
			call:misused("the payload is not JSON: %s",
				type(decoded) == "table" and decoded.message
				or tostring(decoded))
		end
		value = decoded
	end
	local db = call:store()
	local key = call.options.key
	local dedupe = key and ("emit:%s:%s"):format(name, key)
		or ("emit:%s:%d:%d:%d"):format(name, require("time").now(),
			require("proc").pid(), math.random(0, 1 << 40))
	local id = db:event_add { kind = "emit", dedupe = dedupe,
		payload = json.encode { name = name, payload = value } }
	local served = id and db:poke_server()

	if call.json then
		call:print_json { event = id, duplicate = id == nil or nil,
			server = served and true or false }
	elseif not id then
		call:print(("an event '%s' with key '%s' was there already")
			:format(name, key))
	else
		call:print(("event %d"):format(id))
		if not served then
			call:say("no server runs: the event waits for one")
		end
	end
	return 0
end

---@type cli.Verb
return {
	summary = "Emit a named event, with a JSON payload",
	arguments = {
		{ name = "NAME", help = "what happened: \"deploy.done\"" },
		{ name = "JSON", optional = true,
			help = "its payload, - reads it from stdin" },
	},
	options = {
		{ name = "key", argument = "KEY",
			help = "emit only once with this key" },
	},
	examples = {
		{ "tidemill emit deploy.done '{\"env\": \"prod\"}'",
			"starts recipes with on = { emit = \"deploy.*\" }" },
	},
	run = emit,
}
