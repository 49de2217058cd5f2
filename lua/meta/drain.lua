---@meta drain
--- Templates of log lines, found while the lines go by.
error("definitions for the editor, not a module")

---@class drain
local drain = {}

---@class drain.Template
---@field id string 16 hexadecimal digits: the same for the same log
---@field count integer lines
---@field template string with <*> at the variable places

---@class drain.Miner
local miner = {}

--- Returns a miner that knows no templates yet.
---@return drain.Miner
function drain.new() end

--- Returns the miner that `save` wrote. Raises `invalid`.
---@param bytes string
---@return drain.Miner
function drain.load(bytes) end

--- Returns the number of the line's template, from 1.
---@param line string
---@return integer
function miner:add(line) end

--- Adds all lines of a text. Returns how many there were, or with `keep` the
--- number of each one's template.
---@param text string
---@param keep? boolean
---@return integer|integer[]
function miner:add_text(text, keep) end

--- Returns all that is known, for `drain.load`.
---@return string
function miner:save() end

--- Returns the templates, by their numbers.
---@return drain.Template[]
function miner:templates() end
