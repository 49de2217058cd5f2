---@meta about
error("definitions for the editor, not a module")

--- The version of Tidemill, and of what is inside it.
---@class about
---@field VERSION string
local about = {}

--- Returns the versions of the libraries by their names.
---@return table<string, string>
function about.libraries() end

return about
