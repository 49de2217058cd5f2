---@meta reports
--- Reads what test programs tell: JUnit XML, TAP, go, cargo, pytest, CTest.
error("definitions for the editor, not a module")

---@class reports
local reports = {}

---@class reports.Test
---@field name string
---@field suite string class, package, file or program; "" for none
---@field outcome "passed"|"failed"|"error"|"skipped"
---@field file? string
---@field seconds? number
---@field message? string one line: what went wrong, or why it was skipped
---@field details? string output or traceback of a failure

---@alias reports.Format
---| "auto" told by the text
---| "junit"
---| "tap"
---| "go"
---| "cargo"
---| "pytest"
---| "ctest"

---@class reports.Options
---@field format? reports.Format what it is ["auto"]

--- Returns the tests of a report (64 MiB at most), the format that it was
--- read as, and how many tests beyond 200,000 were left out. Raises `invalid`
--- for a text that is no report, `limit` for one that is too large.
---@param text string
---@param options? reports.Options
---@return reports.Test[]
---@return string format
---@return integer dropped
function reports.read(text, options) end

--- Splits tests into `parts` lists that take about as long as each other, or
--- returns the list of part `index` (from 1). A test is anything; a table may
--- have its time as `seconds`. Unknown times count as the middle of the known
--- ones. The same list makes the same parts.
---@param tests any[]
---@param parts integer 1 to 10000
---@param index? integer
---@return any[][]|any[]
function reports.split(tests, parts, index) end

return reports
