--- A configuration project: the file config.lua, read and checked.

local problem = require("recipe.problem")
local shape = require("recipe.shape")

local project = {}

---@class config.File
---@field template string path in the project
---@field to string where it goes; ${env}, ${host}, ${root} are filled in
---@field mode? string octal
---@field owner? string user:group
---@field format? string of the rendered text
---@field schema? string
---@field check? string command; {file} is the staged file, {root} its tree
---@field reload? string command, run after a change
---@field health? { url?: string, command?: string, within?: string }
---@field live? { url: string, values?: string[] } where the program says it

---@class config.Project
---@field dir string
---@field name string
---@field environments string[]
---@field hosts string[]
---@field layers string[]
---@field lists table<string, string|{ by: string }>
---@field secrets table<string, string>
---@field schema? string
---@field policies? string
---@field files config.File[]

local strategy = shape.by_type({
	string = shape.one_of("replace", "append", "prepend", "unique"),
	table = shape.record { by = shape.string } },
	"replace, append, prepend, unique or { by = \"name\" }")

local function mode(value, path, place)
	if type(value) ~= "string" or not value:find("^0?[0-7][0-7][0-7]$") then
		problem.raise(place, path, "%s wants an octal mode such as"
			.. " \"0644\", not %s", path, problem.describe(value))
	end
end

local function owner(value, path, place)
	if type(value) ~= "string" or not value:find("^[%w_.-]*:?[%w_.-]*$")
		or value == "" or value == ":" then
		problem.raise(place, path, "%s wants \"user:group\", not %s",
			path, problem.describe(value))
	end
end

local KEYS <const> = {
	name = shape.string,
	environments = shape.list(shape.string),
	hosts = shape.list(shape.string),
	layers = shape.list(shape.string),
	lists = shape.map(strategy),
	secrets = shape.map(shape.string),
	schema = shape.string,
	policies = shape.string,
	files = shape.list(shape.record {
		template = shape.string, to = shape.string, mode = mode,
		owner = owner, schema = shape.string,
		format = shape.one_of(table.unpack(
			require("config.files").FORMATS)),
		check = shape.string, reload = shape.string,
		health = shape.record { url = shape.string,
			command = shape.string, within = shape.duration },
		live = shape.record { url = shape.string,
			values = shape.list(shape.string) } }),
}
local check = shape.record(KEYS)

local function list(value)
	if value == nil then return {} end
	return type(value) == "table" and value or { value }
end

local function check_files(given, place)
	for i, file in ipairs(given) do
		local path = "files." .. i
		if type(file) ~= "table" then
			problem.raise(place, path, "%s wants a table", path)
		end
		for _, key in ipairs { "template", "to" } do
			if not file[key] then
				problem.raise(place, path, "%s lacks '%s'",
					path, key)
			end
		end
		if file.health and not file.health.url
			and not file.health.command then
			problem.raise(place, path .. ".health", "%s.health"
				.. " wants 'url' or 'command'", path)
		end
		if file.live and not file.live.url then
			problem.raise(place, path .. ".live", "%s.live lacks"
				.. " 'url'", path)
		end
	end
end

--- Reads the project in `dir`, or the file itself. Raises `invalid` with file
--- and line, `not_found`.
---@param where? string ["."]
---@return config.Project
function project.open(where)
	local fs, path = require("fs"), require("path")
	local file = where or "."

	if fs.exists(file) and fs.stat(fs.real(file)).kind == "dir" then
		file = path.join(file, "config.lua")
	end
	if not fs.exists(file) then
		error({ code = "not_found", message = ("there is no '%s': a"
			.. " configuration project has a config.lua"):format(
			file), advice = "docs/config.md shows one." }, 0)
	end
	local text = fs.read(file)
	local place = { file = file, text = text, what = "the project" }
	local given = require("sandbox").load(text, "@" .. file,
		{ dir = path.dir(file) })
	if type(given) ~= "table" then
		problem.raise(place, "", "config.lua returns a table, not %s",
			problem.describe(given))
	end
	check(given, "", place)
	local files = given.files and (given.files.template and { given.files }
		or given.files) or {}
	check_files(files, place)
	local dir = path.dir(fs.real(file))
	return { dir = dir, file = file, name = given.name
			or path.base(dir), place = place,
		environments = list(given.environments),
		hosts = list(given.hosts), layers = list(given.layers),
		lists = given.lists or {}, secrets = given.secrets or {},
		schema = given.schema, policies = given.policies,
		files = files }
end

--- Refuses an environment or host that the project does not name.
---@param self config.Project
---@param options { env?: string, host?: string }
function project.check(self, options)
	for key, known in pairs { env = self.environments, host = self.hosts } do
		local value, found = options[key], false
		for _, name in ipairs(known) do found = found or name == value end
		if value and #known > 0 and not found then
			local near = require("nearest")(value, known)
			error({ code = "not_found", message =
				("%s names no %s '%s'%s; there are: %s"):format(
				self.file, key == "env" and "environment"
				or "host", value, near
				and (" (did you mean '%s'?)"):format(near)
				or "", table.concat(known, ", ")) }, 0)
		end
	end
end

--- Fills ${env}, ${host} and ${root} in; nil when one of them is not given.
---@param text string
---@param options table<string, string?>
---@return string?
---@return string? missing
function project.fill(text, options)
	local missing
	local filled = text:gsub("%${([%w_.-]+)}", function(name)
		if options[name] then return options[name] end
		missing = missing or name
	end)

	if missing then return nil, missing end
	return filled
end

return project
