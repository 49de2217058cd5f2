--- tidemill config rollback: a former version is put in force again.

local options = require("config.options")

local function list(call, rows)
	if call.json then
		call:print_json(require("json").array(rows))
		return 0
	end
	local time, lines = require("time"), {}
	for i, row in ipairs(rows) do
		lines[i] = { tostring(row.version), row.state,
			time.format(row.started), row.applied_by or "-",
			(row.note or ""):match("^[^\n]*") }
	end
	call:table({ { title = "VERSION" }, { title = "STATE" },
		{ title = "STARTED" }, { title = "BY" }, { title = "NOTE" } },
		lines)
	return 0
end

--- The version that was asked for; without --to the one before the last.
local function choose(call, db, project, target)
	local versions = require("config.versions")
	local wanted = call.options.to
	local last = versions.find(db, project.dir, target)
	local row

	if wanted then
		row = versions.find(db, project.dir, target, wanted)
	elseif last then
		for _, other in ipairs(versions.list(db, project.dir, target)) do
			if not row and other.state == "applied"
				and other.version < last.version then
				row = other
			end
		end
	end
	if row then return row end
	error({ code = "not_found", message = wanted
		and ("version %d was never in force; --list shows which were")
		:format(wanted) or "there is no former version" }, 0)
end

---@type cli.Verb
return {
	summary = "put a former version in force again",
	description = "Every version that was applied is kept (the last 50). The"
		.. " former content is checked, written and reloaded as by"
		.. " apply, and becomes a new version.",
	options = options.list {
		{ name = "root", argument = "DIR", complete = "dir",
			help = "what ${root} is in the files' places" },
		{ name = "to", argument = "N", type = "integer",
			help = "this version [the one before the last]" },
		{ name = "list", help = "show the versions" },
	},
	exits = { [3] = "there is no such version" },
	examples = {
		{ "tidemill config rollback --env prod --list" },
		{ "tidemill config rollback --env prod --to 3" },
	},
	run = function(call)
		local versions, drift = require("config.versions"),
			require("config.drift")
		local project, given = options.open(call)
		local target = versions.target(given)

		if call.options.list then
			return list(call, versions.list(call:store("write"),
				project.dir, target))
		end
		local db = call:store("write")
		local apply = require("config.apply")
		local text = apply.repair(db, call.home, project.dir, target)
		if text then call:say(text) end
		local row = choose(call, db, project, target)
		local changes = drift.changes(call.home, project, given,
			versions.files(db, row.id))
		-- secrets of today may not even be there: those of the kept
		-- versions are what these files hold
		local layers = require("config.layers")
		local hide = require("config.former").hider(db, call.home,
			project.dir, target, layers.values(project,
				layers.hiding(given)))
		require("config.plan").validate(changes, hide)
		local version = apply.all(db, call.home, { project =
			project.dir, target = target, hide = hide,
			note = "rollback to " .. row.version }, changes)
		if call.json then
			call:print_json { version = version, of = row.version }
		else
			call:print(version and ("version %d is in force, as"
				.. " version %d was"):format(version,
				row.version) or "nothing to do")
		end
		return 0
	end,
}
