--- A `once` step that was started but not finished when its runner died: did
--- it happen? Its `check` decides, or a person.

local failure = require("run.failure")
local scopes = require("run.scope")

local function check(run, self)
	local inner = self.scope:child(self.key .. "/check", { live = true,
		parent = self.key })

	return scopes.within(inner, self.options.check, run.context)
end

local function record(run, self, outcome, note)
	run.db:step_finish(self.id, { state = outcome.state,
		result = outcome.value ~= nil and require("json").encode
			{ value = outcome.value } or nil })
	run:note(note, self.key)
	run.db:commit()
	return outcome
end

--- Waits until a person has said "done" or "again".
local function ask(run, self)
	local question = ("step '%s' was started but not finished, and it is"
		.. " to happen once. Did it? tidemill resume %d --step"
		.. " '%s=done' or '%s=again'"):format(self.key, run.id,
		self.key, self.key)

	run.db:step_wait(self.id)
	run:note(question, self.key)
	local row = require("run.waits").wait(run, { kind = "person",
		reason = question, ready = function()
			local now = run.db:row("SELECT state, class FROM steps"
				.. " WHERE id = ?", self.id)
			return now.state ~= "waiting"
				and now.state ~= "running" and now
		end })
	if row.state == "passed" then return { state = "passed" } end
end

--- Returns the outcome when it has happened; nil when it is to be run again.
---@async
---@param run run.Runner
---@param self table the step
---@param row table its record
---@return table?
return function(run, self, row)
	self.id = row.id
	if not self.options.check then return ask(run, self) end
	local ok, answer = pcall(check, run, self)

	if not ok then
		if failure.is_cancel(answer) then error(answer, 0) end
		run:note("its check failed: " .. tostring(answer), self.key)
		return ask(run, self)
	end
	if not answer then
		run:note("its check says that it did not happen: it is run"
			.. " again", self.key)
		return nil
	end
	return record(run, self, { state = "passed",
		value = answer ~= true and answer or nil },
		"its check says that it happened")
end
