--- tidemill drain: let what runs end, start nothing new.

local function running(db)
	return db:row("SELECT count(*) AS n FROM runs WHERE state = 'running'").n
end

local function drain(call)
	local db = call:store()
	local mode = require("command.mode")

	mode(call, "drain", "no further runs start; waiting for those that run")
	if not call.options.wait then return 0 end
	local deadline = call.options.timeout
		and require("time").now() + call.options.timeout
	while running(db) > 0 do
		if deadline and require("time").now() >= deadline then
			call:say(("%d runs have not ended"):format(running(db)))
			return 5
		end
		require("time").sleep(100)
	end
	if call.options.stop then
		require("engine").ask(call.home, "stop")
	end
	return 0
end

---@type cli.Verb
return {
	summary = "Start no further runs and wait until none is running",
	arguments = {},
	options = {
		{ name = "wait", help = "wait until no run is running" },
		{ name = "timeout", argument = "TIME", type = "duration",
			help = "how long to wait" },
		{ name = "stop", help = "then stop the server (with --wait)" },
	},
	examples = { { "tidemill drain --wait --stop",
		"before the machine is restarted" } },
	run = drain,
}
