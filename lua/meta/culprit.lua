---@meta culprit
--- Which of many metrics moved first and most around an incident?
error("definitions for the editor, not a module")

---@class culprit
local culprit = {}

---@class culprit.Options
---@field calm? integer values before the incident, 8 or more [two fifths]

---@class culprit.Metric
---@field moved boolean
---@field onset? integer the first value of the change, from 1
---@field before? number the median of the calm time
---@field after? number the median since the onset
---@field size number mean distance from `before` since, in spreads of it
---@field score number 0 to 1: how likely the incident began here

--- Returns what was found of each metric, in their order. All have as many
--- values; what is no number is missing. Raises `invalid`.
---@param metrics number[][]
---@param options? culprit.Options
---@return culprit.Metric[]
function culprit.find(metrics, options) end

return culprit
