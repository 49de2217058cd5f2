--- tidemill audit: who did what by the API, and whether that is all of it.

local function list(call)
	local found = call:store():query([[SELECT * FROM (SELECT id, at, actor,
		action, target, detail FROM audit ORDER BY id DESC LIMIT ?)
		ORDER BY id]], call.options.limit)
	local lines = {}

	if call.json then
		return call:print_json(require("json").array(found))
	end
	for i, row in ipairs(found) do
		lines[i] = { tostring(row.id), require("time").format(row.at),
			row.actor, row.action, row.target or "",
			row.detail or "" }
	end
	call:table({ { title = "ID", right = true }, { title = "WHEN" },
		{ title = "WHO" }, { title = "WHAT" }, { title = "OF" },
		{ title = "DETAIL", shrink = true } }, lines)
end

local function verify(call)
	local count, hash = require("web.audit").verify(call:store())

	if call.json then
		call:print_json(count and { entries = count, hash = hash }
			or { broken = hash })
	elseif count then
		call:print(("%d entries are as they were written; the last hash"
			.. " is %s"):format(count, hash))
	else
		call:say(("tidemill: entry %d of the audit log is missing or"
			.. " was changed"):format(hash))
	end
	return count and 0 or 1
end

---@type cli.Verb
return {
	summary = "Show and check the log of what was done by the API",
	examples = {
		{ "tidemill audit verify", "is it as it was written?" },
	},
	subverbs = {
		ls = {
			summary = "List the latest entries",
			arguments = {},
			options = { { name = "limit", short = "n",
				argument = "N", type = "integer", default = 50,
				help = "how many at most" } },
			run = list,
		},
		verify = {
			summary = "Check the chain of hashes",
			description = "Keep the last hash elsewhere: it shows"
				.. " whether the end was cut off.",
			arguments = {},
			exits = { [1] = "an entry is missing or changed" },
			run = verify,
		},
	},
}
