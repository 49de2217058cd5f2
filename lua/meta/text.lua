---@meta text
--- Readers and matchers of text: globs, and cron expressions with time zones.

error("definitions for the editor, not a module")

local text = {}

--- Returns whether `subject` (a path, branch, tag or event name) is in the
--- list of globs, and a sentence that says which pattern decided. A leading
--- `!` excludes, the last match wins, a list of only exclusions starts from
--- "everything". Raises `invalid` for a malformed pattern.
---@param patterns string|string[]
---@param subject string
---@return boolean matched
---@return string reason
function text.match(patterns, subject) end

--- Returns the next times, in milliseconds since 1970, at which a cron
--- expression is due: fewer than `count` (or none) if there are no more within
--- eight years.
--- Raises `invalid` naming the field that is wrong, `not_found` for an unknown
--- time zone.
---@param expr string "15 2 * * MON-FRI", "@daily", …
---@param tz? string "Europe/Berlin" (default: the machine's zone)
---@param from? integer milliseconds (default: now)
---@param count? integer how many (default 1)
---@return integer[]
function text.cron_next(expr, tz, from, count) end

--- Returns a short sentence for a cron expression: "at 02:15 on Monday to
--- Friday".
---@param expr string
---@return string
function text.cron_describe(expr) end

--- Returns the offset from UTC, in seconds, of a time zone at a time.
---@param tz? string "Europe/Berlin" (default: the machine's zone)
---@param at? integer milliseconds (default: now)
---@return integer
function text.zone_offset(tz, at) end

return text
