---@meta yaml
--- YAML, read by the rules of version 1.2 (`on`, `no` and `12:30` are strings)
--- or 1.1, and written so that readers of both find the same values.
error("definitions for the editor, not a module")

---@class yaml
local yaml = {}

---@class yaml.ReadOptions
---@field file? string how errors name the text
---@field version? "1.2"|"1.1" what scalars mean (default "1.2")
---@field merge? boolean whether << merges mappings (default true)
---@field duplicates? "error"|"last" equal keys (default "error")
---@field unknown_tags? "error"|"ignore" !tags (default "error")
---@field warnings? boolean for what 1.1 reads otherwise (default false)
---@field places? boolean for a table from JSON pointers to lines (false)
---@field ordered? boolean mappings keep their order (default false)
---@field max_depth? integer levels (default and most 256)
---@field max_values? integer with all aliases (default 4,194,304)

---@class yaml.Warning
---@field line integer
---@field column integer
---@field message string

--- Returns the value of a text that is one document; none is `json.null`.
--- null is `json.null`, an empty sequence stays one when it is written, an
--- alias is a copy. Raises `invalid` with the place of what is wrong, and
--- `limit` for what is too large. With `warnings` it returns a list of them as
--- well.
---@param text string
---@param options? yaml.ReadOptions
---@return any value
---@return yaml.Warning[]? warnings
function yaml.read(text, options) end

--- Returns the values of all documents of a text.
---@param text string
---@param options? yaml.ReadOptions
---@return any[] values
---@return yaml.Warning[]? warnings
function yaml.read_all(text, options) end

--- Returns a value as one document in block style. Keys are sorted, but not
--- those of tables of module `ordered`. Raises `invalid` for functions and
--- tables that hold themselves.
---@param value any
---@return string
function yaml.write(value) end

--- Returns a list of values as documents, each after a line "---".
---@param values any[]
---@return string
function yaml.write_all(values) end

return yaml
