---@meta diff
--- What changed between two texts, line by line.
error("definitions for the editor, not a module")

---@class diff
local diff = {}

---@class diff.Options
---@field old_name? string behind "---" (default "old")
---@field new_name? string behind "+++" (default "new")
---@field context? integer lines around each change (default 3)

--- Returns a unified diff, "" when the texts are equal, and how many lines were
--- added and removed.
---@param old string
---@param new string
---@param options? diff.Options
---@return string
---@return { added: integer, removed: integer }
function diff.unified(old, new, options) end
