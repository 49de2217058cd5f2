--- tidemill why: what made a run or an event, and what it waits for.

local function run(call)
	local explain = require("explain")
	local db = call:store("read")
	local word = call.args[1] or "last"
	local event = word:match("^[eE](%d+)$")
	local lines, facts

	if event then
		lines, facts = explain.event(db, math.tointeger(event))
	else
		lines, facts = explain.run(db, require("record").parse(db,
			word))
	end
	if call.json then
		facts.text = table.concat(lines, "\n")
		call:print_json(facts)
	else
		call:print(table.concat(lines, "\n"))
	end
end

---@type cli.Verb
return {
	summary = "explain a run or an event from the record",
	description = "Says which event made a run, which filter of which"
		.. " trigger said what, what it waits for and for how long,"
		.. " who holds the lock, and why it ended as it did.",
	arguments = {
		{ name = "RUN|eEVENT", optional = true, complete = "run",
			help = "a run's number, 'last' (which is the default),"
			.. " or an event's number after an 'e'" },
	},
	examples = {
		{ "tidemill why 12", "why did it run, why does it not?" },
		{ "tidemill why e45", "why did this push start nothing?" },
	},
	run = run,
}
