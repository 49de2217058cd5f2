---@meta httpd
--- An HTTP server on the loop: requests are taken and answered by tasks.

error("definitions for the editor, not a module")

---@class httpd.Options
---@field address string "127.0.0.1:8420", "[::1]:0", "unix:PATH"
---@field connections? integer of all clients at most (default 1000)
---@field per_address? integer of one address at most, 0: no limit (default 0)
---@field body? integer bytes of a request's body at most (default 1 MiB)
---@field idle? integer seconds in which a request must be complete, and its
---answer read (default 60)

local httpd = {}

---@class httpd.Server
local server = {}

--- Waits for the next request; nil once the server is closed.
---@async
---@return httpd.Request?
function server:next() end

--- Returns the address that is bound, with the port that the system chose.
---@return string
function server:address() end

--- Takes no more connections; those that are there go on.
function server:quiesce() end

--- Ends all connections. Also done by `<close>` and the collector.
function server:close() end

---@class httpd.Request
local request = {}

--- Returns the method: "GET".
---@return string
function request:method() end

--- Returns the path and the query as they were sent: "/a%20b?c=d".
---@return string
function request:target() end

--- Returns the client's address, "unix" at a Unix socket.
---@return string
function request:peer() end

--- Returns the headers by their names in lower case; several of one name are
--- joined by commas.
---@return table<string, string>
function request:headers() end

--- Returns the body, empty when there is none.
---@return string
function request:body() end

--- Answers. Raises when it was answered before.
---@param status integer
---@param headers table<string, string>
---@param body string
function request:answer(status, headers, body) end

--- Begins an answer whose body is written by and by, and ended by `finish`.
---@param status integer
---@param headers table<string, string>
function request:stream(status, headers) end

--- Writes a part of the body; waits while the reader is slow. Returns false
--- when the client has gone.
---@async
---@param bytes string at most 1 MiB
---@return boolean
function request:write(bytes) end

--- Returns whether the client has gone.
---@return boolean
function request:gone() end

--- Ends the answer; one that never began is answered with 500. Also done by
--- `<close>` and the collector.
function request:finish() end

--- Listens. Raises `busy` when the address is in use.
---@param options httpd.Options
---@return httpd.Server
function httpd.listen(options) end

--- Returns the text compressed as gzip, nil when that makes it no smaller.
---@param text string at most 64 MiB
---@param level? integer 1 (fast, the default) to 9
---@return string?
function httpd.gzip(text, level) end

--- Gives the current task only so much CPU time without waiting, and lets
--- others have their turn meanwhile.
---@param ms integer
function httpd.slice(ms) end

return httpd
