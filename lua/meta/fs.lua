---@meta fs
--- Files and directories. Errors name the path and the reason; code
--- `not_found` when it does not exist, `io` otherwise.
error("definitions for the editor, not a module")

---@class fs
local fs = {}

---@class fs.Info
---@field kind "file"|"dir"|"link"|"other"
---@field size integer bytes
---@field modified integer milliseconds since 1970
---@field mode integer permissions, 420 is rw-r--r--
---@field user integer
---@field group integer

--- Returns what is in a file. Raises `limit` when that is more than `max`.
---@param name string
---@param max? integer bytes (default 64 MiB)
---@return string
function fs.read(name, max) end

--- Puts `bytes` into a file, at once or not at all: also after a crash it holds
--- the old bytes or the new ones.
---@param name string
---@param bytes string
---@param mode? integer permissions of a new file (default rw-r--r--)
function fs.write(name, bytes, mode) end

--- Adds `bytes` at a file's end; it is made when needed.
---@param name string
---@param bytes string
function fs.append(name, bytes) end

--- Returns whether a path leads to something.
---@param name string
---@return boolean
function fs.exists(name) end

--- Returns whether we may run a file (or enter a directory).
---@param name string
---@return boolean
function fs.executable(name) end

--- Returns what is known of a file, directory or link (of itself, not of what
--- it leads to); nil when there is none.
---@param name string
---@return fs.Info?
function fs.stat(name) end

--- Returns the names in a directory, sorted, without "." and "..".
---@param name string
---@return string[]
function fs.list(name) end

--- Waits until a directory tree has been looked through; returns the paths
--- below `dir`, sorted and relative to it, that match (see text.match): globs
--- with `**` and, with a leading `!`, exclusions. Links are not followed.
---@async
---@param patterns string|string[]
---@param dir? string (default ".")
---@return string[]
function fs.glob(patterns, dir) end

--- Makes a directory and those above it; fine when it exists.
---@param name string
---@param mode? integer permissions (default rwxrwxrwx less the umask)
function fs.mkdir(name, mode) end

--- Waits until a file, a link or a whole tree is gone; fine when there is none.
---@async
---@param name string
function fs.remove(name) end

--- Waits until a file, link or tree has been copied, with its permissions.
---@async
---@param from string
---@param to string must not be a directory that exists
function fs.copy(from, to) end

--- Renames a file or directory; a file that has the new name is replaced.
---@param from string
---@param to string
function fs.rename(from, to) end

--- Changes a file's permissions.
---@param name string
---@param mode integer
function fs.chmod(name, mode) end

--- Makes a symbolic link at `name` that leads to `target`.
---@param target string
---@param name string
function fs.link(target, name) end

--- Returns where a symbolic link leads.
---@param name string
---@return string
function fs.target(name) end

--- Returns the absolute path without links.
---@param name string
---@return string
function fs.real(name) end

--- Makes a directory of its own below TMPDIR (or /tmp); returns its path.
---@return string
function fs.temp_dir() end

--- Returns the current directory.
---@return string
function fs.current_dir() end

return fs
