---@meta toml
--- TOML 1.0.
error("definitions for the editor, not a module")

---@class toml
local toml = {}

---@class toml.ReadOptions
---@field file? string how errors name the text
---@field places? boolean for a table from JSON pointers to lines (false)
---@field ordered? boolean tables keep their order (default false)
---@field max_depth? integer levels (default and most 256)
---@field max_values? integer values (default 4,194,304)

--- Returns the table of a text. Dates and times are strings as RFC 3339 writes
--- them. Raises `invalid` with the place of what is wrong, and `limit` for what
--- is too large.
---@param text string
---@param options? toml.ReadOptions
---@return table
function toml.read(text, options) end

--- Returns a table as TOML: what is no table first, then tables under headers.
--- Keys are sorted, but not those of tables of module `ordered`. Raises
--- `invalid` for what TOML does not have, null above all, with its path.
---@param value table
---@return string
function toml.write(value) end

return toml
