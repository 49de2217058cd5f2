---@meta watch
--- Watching files and directories for changes, by inotify.

error("definitions for the editor, not a module")

---@class watch
local watch = {}

---@class watch.Options
---@field recursive? boolean directories below them too, also new ones [false]
---@field delay? integer|string changes within it are one ["50ms"]

---@class watch.Watcher
local watcher = {}

--- Waits for changes; returns the paths that changed since the last call, each
--- once, and whether some may be missing (look at everything).
---@async
---@return string[] paths
---@return boolean rescan
function watcher:wait() end

--- Ends it; who waits gets `cancelled`. Also done by `<close>` and by the
--- collector.
function watcher:close() end

--- Watches paths: directories, or files that may not exist yet. Raises
--- `not_found` when a directory (of a file) does not exist.
---@param paths string|string[]
---@param options? watch.Options
---@return watch.Watcher
function watch.open(paths, options) end

return watch, watcher
