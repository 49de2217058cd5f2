---@meta time
--- Clocks, waiting, durations and dates. All times are whole milliseconds.
error("definitions for the editor, not a module")

---@class time
local time = {}

--- Returns the milliseconds since 1970, UTC.
---@return integer
function time.now() end

--- Returns milliseconds of a clock that never jumps; only differences mean
--- anything.
---@return integer
function time.monotonic() end

--- Waits. Other tasks run meanwhile.
---@async
---@param delay integer|string milliseconds, or "250ms", "10s", "1h30m"
function time.sleep(delay) end

--- Returns the milliseconds of a duration: "250ms", "10s", "5m", "2h", "1d",
--- "1w", "1h30m", "1.5s", or a number of milliseconds. Raises `invalid`.
---@param text integer|string
---@return integer
function time.duration(text) end

--- Returns a duration for people: "0ms", "1.5s", "2m 5s", "1d 3h".
---@param ms integer|string
---@return string
function time.describe(ms) end

--- Returns a time as ISO 8601 in UTC, "2026-01-31T12:30:00.000Z"; or, with a
--- format as of strftime, in the machine's time zone.
---@param ms? integer (default: now)
---@param format? string "%Y-%m-%d"
---@return string
function time.format(ms, format) end

--- Returns the time that an ISO 8601 text names: "2026-01-31", with
--- "T12:30:00", ".5" and "Z" or "+02:00" behind it if wanted; UTC without a
--- zone. Raises `invalid`.
---@param text string
---@return integer
function time.parse(text) end

return time
