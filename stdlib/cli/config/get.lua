--- tidemill config get: one value, or all.

local options = require("config.options")

---@type cli.Verb
return {
	summary = "print a value after all layers",
	description = "Secrets are shown as ***.",
	arguments = { { name = "PATH", optional = true,
		help = "such as db.pool; all values without it" } },
	options = options.list(),
	exits = { [3] = "there is no such value" },
	examples = { { "tidemill config get db.pool --env prod" } },
	run = function(call)
		local layers = require("config.layers")
		local paths = require("config.path")
		local project, given = options.open(call)
		local values = layers.values(project, layers.hiding(given))
		local name = call.args[1]
		local value = values.value

		options.warn(call, values)
		if name then
			value = require("config.explain")(project, name,
				given).value
			if value == nil then
				error({ code = "not_found", message =
					("'%s' was removed by a layer"):format(
					paths.text(paths.parse(name))) }, 0)
			end
		else
			value = layers.shown(values, value)
		end
		if call.json then
			call:print_json(value)
		elseif type(value) == "table" then
			call:write(require("yaml").write(value))
		else
			call:print(tostring(value))
		end
		return 0
	end,
}
