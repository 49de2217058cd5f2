--- tidemill config drift: is what was applied still in force?

local options = require("config.options")

local WORDS <const> = { changed = "changed by somebody else",
	missing = "is gone", pending = "is wanted otherwise now" }

local function repair(call, db, project, given, version, hide)
	local versions, drift = require("config.versions"),
		require("config.drift")
	local changes = drift.changes(call.home, project, given,
		versions.files(db, version.id))
	local new = require("config.apply").all(db, call.home,
		{ project = project.dir, target = versions.target(given),
			note = "repaired drift", hide = hide }, changes)

	call:say(("repaired: version %d is in force, as version %d was")
		:format(new, version.version))
end

local function print_found(call, found)
	for _, entry in ipairs(found) do
		if not call.json and entry.state ~= "same" then
			call:print(("%s %s"):format(entry.path, entry.why
				and "cannot be asked: " .. entry.why
				or WORDS[entry.state]))
			if entry.diff then
				call:write(require("config.paint")(entry.diff,
					call.paint))
			end
		end
	end
	return require("config.drift").count(found)
end

---@type cli.Verb
return {
	summary = "compare the live files with what was applied last",
	description = "Three ways: what is live, what was applied, what would be"
		.. " applied now. --repair puts what was applied back in force.",
	options = options.list {
		{ name = "root", argument = "DIR", complete = "dir",
			help = "what ${root} is in the files' places" },
		{ name = "repair", help = "put back what was applied" },
	},
	exits = { [0] = "no drift, or it was repaired", [1] = "drift",
		[3] = "nothing was applied yet" },
	examples = { { "tidemill config drift --env prod --repair" } },
	run = function(call)
		local project, given = options.open(call)
		local db = call:store("write")
		local target = require("config.versions").target(given)

		if call.options.repair then
			local text = require("config.apply").repair(db,
				call.home, project.dir, target)
			if text then call:say(text) end
		end
		local found, version, hide = require("config.drift").find(db,
			call.home, project, given)
		local drifted = print_found(call, found)
		if call.json then
			call:print_json { version = version.version,
				drifted = drifted,
				files = require("json").array(found) }
		elseif drifted == 0 then
			call:print(("no drift: version %d is in force"):format(
				version.version))
		end
		if drifted == 0 then return 0 end
		if not call.options.repair then return 1 end
		repair(call, db, project, given, version, hide)
		return 0
	end,
}
