--- A run, line by line: for pipes, files and CI logs.

local format = require("terminal.format")
local progress = require("terminal.progress")

local Plain = {}
Plain.__index = Plain

local WORDS <const> = { passed = "ok", failed = "FAIL", skipped = "skip",
	cancelled = "cancelled", timed_out = "TIMEOUT" }

function Plain:print(...)
	io.stdout:write(...)
	io.stdout:write("\n")
	io.stdout:flush()
	return self
end

function Plain:run_started(run)
	self:print(("run %d  %s"):format(run.id, run.name))
end

function Plain.step_started() end

function Plain:step_finished(step)
	local remarks = progress.remarks(step)
	local text = step.error and require("record").error_text(step.error)

	self:print(("%s %s %s%s"):format(WORDS[step.state] or step.state,
		format.clean(step.name), format.duration(step.started
			and step.finished and step.finished - step.started),
		remarks ~= "" and " (" .. remarks .. ")" or ""))
	if step.state == "failed" and not step.status and text then
		self:print("  " .. format.clean(text))
	end
end

function Plain:note(text, step)
	self:print("note ", step and step .. ": " or "", format.clean(text))
end

function Plain:asked(question)
	self:print(("ask  a%d: %s"):format(question.id,
		format.clean(question.question)))
	for _, reason in ipairs(question.reasons) do
		self:print("     - ", format.clean(reason))
	end
end

function Plain:run_finished(run)
	local text = run.error and require("record").error_text(run.error)

	self:print(("run %d  %s%s%s"):format(run.id,
		(run.state:gsub("_", " ")), run.started and run.finished
		and " in " .. format.duration(run.finished - run.started)
		or "", text and ": " .. format.clean(text) or ""))
end

function Plain:echo(step)
	if self.options.quiet then return nil end
	return { fd = 1, prefix = step.name .. " | " }
end

---@param options progress.Options
---@return terminal.Observer
return function(options)
	return setmetatable({ options = options }, Plain)
end
