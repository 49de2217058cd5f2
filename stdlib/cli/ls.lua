--- tidemill ls: the runs, the newest first.

local record = require("record")

local function ref_text(run)
	local ref = require("terminal.format").ref(run.ref)
	local commit = run.oid and run.oid:sub(1, 7)

	if ref and commit then return ref .. "@" .. commit end
	return ref or commit or "-"
end

local function columns()
	local colour = require("terminal.colour")

	return {
		{ title = "ID", right = true },
		{ title = "STATE", style = colour.of_state },
		{ title = "NAME", shrink = true },
		{ title = "REF", shrink = true },
		{ title = "EVENT" },
		{ title = "AGE", right = true },
		{ title = "TIME", right = true },
	}
end

local function print_table(call, runs)
	local format = require("terminal.format")
	local now = require("time").now()
	local rows = {}

	for i, run in ipairs(runs) do
		rows[i] = { tostring(run.id), run.state,
			format.clean(run.name), ref_text(run),
			record.origin(run), format.age(now - run.created),
			format.duration(record.duration(run, now)) }
	end
	call:table(columns(), rows)
end

local function check_states(call, states)
	for _, state in ipairs(states or {}) do
		local known = false
		for _, name in ipairs(record.STATES) do
			known = known or name == state
		end
		if not known then
			local near = require("nearest")(state, record.STATES)
			call:misused("there is no state '%s'%s", state,
				near and (" (did you mean '%s'?)"):format(near)
				or "")
		end
	end
end

local function split(states)
	local list = {}

	for _, text in ipairs(states or {}) do
		for word in text:gmatch("[^,]+") do list[#list + 1] = word end
	end
	return #list > 0 and list or nil
end

local function run(call)
	local options = call.options
	local filter = { limit = options.limit, before = options.before,
		states = split(options.state), name = options.name,
		ref = options.ref, commit = options.commit }

	if options.limit < 1 then
		call:misused("option '--limit' wants at least 1")
	end
	check_states(call, filter.states)
	local db = call:existing_store()
	local runs = db and record.list(db, filter) or {}
	if call.json then
		local list = require("json").array {}
		for i, row in ipairs(runs) do list[i] = record.decoded(row) end
		call:print_json(list)
	elseif options.ids then
		for _, row in ipairs(runs) do call:print(row.id) end
	elseif #runs > 0 then
		print_table(call, runs)
	elseif not db then
		call:say("No runs yet: 'tidemill run' makes one.")
	else
		call:say("No such runs.")
	end
end

---@type cli.Verb
return {
	summary = "list runs, the newest first",
	arguments = {},
	options = {
		{ name = "limit", short = "n", argument = "N", type = "integer",
			default = 20, help = "how many at most" },
		{ name = "state", argument = "STATE", many = true,
			help = "only in these states (queued, "
			.. "running, waiting, passed, failed, cancelled, "
			.. "timed_out, superseded), separated by commas" },
		{ name = "name", argument = "NAME", help = "only of this recipe" },
		{ name = "ref", argument = "REF",
			help = "only of this branch or tag" },
		{ name = "commit", argument = "SHA",
			help = "only of the commit that begins so" },
		{ name = "before", argument = "ID", type = "integer",
			complete = "run", help = "only older than this run: "
			.. "the next page" },
		{ name = "ids", help = "print nothing but their numbers" },
	},
	examples = {
		{ "tidemill ls --state running,queued", "what goes on" },
		{ "tidemill ls --name shop --ref main --limit 5",
			"the last five of a branch" },
		{ "tidemill ls --before 1200", "the page before run 1200" },
		{ "tidemill ls --json | jq '.[].state'", "for programs" },
	},
	run = run,
}
