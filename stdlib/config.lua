--- Configuration as code: layers become values, templates become files, and
--- what is applied is checked, reversible and watched.
---
---     local config = require("config")
---     local project = config.open("deploy")
---     print(config.get(project, "db.pool", { env = "prod" }))

local config = {}

---@class config.Rendering
---@field values table
---@field secrets table<string, string>
---@field files config.Rendered[]
---@field warnings string[]
---@field hide fun(text: string): string

--- Opens the project in a directory (its config.lua).
---@param where? string ["."]
---@return config.Project
function config.open(where)
	return require("config.project").open(where)
end

--- Returns all values of a project, merged.
---@param project config.Project
---@param options? config.Options
---@return table
function config.values(project, options)
	return require("config.layers").values(project, options or {}).value
end

--- Returns one value, nil when there is none.
---@param project config.Project
---@param name string "db.pool"
---@param options? config.Options
---@return any
function config.get(project, name, options)
	return require("config.path").get(config.values(project, options),
		require("config.path").parse(name))
end

--- Returns which layers set a value, the winner first.
---@param project config.Project
---@param name string
---@param options? config.Options
---@return config.Explanation
function config.explain(project, name, options)
	return require("config.explain")(project, name, options or {})
end

--- Renders all files and checks them. `values` and `secrets` (by path) are what
--- the layers say; hide() hides the secrets in a text.
---@param project config.Project
---@param options? config.Options
---@return config.Rendering
function config.render(project, options)
	local files, values = require("config.render").all(project,
		options or {})

	return { files = files, values = values.value,
		secrets = values.secrets, warnings = values.warnings,
		hide = function(text)
			return require("config.layers").hide(values, text)
		end }
end

--- Returns what is live, against what was applied last: files, and programs
--- that say it over HTTP. Nothing was applied yet: an empty list.
---@async
---@param project config.Project
---@param options? config.Options
---@return config.Drift[] found
---@return integer drifted how many are not as they were applied
function config.drift(project, options)
	local home = require("store").home()
	local db = require("store").open { home = home, readonly = true }
	local drift = require("config.drift")
	local ok, found = pcall(drift.find, db, home, project, options or {})

	if not ok then
		if type(found) == "table" and found.code == "not_found" then
			return {}, 0
		end
		error(found, 0)
	end
	return found, drift.count(found)
end

return config
