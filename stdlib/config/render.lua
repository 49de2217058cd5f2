--- The files of a project, rendered and checked.

local layers = require("config.layers")
local projects = require("config.project")

local render = {}

---@class config.Rendered
---@field to string
---@field text string
---@field template string
---@field file config.File

--- What templates see: the values, and env and host.
local function context(values, options)
	local seen = {}

	for key, value in pairs(values.value) do seen[key] = value end
	seen.env = seen.env or options.env
	seen.host = seen.host or options.host
	return seen
end

local function place_of(self, file, options)
	local to, missing = projects.fill(file.to, {
		env = options.env, host = options.host,
		root = options.root or "" })

	if to then return to end
	error({ code = "invalid", usage = true, message =
		("%s: '%s' needs --%s"):format(self.file, file.to, missing) }, 0)
end

--- A broken document is told at the line of the rendered text, and the line
--- itself is shown with secrets hidden.
local function check_format(file, text, values)
	local files = require("config.files")
	local format = file.format or files.format(file.to)

	if not format or (not file.format and format == "ini") then return end
	local ok, problem = pcall(files.parse, text, format, file.template)
	if ok then return problem end
	local line = tonumber(problem.message:match(":(%d+):")
		or problem.message:match("line (%d+)"))
	local at, shown = 0, nil
	for content in (text .. "\n"):gmatch("(.-)\n") do
		at = at + 1
		if at == line then shown = content end
	end
	error({ code = "invalid", message = layers.hide(values,
		("%s: the rendered %s is broken: %s%s"):format(file.template,
		format, problem.message, shown and ("\n    %d | %s"):format(
		line, shown) or "")) }, 0)
end

local function one(self, file, values, options)
	local path = require("path")
	local ok, text = pcall(require("template").render_file,
		path.join(self.dir, file.template), context(values, options),
		{ name = file.template, keep_trailing_newline = true,
			trim_blocks = true, lstrip_blocks = true,
			search = { path.dir(path.join(self.dir, file.template)),
				self.dir } })

	if not ok then
		error({ code = text.code or "invalid", message = layers.hide(
			values, tostring(text.message or text)) }, 0)
	end
	check_format(file, text, values)
	return { to = place_of(self, file, options), text = text,
		template = file.template, file = file }
end

--- Renders every file. Raises with what is wrong, where, and no secret in it.
---@param self config.Project
---@param options config.Options
---@return config.Rendered[]
---@return config.Values
function render.all(self, options)
	local values = layers.values(self, options)
	local rendered, seen = {}, {}

	for i, file in ipairs(self.files) do
		local result = one(self, file, values, options)
		if seen[result.to] then
			error({ code = "invalid", message = ("%s: two templates"
				.. " go to '%s'"):format(self.file, result.to) },
				0)
		end
		seen[result.to] = true
		rendered[i] = result
	end
	return rendered, values
end

return render
