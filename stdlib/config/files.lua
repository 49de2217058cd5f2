--- Configuration files: read with the line of every value, by their names.

local files = {}

---@class config.Document
---@field file string as people know it
---@field value any
---@field lines table<string, integer> by JSON pointer
---@field warnings { line: integer, message: string }[]

local FORMATS <const> = { yaml = "yaml", yml = "yaml", json = "json",
	toml = "toml", ini = "ini", cfg = "ini", conf = "ini", env = "dotenv",
	properties = "properties" }

--- The formats, for messages and checks.
files.FORMATS = { "yaml", "json", "toml", "ini", "dotenv", "properties" }

--- Returns the format that a file's name says, or nil.
---@param name string
---@return string?
function files.format(name)
	if name:find("%.env$") or name:find("^%.env") or name:find("/%.env") then
		return "dotenv"
	end
	return FORMATS[(name:match("%.(%w+)$") or ""):lower()]
end

local TWICE <const> = "is in this mapping already"

local readers = {}

function readers.yaml(text, file)
	local value, warnings, lines = require("yaml").read(text, { file = file,
		places = true, ordered = true, warnings = true })

	return value, lines, warnings
end

--- JSON is YAML, too, and its reader knows the lines; what YAML's cannot read
--- (surrogate pairs, very long keys) has none.
function readers.json(text, file)
	local ok, plain = pcall(require("json").decode, text)

	if not ok then
		error({ code = "invalid", message = file .. ": "
			.. plain.message }, 0)
	end
	local read, value, lines = pcall(require("yaml").read, text, {
		file = file, places = true, ordered = true })
	if not read and tostring(value.message):find(TWICE, 1, true) then
		error(value, 0) -- one of the two is not what is meant
	end
	if not read then return plain, {}, {} end
	return value, lines, {}
end

function readers.toml(text, file)
	local value, lines = require("toml").read(text, { file = file,
		places = true, ordered = true })

	return value, lines, {}
end

function readers.ini(text, file)
	local value, lines = require("ini").read(text, { file = file,
		places = true, ordered = true })

	return value, lines, {}
end

function readers.dotenv(text, file)
	return require("config.flat").dotenv(text, file)
end

function readers.properties(text, file)
	return require("config.flat").properties(text, file)
end

--- Reads a text in `format`. Raises `invalid` with file and line.
---@param text string
---@param format string
---@param file string
---@return config.Document
function files.parse(text, format, file)
	local value, lines, warnings = readers[format](text, file)

	return { file = file, value = value, lines = lines,
		warnings = warnings or {} }
end

--- Reads a file; its name says the format.
---@param path string
---@param shown? string how messages name it [path]
---@return config.Document
function files.read(path, shown)
	local format = files.format(path)

	shown = shown or path
	if not format then
		error({ code = "invalid", message = ("%s: nobody knows this"
			.. " kind of file, expected one of .yaml .json .toml"
			.. " .ini .env .properties"):format(shown) }, 0)
	end
	return files.parse(require("fs").read(path), format, shown)
end

return files
