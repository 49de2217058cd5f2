--- Policies: Lua functions that refuse or warn of values.

local paths = require("config.path")

local policy = {}

---@class config.Finding
---@field level "deny"|"warn"
---@field message string
---@field path? string
---@field file? string of the layer that set the value
---@field line? integer

--- Where the value at a path was set.
local function origin(values, name)
	local list = name and values.origins[paths.text(paths.parse(name))]

	return list and list[#list] or {}
end

--- Calls the project's policies: a file that returns
--- function(values, deny, warn, context).
---@param project config.Project
---@param values config.Values
---@param options config.Options
---@return config.Finding[]
function policy.check(project, values, options)
	local found = {}

	if not project.policies then return found end
	local file = require("path").join(project.dir, project.policies)
	local judge = require("sandbox").load(require("fs").read(file),
		"@" .. project.policies, { dir = project.dir })
	if type(judge) ~= "function" then
		error({ code = "invalid", message = ("%s: policies are a"
			.. " function(values, deny, warn, context), not a %s")
			:format(project.policies, type(judge)) }, 0)
	end
	local function adder(level)
		return function(message, path)
			local from = origin(values, path)
			found[#found + 1] = { level = level, path = path,
				message = require("config.layers").hide(values,
					tostring(message)),
				file = from.file, line = from.line }
		end
	end
	judge(values.value, adder("deny"), adder("warn"), { env = options.env,
		host = options.host })
	return found
end

--- A finding as a line for people.
---@param finding config.Finding
---@return string
function policy.text(finding)
	local place = finding.file and (finding.line and ("%s:%d: "):format(
		finding.file, finding.line) or finding.file .. ": ") or ""

	return ("%s%s%s"):format(place, finding.path and finding.path .. ": "
		or "", finding.message)
end

return policy
