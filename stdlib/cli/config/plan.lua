--- tidemill config plan, diff: what apply would change.

local options = require("config.options")

---@type cli.Verb
return {
	summary = "show what apply would change, after all checks",
	description = "Renders into a staging tree, asks the policies and each"
		.. " file's own check, and prints the difference with secrets"
		.. " hidden. --out writes a plan that 'apply' does exactly, or"
		.. " refuses when the state is another by then. 'diff' is the"
		.. " same.",
	options = options.list {
		{ name = "root", argument = "DIR", complete = "dir",
			help = "what ${root} is in the files' places" },
		{ name = "no-scan", help = "do not look for unusual values" },
		{ name = "out", short = "o", argument = "FILE",
			complete = "file", help = "write the plan" },
	},
	exits = { [0] = "nothing would change", [1] = "something would",
		[7] = "a policy or check refuses" },
	examples = { { "tidemill config plan --env prod --out prod.plan" } },
	run = function(call)
		local plan, policy = require("config.plan"),
			require("config.policy")
		local json, ahead = require("json"),
			require("config.scan.ahead")
		local project, given = options.open(call)
		local changes, values, findings = plan.make(project, given)
		local count, list = 0, {}
		local versions, db = require("config.versions"),
			call:store("write")
		local target = versions.target(given)
		local last = versions.find(db, project.dir, target)
		local hide = require("config.former").hider(db, call.home,
			project.dir, target, values)

		options.warn(call, values)
		for _, finding in ipairs(findings) do
			call:say("warning: " .. policy.text(finding))
		end
		local unusual = ahead.warn(call, project, given)
		for i, change in ipairs(changes) do
			local diff = change.changed
				and plan.diff(change, hide) or nil
			if diff then
				count = count + 1
				if not call.json then
					call:write(require("config.paint")(diff,
						call.paint))
				end
			end
			list[i] = { to = change.to, changed = change.changed,
				diff = diff, reload = change.changed
				and change.reload or nil }
		end
		if call.options.out then
			require("fs").write(call.options.out, json.encode(
				plan.pack(changes, project, given, last
					and last.version)) .. "\n", 384)
		end
		if call.json then
			call:print_json { changes = count,
				unusual = json.array(unusual), files = json.array(list) }
		else
			call:say(("%d of %d files would change"):format(count,
				#changes))
		end
		return count > 0 and 1 or 0
	end,
}
