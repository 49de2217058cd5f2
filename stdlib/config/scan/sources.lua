--- Which files are a configuration, and which environment each is of.

local sources = {}

---@class config.Source
---@field file string as people know it
---@field path string where it is
---@field environment string "base" for what all have

local function stem(name)
	local base = name:match("([^/]+)$"):gsub("%.%w+$", "")

	return (base:gsub("^values[%-_.]", ""):gsub("^%.?env%.", ""))
end

local function folder(name)
	return name:match("([^/]+)/[^/]+$")
end

--- Files of one name in several folders are told apart by their folders:
--- "dev/values.yaml", "prod/values.yaml".
local function name_environments(found)
	local count = {}

	for _, source in ipairs(found) do
		local name = source.file:match("([^/]+)$")
		count[name] = (count[name] or 0) + 1
	end
	for _, source in ipairs(found) do
		local name = source.file:match("([^/]+)$")
		source.environment = count[name] > 1 and folder(source.file)
			or stem(source.file)
	end
	return found
end

local SKIPPED <const> = { ["config.lua"] = true, ["package.json"] = true,
	["package-lock.json"] = true, ["Chart.yaml"] = true }

--- The configuration files of a folder and those below it.
---@param dir string
---@return config.Source[]
function sources.folder(dir)
	local fs, files = require("fs"), require("config.files")
	local found, path = {}, require("path")

	for _, name in ipairs(fs.glob({ "**/*" }, dir)) do
		local base = name:match("([^/]+)$")
		if files.format(name) and not SKIPPED[base]
			and not base:find("schema", 1, true)
			and fs.stat(path.join(dir, name)).kind == "file" then
			found[#found + 1] = { file = name,
				path = path.join(dir, name) }
		end
	end
	table.sort(found, function(a, b) return a.file < b.file end)
	return name_environments(found)
end

--- The layers of a project, of all its environments.
---@param project config.Project
---@param given config.Options
---@return config.Source[]
function sources.project(project, given)
	local layers, path = require("config.layers"), require("path")
	local found, by, count = {}, {}, math.max(1, #project.environments)
	local environment = given.env

	for i = 1, count do
		given.env = project.environments[i]
		for _, layer in ipairs((layers.files(project, given))) do
			local source = by[layer.file]
			if source then
				source.environment = "base"
			else
				source = { file = layer.file,
					environment = given.env or "base",
					path = path.join(project.dir,
						layer.file) }
				by[layer.file] = source
				found[#found + 1] = source
			end
		end
	end
	given.env = environment
	return found
end

return sources
