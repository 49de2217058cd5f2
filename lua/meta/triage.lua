---@meta triage
--- From the log of a failed build to the lines that say why it failed.
error("definitions for the editor, not a module")

---@class triage
local triage = {}

---@class triage.Judge

---@class triage.Failure
---@field class string "test_failure", "compile_error", "lint", …
---@field confidence number in the class, 0 to 1; 0: no line was found
---@field signature string the same for the same failure tomorrow; "" for none
---@field lines integer[][] { from, to } each, counted from 1
---@field excerpt string these lines, without colours and times
---@field count integer lines of the log

--- Returns a judge: a model over the features, as bytes. Raises `invalid`.
---@param model string
---@return triage.Judge
function triage.judge(model) end

--- Returns why a build failed, by its log (256 MiB at most; of more than
--- 200,000 lines the last ones are read). With `passed`, the log of a build
--- that was fine: by the lines that are not in that.
---@param log string
---@param judge triage.Judge
---@param passed? string
---@return triage.Failure
function triage.read(log, judge, passed) end

--- Returns the names of the features, in the models' order.
---@return string[]
function triage.features() end

--- Returns the lines as they are judged: without colours, and without times
--- before them; and how many were passed over before the first.
---@param log string
---@return string[]
---@return integer
function triage.texts(log) end

--- Returns what is seen of these lines (from 1), each as a row of CSV.
---@param log string
---@param lines integer[]
---@return string[]
function triage.rows(log, lines) end

return triage
