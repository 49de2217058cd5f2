--- tidemill config set: one value of one layer, with its comments kept.

local options = require("config.options")

--- What a word of the command line says: JSON if it is, else a string.
local function read_value(word)
	local ok, value = pcall(require("json").decode, word)

	return ok and value or word
end

---@type cli.Verb
return {
	summary = "change a value in the file of a layer",
	description = [[
Without --layer it is changed where it was set last; a new value goes into the
last layer of the environment (or host). Only its line changes: comments, order
and quotes stay. A value that is JSON keeps its type: 8 is a number, '"8"' a
string.]],
	arguments = { { name = "PATH", help = "such as db.pool" },
		{ name = "VALUE", help = "JSON, else a string" } },
	options = options.list {
		{ name = "layer", argument = "NAME", help = "the layer's file,"
			.. " as config.lua or explain names it, or a part of it" },
	},
	examples = {
		{ "tidemill config set db.pool 50 --env prod" },
		{ "tidemill config set db.pool 5 --layer base.yaml" },
	},
	run = function(call)
		local project, given = options.open(call)
		local done = require("config.change")(project, call.args[1],
			read_value(call.args[2]), call.options.layer, given)

		if call.json then
			call:print_json(done)
		elseif not done.changed then
			call:print(("%s says so already"):format(done.file))
		else
			call:print(("%s: %s is changed"):format(done.file,
				done.path))
		end
		for _, layer in ipairs(done.hidden_by) do
			call:say(("tidemill: %s sets it, too, and wins"):format(
				layer))
		end
		return 0
	end,
}
