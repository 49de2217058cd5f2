--- tidemill config explain: which layer set a value, and what it replaced.

local options = require("config.options")

local function short(value)
	local text = value == require("json").null and "(removed)"
		or type(value) == "string" and value
		or require("json").encode(value)

	return #text > 60 and text:sub(1, 57) .. "..." or text
end

local function place(origin)
	if not origin.file then return origin.layer end
	return origin.file .. (origin.line and ":" .. origin.line or "")
end

---@type cli.Verb
return {
	summary = "say which layer set a value, and what it replaced",
	arguments = { { name = "PATH", help = "such as db.pool" } },
	options = options.list(),
	exits = { [3] = "there is no such value" },
	examples = { { "tidemill config explain db.pool --env prod" } },
	run = function(call)
		local project, given = options.open(call)
		local answer = require("config.explain")(project, call.args[1],
			given)

		if call.json then
			answer.origins = require("json").array(answer.origins)
			call:print_json(answer)
			return 0
		end
		call:print(("%s = %s"):format(answer.path, short(answer.value)))
		for i, origin in ipairs(answer.origins) do
			call:print(("  %s %s: %s"):format(i == 1 and "set by"
				or "over  ", place(origin), short(origin.value)))
		end
		if answer.list then
			call:print("  lists there: " .. (type(answer.list)
				== "table" and "merged by " .. answer.list.by
				or answer.list))
		end
		return 0
	end,
}
