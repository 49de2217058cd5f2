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

--- Lets Ctrl-C, Ctrl-\ and terminal stops pass this process by while a child
--- has the terminal (a shell); `false` brings them back.
---@param ignored boolean
function tty.ignore_keys(ignored) end

return tty
