--- A value changed in the file of one of a project's layers.

local layers = require("config.layers")
local paths = require("config.path")

--- The layers' files that are read for these options, in order.
local function files_of(project, options)
	local found = {}

	for _, layer in ipairs(layers.files(project, options)) do
		found[#found + 1] = layer.name
	end
	return found
end

local function choose(project, wanted, found)
	local match

	for _, name in ipairs(found) do
		if name == wanted then return name end
		if name:find(wanted, 1, true) then match = match or name end
	end
	if match then return match end
	error({ code = "not_found", message = ("%s: no layer '%s' is read,"
		.. " only %s"):format(project.file, wanted,
		table.concat(found, ", ")) }, 0)
end

--- The files that set the value, the winner first.
local function setters(project, path, options)
	local values = layers.values(project, options)
	local list, found = values.origins[path] or {}, {}

	for i = #list, 1, -1 do
		if list[i].file then found[#found + 1] = list[i].file end
	end
	return found
end

--- Sets a value; see `tidemill config set`.
---@param project config.Project
---@param name string
---@param value any
---@param layer? string
---@param options config.Options
---@return { file: string, path: string, changed: boolean, hidden_by: string[] }
return function(project, name, value, layer, options)
	local fs = require("fs")
	local keys = paths.parse(name)
	local path = paths.text(keys)

	options = { env = options.env, host = options.host, secrets = false }
	if project.secrets[path] then
		error({ code = "invalid", message = ("%s: '%s' is a secret:"
			.. " its value is in no layer"):format(project.file,
			path) }, 0)
	end
	local found = files_of(project, options)
	if #found == 0 then
		error({ code = "invalid", message = ("%s names no layer whose"
			.. " file is there"):format(project.file) }, 0)
	end
	local setting = setters(project, path, options)
	local target = layer and choose(project, layer, found)
		or setting[1] or found[#found]
	local file = require("path").join(project.dir, target)
	local text = fs.read(file)
	local new = require("config.edit").set(text, require("config.files")
		.format(target), target, keys, value)
	if new ~= text then
		fs.write(file, new, fs.stat(file).mode & 511)
	end
	local hidden, at = {}, 0
	for i, other in ipairs(found) do
		if other == target then at = i end
	end
	for _, other in ipairs(setting) do
		for i = at + 1, #found do
			if found[i] == other then hidden[#hidden + 1] = other end
		end
	end
	return { file = target, path = path, changed = new ~= text,
		hidden_by = require("json").array(hidden) }
end
