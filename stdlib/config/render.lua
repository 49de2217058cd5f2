--- The files of a project, rendered and checked.

local layers = require("config.layers")
local paths = require("config.path")
local projects = require("config.project")

local render = {}

local RENDERED <const> = "rendered" --- what readers name the rendered text

---@class config.Rendered
---@field to string with ${root} and the others filled in
---@field text string
---@field template string
---@field mode? string
---@field owner? string
---@field check? string
---@field reload? string
---@field health? { url?: string, command?: string, within?: string }
---@field file config.File as config.lua has it
---@field masked string the text with all that comes of secrets hidden
---@field map template.Map
---@field dir string of the project

--- What templates see: the values, and env and host.
local function context(values, options)
	local seen = {}

	for key, value in pairs(values.value) do seen[key] = value end
	seen.env = seen.env or options.env
	seen.host = seen.host or options.host
	return seen
end

--- Where a file goes: ${env}, ${host}, ${root} or a value, ${app.name}.
local function place_of(self, file, values, options)
	local known = { env = options.env, host = options.host,
		root = options.root or "" }
	local to, missing = projects.fill(file.to, setmetatable(known, {
		__index = function(_, name)
			local value = paths.get(values.value,
				paths.parse(name))
			return type(value) ~= "table" and value ~= nil
				and tostring(value) or nil
		end }))

	if to then return to end
	local option = missing == "env" or missing == "host"
	error({ code = "invalid", usage = option or nil, message =
		("%s: '%s' needs %s"):format(self.file, file.to, option
		and "--" .. missing or ("a value '%s'"):format(missing)) }, 0)
end

--- The line `number` of a text.
local function line_of(text, number)
	local at = 0

	for content in (text .. "\n"):gmatch("(.-)\n") do
		at = at + 1
		if at == number then return content end
	end
	return nil
end

--- Is something of this line hidden?
local function hides(result, number)
	return line_of(result.masked, number) ~= line_of(result.text, number)
end

--- May a message that shows this value of the document show a secret?
local function may_show(result, value, line)
	local text = line and line_of(result.text, line)

	if text and (type(value) ~= "table") and text:find(tostring(value), 1,
		true) then
		return hides(result, line)
	end
	return result.masked ~= result.text
end

--- A broken document is told at the line of the template and of the layer, and
--- the line of the rendered text is shown with secrets hidden.
local function check_format(file, result, values)
	local files, spot = require("config.files"), require("config.spot")
	local format = file.format or files.format(file.to)

	if not format or (not file.format and format == "ini") then return end
	local ok, problem = pcall(files.parse, result.text, format, RENDERED)
	if ok then return problem end
	local lines = spot.lines(problem.message)
	local place, note, line = spot.text(result, lines, values)
	local shown = line and line_of(result.masked, line)
	local what = problem.message:gsub("^rendered:(%d+)", "line %1")
		:gsub("^rendered: ", "")
	for _, at in ipairs(lines) do
		if hides(result, at.line) or hides(result, at.line - 1) then
			-- what is quoted may be a part of a secret
			what = what:gsub("'[^'\n]*%w[^'\n]*'", "'"
				.. layers.HIDDEN .. "'")
		end
	end
	error({ code = "invalid", message = ("%s: the rendered %s is broken:"
		.. " %s%s%s"):format(place, format, layers.hide(values, what),
		note, shown and ("\n    %d | %s"):format(line, shown)
		or "") }, 0)
end

local function read_schema(self, name)
	return require("config.schema").read(require("path").join(self.dir,
		name), name)
end

--- The rendered text against the file's own schema.
local function check_schema(self, file, document, result, values)
	if not file.schema then return end
	local judge = require("config.judge")
	if not document then
		error({ code = "invalid", message = ("%s: '%s' has a schema,"
			.. " so its 'format' must be known"):format(self.file,
			file.to) }, 0)
	end
	local found = judge.document(read_schema(self, file.schema), document,
		function(value, line) return may_show(result, value, line) end)
	for _, one in ipairs(found) do
		local line = one.line
		local name, at, note = require("config.spot").find(result,
			line, values)
		one.file, one.line = name, at
		one.message = ("%s%s%s"):format(layers.hide(values,
			one.message), line and (" at line %d of the rendered"
			.. " text"):format(line) or "", note
			and (" (%s)"):format(note) or "")
	end
	judge.demand(found, ("the rendered %s does not fit %s"):format(
		file.template, file.schema))
end

--- What was computed from secrets is hidden from now on, wherever it shows.
local function learn(values, result)
	local former = require("config.former")
	local masked = result.map:masked(layers.HIDDEN)

	for _, text in ipairs(former.secrets(result.text, masked) or {}) do
		if not values.derived[text] then
			values.derived[text] = true
			values.derived[#values.derived + 1] = text
		end
	end
	layers.learn(values, values.derived)
	result.masked = layers.hide(values, masked)
	local scope = require("run.scope").current()
	if scope and scope.run and #values.derived > 0 then
		require("run.masking").learn(scope.run, values.derived)
	end
end

local function one(self, file, values, options)
	local path = require("path")
	local names = {}
	for name in pairs(values.secrets) do names[#names + 1] = name end
	local ok, text, map = pcall(require("template").render_file,
		path.join(self.dir, file.template), context(values, options),
		{ name = file.template, keep_trailing_newline = true,
			trim_blocks = true, lstrip_blocks = true,
			map = true, secrets = names,
			search = { path.dir(path.join(self.dir, file.template)),
				self.dir } })

	if not ok then
		error({ code = text.code or "invalid", message = layers.hide(
			values, tostring(text.message or text)) }, 0)
	end
	local result = { text = text, template = file.template, map = map,
		dir = self.dir, mode = file.mode, owner = file.owner,
		check = file.check, reload = file.reload,
		health = file.health, file = file }
	learn(values, result)
	check_schema(self, file, check_format(file, result, values), result,
		values)
	result.to = place_of(self, file, values, options)
	return result
end

--- Renders every file. Raises with what is wrong, where, and no secret in it.
---@param self config.Project
---@param options config.Options
---@return config.Rendered[]
---@return config.Values
function render.all(self, options)
	local values = layers.values(self, options)
	local rendered, seen = {}, {}

	if self.schema then
		local judge = require("config.judge")
		judge.demand(judge.values(read_schema(self, self.schema),
			values), "the values do not fit " .. self.schema)
	end

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
