---@meta tty
error("definitions for the editor, not a module")

--- What the command line must know about its terminal.
local tty = {}

--- Returns whether a file descriptor is a terminal.
---@param fd integer 0 stdin, 1 stdout, 2 stderr
---@return boolean
function tty.is_terminal(fd) end

--- Returns columns and rows of the terminal, nil when `fd` is none.
---@param fd integer
---@return integer? columns
---@return integer? rows
function tty.size(fd) end

---@class tty.Exec
---@field [integer] string program and arguments
---@field cwd? string
---@field env? table<string, string|false> added to ours; false removes

--- Becomes another program, which gets the terminal. Returns only by raising:
--- `not_found` when there is no such program or directory.
---@param options tty.Exec
function tty.exec(options) end

return tty
