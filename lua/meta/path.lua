---@meta path
--- Names of files, without looking at the disk.
error("definitions for the editor, not a module")

---@class path
local path = {}

--- Returns the parts with a "/" between them; an absolute part starts anew.
---@param first string
---@param ... string
---@return string
function path.join(first, ...) end

--- Returns all but the last name: "a/b" -> "a", "a" -> ".".
---@param name string
---@return string
function path.dir(name) end

--- Returns the last name: "a/b.lua" -> "b.lua".
---@param name string
---@return string
function path.base(name) end

--- Returns the last name's ending with its dot, or "": "a/b.lua" -> ".lua".
---@param name string
---@return string
function path.extension(name) end

--- Returns the path without "//", "/./" and "x/.."; "" becomes ".".
---@param name string
---@return string
function path.clean(name) end

--- Returns the path, cleaned, against the current directory.
---@param name string
---@return string
function path.absolute(name) end

--- Returns whether a path begins with "/".
---@param name string
---@return boolean
function path.is_absolute(name) end

--- Returns whether a path is `dir` or below it. Both are taken as they are:
--- clean them first.
---@param dir string
---@param name string
---@return boolean
function path.inside(dir, name) end

--- Returns the path as seen from `dir` ("../x" when it is not below it). Both
--- are absolute, or both are relative to the same directory.
---@param name string
---@param dir string
---@return string
function path.relative(name, dir) end

return path
