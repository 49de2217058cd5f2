--- Why a value is what it is: the layers that set it, the winner first.

local layers = require("config.layers")
local paths = require("config.path")

---@class config.Explanation
---@field path string
---@field value any
---@field origins config.Origin[] the winner first
---@field list? string|table how lists are merged there

local function nearest(values, name)
	local known = {}

	for path in pairs(values.origins) do known[#known + 1] = path end
	local near = require("nearest")(name, known)
	return near and (" (did you mean '%s'?)"):format(near) or ""
end

--- Explains a value of a project. Raises `not_found` with the nearest name.
---@param project config.Project
---@param name string
---@param options config.Options
---@return config.Explanation
return function(project, name, options)
	local values = layers.values(project, layers.hiding(options))
	local keys = paths.parse(name)
	local path = paths.text(keys)
	local list = values.origins[path]

	if not list then
		error({ code = "not_found", message = ("there is no value '%s'%s")
			:format(name, nearest(values, path)) }, 0)
	end
	local origins = {}
	for i = #list, 1, -1 do
		local origin = list[i]
		origins[#origins + 1] = { layer = origin.layer,
			file = origin.file, line = origin.line,
			value = layers.shown(values, origin.value) }
	end
	return { path = path, origins = origins, list = project.lists[path],
		value = layers.shown(values, paths.get(values.value, keys)) }
end
