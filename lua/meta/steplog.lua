---@meta steplog
--- Logs of steps: masked, capped, indexed by line and time.

error("definitions for the editor, not a module")

---@class steplog.Echo
---@field fd integer whole lines are copied to this file descriptor
---@field prefix? string before each of them ("build | ")

---@class steplog.Options
---@field path? string the file, made with the first byte (none: tail only)
---@field mask? steplog.Mask
---@field cap? integer bytes in the file (default 256 MiB)
---@field keep? integer bytes of the tail that `close` returns (default 64 KiB)
---@field echo? steplog.Echo

---@class steplog.Result
---@field bytes integer in the file
---@field lines integer in the file
---@field truncated boolean whether the cap cut something off
---@field dropped integer bytes that it cut off
---@field tail string the last bytes of the masked output
---@field error? string why writing stopped ("… No space left on device")

---@class steplog.Line
---@field number integer from 1
---@field ms? integer when it was written, in milliseconds (nil: unknown)
---@field stream "stdout"|"stderr"|"note"
---@field text string

---@class steplog.Range
---@field from? integer first line, from 1 (default 1)
---@field lines? integer how many at most (default 10000)
---@field tail? integer the last so many lines, instead of `from`
---@field times? boolean return tables (steplog.Line) instead of strings

local steplog = {}

---@class steplog.Mask
local mask = {}

--- Returns `s` with every secret replaced by `***`.
---@param s string
---@return string
function mask:apply(s) end

--- Returns how many secrets were too short (less than 4 bytes) to be masked.
---@return integer
function mask:left_out() end

---@class steplog.Writer
local writer = {}

--- Writes bytes of a stream. Failures are kept for `close`.
---@param s string
---@param stream? "stdout"|"stderr" (default "stdout")
function writer:write(s, stream) end

--- Writes a line of Tidemill's own: "[tidemill: TEXT]".
---@param text string
function writer:mark(text) end

--- Masks from now on with another mask, which knows more secrets.
---@param other steplog.Mask
function writer:remask(other) end

--- Returns the last line so far (at most 255 bytes).
---@return string
function writer:latest() end

--- Ends the log and returns what a step needs to know of its output; nil if it
--- was closed before. A failed write is in `error`, it does not raise.
---@return steplog.Result?
function writer:close() end

---@class steplog.Reader
local reader = {}

--- Returns the next lines, an empty list at the end: call again when the log
--- has grown. A last line without newline comes only with `last`.
---@param max? integer how many at most (default 1000)
---@param last? boolean nobody writes any more
---@return steplog.Line[]
function reader:lines(max, last) end

--- Returns the next bytes as they are, nil at the end.
---@param max? integer (default 64 KiB)
---@return string?
function reader:bytes(max) end

--- Closes the file; harmless when done twice.
function reader:close() end

--- Opens a log for writing; an existing one is continued.
---@param options steplog.Options
---@return steplog.Writer
function steplog.open(options) end

--- Returns a mask for these secrets, each also in its base64, base64url,
--- percent-encoded, shell-quoted and JSON form, and each line of those with
--- several lines. Secrets of less than 4 bytes cannot be masked.
---@param secrets string[]
---@return steplog.Mask
function steplog.mask(secrets) end

--- Returns lines of a log, found through the index: the last ones of 10 GB
--- come as quickly as the first. Lines of more than 64 KiB come in pieces.
--- Raises `not_found` if there is no such file.
---@param path string
---@param range? steplog.Range
---@return string[]|steplog.Line[]
function steplog.read(path, range) end

--- Opens a log for reading on and on: `logs -f`, or a copy.
---@param path string
---@param range? steplog.Range `from` or `tail`
---@return steplog.Reader
function steplog.reader(path, range) end

--- Returns the size of a log in bytes, 0 if nothing was written yet.
---@param path string
---@return integer
function steplog.size(path) end

return steplog
