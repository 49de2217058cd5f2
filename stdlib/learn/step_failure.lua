--- Why a step failed, by the end of its log.

local LINES <const> = 5000

---@class learn.StepFailure: triage.Failure
---@field step string

--- Returns what its log says, with lines as `tidemill logs` counts them; nil
--- when there is no log, or when no line of it says anything.
---@param home string
---@param step table its row
---@return learn.StepFailure?
return function(home, step)
	local steplog = require("steplog")
	local ok, lines = pcall(steplog.read, require("record").log_path(home,
		step.run, step.id), { tail = LINES, times = true })

	if not ok or #lines == 0 then return nil end
	local texts = {}
	for i, line in ipairs(lines) do
		texts[i] = line.text:gsub("[\r\n]", " ")
	end
	local found = require("learn.failure").of(table.concat(texts, "\n"))
	if #found.lines == 0 then return nil end
	require("json").array(found.lines)
	for _, range in ipairs(found.lines) do
		range[1] = lines[range[1]].number
		range[2] = lines[range[2]].number
	end
	found.step, found.count = step.name, nil
	return found
end
