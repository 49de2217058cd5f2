--- tidemill config: layers, templates, plans and what is in force.

local SUBVERBS <const> = { "apply", "diff", "drift", "explain", "get", "plan",
	"render", "rollback", "scan", "schema", "set" }

local subverbs = {}
for _, name in ipairs(SUBVERBS) do
	subverbs[name] = require("cli.config." .. name)
end

---@type cli.Verb
return {
	summary = "render, check and explain configuration",
	description = "A project is a directory with a config.lua, which names"
		.. " its layers, templates and files; docs/config.md shows one.",
	examples = {
		{ "tidemill config render --env prod" },
		{ "tidemill config explain db.pool --env prod",
			"which layer set it" },
	},
	subverbs = subverbs,
}
