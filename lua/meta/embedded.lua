---@meta embedded
error("definitions for the editor, not a module")

--- Files inside the binary: stdlib/, lua/meta/, recipes/, the push hook. With
--- TIDEMILL_STDLIB set, those of stdlib/ are the ones on disk.
local embedded = {}

--- Returns the names (paths in the source tree) that begin with `prefix`,
--- sorted.
---@param prefix string
---@return string[]
function embedded.names(prefix) end

--- Returns whether there is a file of that name.
---@param name string
---@return boolean
function embedded.has(name) end

--- Returns the bytes of a file, nil when there is none. Those of stdlib/ are
--- compiled chunks.
---@param name string
---@return string?
function embedded.read(name) end

return embedded
