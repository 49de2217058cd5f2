--- tidemill config apply: put the configuration in force, or leave the old one.

local options = require("config.options")

local function read_plan(file)
	local ok, packed = pcall(require("json").decode,
		require("fs").read(file))

	if ok and type(packed) == "table" and packed.format
		== "tidemill plan 1" then
		return packed
	end
	error({ code = "invalid", message = ("%s: this is no plan that"
		.. " 'tidemill config plan --out' wrote"):format(file) }, 0)
end

--- The project and options of a plan are those it was made with.
local function open(call)
	local file = call.args[1]

	if not file then return options.open(call) end
	for _, name in ipairs { "env", "host", "set", "root", "project" } do
		if call.options[name] then
			call:misused("a plan says --%s itself", name)
		end
	end
	local packed = read_plan(file)
	return require("config.project").open(packed.project), {
		env = packed.env, host = packed.host, root = packed.root,
		set = packed.set }, packed
end

local function say(call, changes, version)
	local count = 0

	for _, change in ipairs(changes) do
		if change.changed then
			count = count + 1
			if version then call:say("wrote " .. change.to) end
		end
	end
	if call.json then
		call:print_json { changed = count, version = version }
	elseif version then
		call:print(("version %d is in force"):format(version))
	else
		call:print(count == 0 and "nothing to do"
			or ("%d files would change"):format(count))
	end
	return count
end

---@type cli.Verb
return {
	summary = "put the configuration in force, or leave the old one",
	description = [[
Renders, asks policies and checks, writes each changed file at once or not at
all, reloads once for each command, and waits until what changed is healthy.
When any of it fails, also by a kill at any instant, the former files come back
(after a kill: by the next apply, rollback or drift --repair). Without changes
nothing is written and nothing reloaded.]],
	arguments = { { name = "PLAN", optional = true, complete = "file",
		help = "do this plan, and nothing else" } },
	options = options.list {
		{ name = "root", argument = "DIR", complete = "dir",
			help = "what ${root} is in the files' places" },
		{ name = "no-scan", help = "do not look for unusual values" },
		{ name = "check", help = "change nothing; say whether there is"
			.. " something to do" },
	},
	exits = { [0] = "in force, or nothing to do",
		[1] = "it failed and was undone; --check: something to do",
		[7] = "a policy, a check or an old plan refuses" },
	examples = {
		{ "tidemill config apply --env prod" },
		{ "tidemill config apply prod.plan", "exactly that" },
		{ "tidemill config apply --env prod --check" },
	},
	run = function(call)
		local versions = require("config.versions")
		local plan, apply = require("config.plan"),
			require("config.apply")
		local project, given, packed = open(call)
		local target = versions.target(given)
		local db = not call.options.check and call:store("write") or nil
		local repaired = db and apply.repair(db, call.home, project.dir,
			target)

		if repaired then call:say(repaired) end
		local changes, values = plan.make(project, given)
		options.warn(call, values)
		if not packed then
			require("config.scan.ahead").warn(call, project, given)
		end
		if packed then
			local last = versions.find(call:store("write"),
				project.dir, target)
			plan.verify(packed, changes, last and last.version)
		end
		if not db then return say(call, changes) > 0 and 1 or 0 end
		local ok, version = pcall(apply.all, db, call.home,
			{ project = project.dir, target = target,
				values = values,
				hide = require("config.former").hider(db,
					call.home, project.dir, target, values)
				}, changes)
		if not ok then
			version.message = require("config.layers").hide(values,
				tostring(version.message))
			error(version, 0)
		end
		say(call, changes, version)
		return 0
	end,
}
