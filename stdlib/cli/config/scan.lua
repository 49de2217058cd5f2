--- tidemill config scan: values that cannot be meant so.

local options = require("config.options")

--- The layers of every environment, or the files that were named.
local function documents(call)
	local files, found, seen = require("config.files"), {}, {}

	for _, file in ipairs(call.args) do
		found[#found + 1] = files.read(file)
	end
	if #found > 0 then return found end
	local project, given = options.open(call)
	local environments = given.env and { given.env }
		or project.environments
	for i = 1, math.max(1, #environments) do
		given.env = environments[i]
		for _, layer in ipairs((require("config.layers").files(project,
			given))) do
			if not seen[layer.file] then
				seen[layer.file] = true
				found[#found + 1] = layer
			end
		end
	end
	return found
end

---@type cli.Verb
return {
	summary = "find values that cannot be meant so",
	description = "Placeholders that were not filled in, blanks at the end,"
		.. " quotes that do not match, broken URLs, ports, networks,"
		.. " amounts and schedules: what is wrong beyond doubt, at its"
		.. " line. 'plan' and 'apply' refuse it, too. Without FILE:"
		.. " the layers of the project, of all environments.",
	arguments = { { name = "FILE", many = true, optional = true,
		complete = "file", help = "what to look at" } },
	options = options.list(),
	exits = { [0] = "nothing was found", [1] = "something was" },
	examples = { { "tidemill config scan" },
		{ "tidemill config scan values.yaml .env" } },
	run = function(call)
		local judge, hard = require("config.judge"),
			require("config.hard")
		local list, found = documents(call), {}

		for _, document in ipairs(list) do
			for _, one in ipairs(hard.document(document)) do
				found[#found + 1] = one
			end
		end
		if call.json then
			call:print_json(require("json").array(found))
		else
			for _, one in ipairs(found) do
				call:print(judge.text(one))
			end
			if #found == 0 then
				call:print(("nothing was found in %d files")
					:format(#list))
			end
		end
		return #found > 0 and 1 or 0
	end,
}
