---@meta ini
--- INI files: sections, and keys with strings. The dialect is in
--- docs/modules/ini.md.
error("definitions for the editor, not a module")

---@class ini
local ini = {}

---@class ini.ReadOptions
---@field duplicates? "error"|"first"|"last"|"all" (default "error")
---@field flags? boolean keys without value are true (default false)
---@field lower? boolean sections and keys in lower case (default false)
---@field file? string how errors name the text
---@field places? boolean for a table from JSON pointers to lines (false)
---@field ordered? boolean keys keep their order (default false)
---@field max_depth? integer no more than 2 levels are there
---@field max_values? integer lines (default 4,194,304)

--- Returns the keys before the first section, and a table for each section.
--- All values are strings. Raises `invalid` with the place of what is wrong.
---@param text string
---@param options? ini.ReadOptions
---@return table
function ini.read(text, options) end

--- Returns a table as an INI file: keys first, then a section for each table in
--- it; a list makes its key come several times. Raises `invalid` for what INI
--- does not have.
---@param value table
---@return string
function ini.write(value) end

return ini
