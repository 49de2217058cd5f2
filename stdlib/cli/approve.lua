--- tidemill approve: what waits for people, and saying yes.

local approvals = require("approvals")

local function list(call)
	local rows = approvals.open(call:store("read"))

	if call.json then
		local json = require("json")
		for _, row in ipairs(rows) do
			row.reasons = json.array(row.reasons)
		end
		call:print_json(json.array(rows))
		return 0
	end
	if #rows == 0 then
		call:print("nothing waits for an approval")
		return 0
	end
	local time, lines = require("time"), {}
	for i, row in ipairs(rows) do
		lines[i] = { "a" .. row.id, tostring(row.run), row.run_name,
			row.question .. (#row.reasons > 0 and " ("
			.. table.concat(row.reasons, "; ") .. ")" or ""),
			time.format(row.asked), row.expires
				and time.format(row.expires) or "-" }
	end
	call:table({ { title = "ID" }, { title = "RUN" }, { title = "RECIPE" },
		{ title = "QUESTION" }, { title = "ASKED" },
		{ title = "EXPIRES" } }, lines)
	return 0
end

---@type cli.Verb
return {
	summary = "let a run go on that waits for an approval",
	description = "Your name and the comment are recorded, and ctx:approve"
		.. " returns them. Without ID: what waits for an approval.",
	arguments = {
		{ name = "ID", optional = true,
			help = "the question's number, such as a7" },
	},
	options = {
		{ name = "comment", short = "c", argument = "TEXT",
			help = "what you want to be remembered" },
		{ name = "quiet", short = "q", help = "print nothing" },
	},
	examples = {
		{ "tidemill approve", "what waits" },
		{ "tidemill approve a7 -c 'tested by hand'" },
	},
	run = function(call)
		if not call.args[1] then return list(call) end
		return require("run.decide")(call, "approved")
	end,
}
