--- The spec: what the server needs to know of a recipe's triggers. Its form is
--- in docs/architecture.md.

local spec = {}

local LISTS <const> = { "branches", "tags", "paths", "authors", "message",
	"names", "recipes", "states" }
local PLAIN <const> = { "kind", "expr", "tz", "jitter", "missed", "max_late",
	"overlap", "every", "quiet", "dedupe", "all", "skip_ci", "params" }

local function trigger_spec(trigger)
	local json = require("json")
	local out = { when = trigger.when ~= nil }

	for _, key in ipairs(PLAIN) do out[key] = trigger[key] end
	for _, key in ipairs(LISTS) do
		if trigger[key] then out[key] = json.array(trigger[key]) end
	end
	if trigger.kind == "run" and not trigger.states then
		out.states = json.array { "passed" }
	end
	return out
end

local function param_spec(declared)
	local out = {}

	for name, one in pairs(declared) do
		local copy = {}
		for key, value in pairs(one) do copy[key] = value end
		if copy.type == "list" and copy.default then
			copy.default = require("json").array(copy.default)
		end
		out[name] = copy
	end
	return out
end

--- Returns the spec of a loaded recipe as a table for json.encode.
---@param recipe recipe.Recipe
---@return table
function spec.of(recipe)
	local json = require("json")
	local list = json.array {}

	for i, trigger in ipairs(recipe.triggers) do
		list[i] = trigger_spec(trigger)
	end
	return { name = recipe.name, priority = recipe.priority,
		timeout = recipe.timeout, on_crash = recipe.on_crash,
		concurrency = recipe.concurrency,
		params = param_spec(recipe.params), triggers = list }
end

return spec
