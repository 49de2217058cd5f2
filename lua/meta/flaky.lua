---@meta flaky
--- Which tests change their result although what they test does not?
error("definitions for the editor, not a module")

---@class flaky
local flaky = {}

---@class flaky.State
---@field results integer how many were entered
---@field weight number of them, the older the less
---@field failing number of failures, the older the less
---@field score number above 0: rather flaky than steady
---@field streak integer how often the last result came in a row
---@field retried integer changes at the same revision
---@field failed boolean the last result
---@field flaky boolean the verdict

--- Enters a result into `state`, a table that begins empty and holds numbers
--- and booleans alone. `same`: it is of the same revision as the result
--- before. Returns the verdict.
---@param state flaky.State|table
---@param failed boolean
---@param same? boolean
---@return boolean flaky
function flaky.update(state, failed, same) end

--- Returns whether `broken` tests of `count`, all of which passed before, are
--- too many to have failed by themselves.
---@param broken integer
---@param count integer
---@return boolean
function flaky.mass(broken, count) end

return flaky
