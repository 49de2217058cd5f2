---@meta anomaly
--- Anomalies in a series of numbers, while it goes by.
error("definitions for the editor, not a module")

---@class anomaly
local anomaly = {}

---@class anomaly.Point
---@field score number 0 to 1; 0.5 and more is an alert
---@field deviation number how far out it is, also while another hides it
---@field lower? number the expected band
---@field upper? number
---@field value? number what was judged: of a counter its increase
---@field alert boolean with hysteresis
---@field reason? string

---@class anomaly.Detector
local detector = {}

--- Returns a detector for one series.
---@return anomaly.Detector
function anomaly.new() end

--- Judges the next value; nil or NaN: there was none. `time` in seconds.
---@param value? number
---@param time? number
---@return anomaly.Point
function detector:add(value, time) end
