--- Compensation: what undoes passed steps when a run does not pass, the latest
--- first. Each is a durable step, and steps.undone says it is done.

local undo = {}

--- Remembers the undo of a passed step.
---@param run run.Runner
---@param self table
---@param outcome table
function undo.register(run, self, outcome)
	run.undos[#run.undos + 1] = { key = self.key, id = self.id,
		what = self.options.undo, result = { name = self.key,
			state = outcome.state, status = outcome.status,
			output = outcome.output or "",
			outputs = outcome.outputs or {},
			value = outcome.value } }
end

local function undo_one(run, entry)
	local ok, why = pcall(require("run.hooks").run, run, entry.what, {
		key = entry.key .. "/undo", argument = entry.result,
		parent = entry.key, kind = "undo" })

	if not ok then
		if run.parked then error(why, 0) end
		run:note("its undo failed: " .. tostring(why), entry.key)
		return why
	end
	run.db:step_undone(entry.id)
end

--- Returns finish times by step: replays may register in another order.
local function finish_times(run)
	local times = {}

	for _, row in ipairs(run.db:query("SELECT id, finished FROM steps"
		.. " WHERE run = ?", run.id)) do
		times[row.id] = row.finished or 0
	end
	return times
end

--- Undoes everything that was registered; returns the first problem. What was
--- undone before a crash is found in the record and not done twice.
---@async
---@param run run.Runner
---@return table?
function undo.all(run)
	local problem
	local list = run.undos

	if #list == 0 then return nil end
	run.undos = {}
	local times = finish_times(run)
	table.sort(list, function(a, b)
		if times[a.id] ~= times[b.id] then
			return times[a.id] > times[b.id]
		end
		return a.id > b.id
	end)
	for _, entry in ipairs(list) do
		problem = undo_one(run, entry) or problem
	end
	run.db:commit()
	return problem
end

return undo
