---@meta log
--- The program's own log, on stderr: a line an entry, with its time and level.
error("definitions for the editor, not a module")

---@class log
local log = {}

--- Writes an entry for who looks for a bug.
---@param message string
---@param fields? table<string, any> written as key=value, sorted
function log.debug(message, fields) end

--- Writes an entry about something that happened as it should.
---@param message string
---@param fields? table<string, any> written as key=value, sorted
function log.info(message, fields) end

--- Writes an entry about something somebody should look at.
---@param message string
---@param fields? table<string, any> written as key=value, sorted
function log.warn(message, fields) end

--- Writes an entry about something that failed.
---@param message string
---@param fields? table<string, any> written as key=value, sorted
function log.error(message, fields) end

--- Returns the lowest level that is written; with an argument, sets it.
---@param level? "debug"|"info"|"warn"|"error"
---@return "debug"|"info"|"warn"|"error" before the call
function log.level(level) end

return log
