--- tidemill lock: who holds what, and who waits for it.

local function list(call)
	local rows = call:store("read"):lock_list(call.args[1])

	if call.json then
		call:print_json(require("json").array(rows))
		return 0
	end
	local lines = {}
	for i, row in ipairs(rows) do
		lines[i] = { row.name, row.held == 1 and "held" or "waits",
			("%d/%s"):format(row.run, row.step),
			("%d of %d"):format(row.count, row.capacity),
			require("time").format(row.since or row.asked) }
	end
	call:table({ { title = "LOCK" }, { title = "STATE" }, { title = "STEP" },
		{ title = "COUNT" }, { title = "SINCE" } }, lines)
	return 0
end

local function release(call)
	local db = call:store()
	local name, holder = call.args[1], call.args[2]
	local released = 0

	for _, row in ipairs(db:lock_list(name)) do
		if row.held == 1 and (not holder
			or holder == tostring(row.run)
			or holder == ("%d/%s"):format(row.run, row.step)) then
			if db:lock_release(name, row.run, row.step) then
				released = released + 1
				db:note(row.run, row.step, ("lock '%s' was"
					.. " released by hand"):format(name))
			end
		end
	end
	if released == 0 then
		error({ code = "not_found", message = ("nobody%s holds lock"
			.. " '%s'"):format(holder and " of " .. holder or "",
			name) }, 0)
	end
	if call.json then
		call:print_json { lock = name, released = released }
	else
		call:print(("lock '%s' is released"):format(name))
	end
	return 0
end

---@type cli.Verb
return {
	summary = "Show and release locks",
	examples = {
		{ "tidemill lock ls", "who holds what" },
		{ "tidemill lock release deploy",
			"take it from who holds it" },
	},
	subverbs = {
		ls = { summary = "List locks that are held or waited for",
			arguments = { { name = "NAME", optional = true,
				help = "of one lock only" } }, run = list },
		release = {
			summary = "Take a lock from who holds it",
			description = [[
Locks of runs that end, also by a crash, are released by themselves. This is for
the rest: the holder goes on without the lock.]],
			arguments = { { name = "NAME", help = "the lock" },
				{ name = "RUN[/STEP]", optional = true,
					help = "of one holder only",
					complete = "run" } },
			run = release,
		},
	},
}
