---@meta config_scan
--- Judges changes of configuration by their past and their siblings.
error("definitions for the editor, not a module")

---@class config_scan
local config_scan = {}

---@class config_scan.Delta
---@field set? table<string, any> path to value: "/db/pool", "/hosts/[0]"
---@field del? string[] paths that are removed

---@class config_scan.Row
---@field environment string
---@field path string
---@field what "set"|"removed"|"missing"
---@field score? number 0 to 1, when a judge was given
---@field reason? string of scores of `least` and more
---@field features? table<string, number> without a judge

---@class config_scan.World
local world = {}

---@class config_scan.Score

---@class config_scan.Scan
local scan = {}

--- Returns an empty world: what keys of other projects are like.
---@return config_scan.World
function config_scan.world() end

--- Returns a judge: a model over the features, as bytes. Raises `invalid`.
---@param model string
---@return config_scan.Score
function config_scan.score(model) end

--- Returns a scan that knows nothing of its project yet.
---@param known? config_scan.World
---@return config_scan.Scan
function config_scan.new(known) end

--- Returns the names of the features, in the models' order.
---@return string[]
function config_scan.features() end

--- Adds a key and its value.
---@param path string
---@param value any
function world:add(path, value) end

--- Returns what was seen `least` times or more as bytes.
---@param least? integer [1]
---@return string
function world:write(least) end

--- Adds what `write` returned. Raises `invalid`.
---@param bytes string
function world:read(bytes) end

--- Learns one commit: environment to changes. Raises `limit`.
---@param changes table<string, config_scan.Delta>
function scan:learn(changes) end

--- Looks at a commit before it is learned; also at keys that it adds to some
--- environments only.
---@param changes table<string, config_scan.Delta>
---@param judge? config_scan.Score
---@param least? number rows of this score and more get a reason [none]
---@return config_scan.Row[]
function scan:review(changes, judge, least) end

--- Looks at every value as it is now, and at keys that only some have.
---@param judge? config_scan.Score
---@param least? number
---@return config_scan.Row[]
function scan:audit(judge, least) end

return config_scan
