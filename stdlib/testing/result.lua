--- What became of a run under test, read from its record.

local failure = require("run.failure")
local json = require("json")

local result = {}

---@class testing.Step
---@field name string
---@field kind string command function undo hook sleep lock run
---@field state string
---@field attempts integer
---@field status? integer
---@field signal? string
---@field output string
---@field outputs table<string, string>
---@field value any
---@field error? table
---@field class? string
---@field parent? string
---@field command? string
---@field soft boolean
---@field undone boolean
---@field started? integer
---@field finished? integer

---@class testing.Result
---@field run integer
---@field state string passed failed cancelled timed_out waiting crashed
---@field steps table<string, testing.Step>
---@field order string[] steps in the order of their first start
---@field ran string[] steps that this attempt began; each try once
---@field undone string[] the steps that were undone, in that order
---@field notes string[]
---@field commands testing.Command[] all of this world
---@field requests testing.Request[]
---@field unused string[] fakes of programs that nobody asked for
---@field locks string[] names of locks that were taken
---@field runs table[] sub-runs: { run, name, state, params }
---@field events table[] that came into being
---@field error? table
---@field waits_for? string
---@field wake_at? integer
---@field took integer virtual milliseconds of all attempts
---@field ended integer virtual time

local IN_ORDER <const> = { command = true, ["function"] = true, undo = true,
	hook = true, run = true }

local function step_of(row)
	local recorded = row.result and json.decode(row.result) or {}
	local problem = row.error and failure.decode(row.error) or nil

	return { name = row.name, kind = row.kind, state = row.state,
		attempts = row.attempt, status = row.status,
		signal = problem and problem.signal, class = row.class,
		output = recorded.output or "", value = recorded.value,
		outputs = recorded.outputs or {}, error = problem,
		parent = row.parent, command = row.command,
		soft = row.soft == 1, undone = row.undone == 1,
		started = row.started, finished = row.finished }
end

--- A step that is asked for by a wrong name is an error that says so.
local function strict(steps, state)
	return setmetatable(steps, { __index = function(_, name)
		local near = type(name) == "string"
			and require("nearest")(name, steps)
		if type(name) ~= "string" or not near then return nil end
		error(("the run (%s) has no step '%s' (did you mean '%s'?)")
			:format(state, name, near), 2)
	end })
end

--- Returns the steps of a run by their names.
---@param db store.Db
---@param run integer
---@return table<string, testing.Step>
function result.steps(db, run)
	local steps = {}

	for _, row in ipairs(db:steps(run)) do steps[row.name] = step_of(row) end
	return steps
end

local function read_steps(self, db)
	for _, row in ipairs(db:steps(self.run)) do
		local step = step_of(row)
		if IN_ORDER[step.kind] then
			self.order[#self.order + 1] = step.name
		end
		if step.kind == "lock" then
			self.locks[#self.locks + 1] =
				(step.name:gsub("^.-lock ", ""))
		end
		if step.kind == "undo" and step.state == "passed" then
			self.undone[#self.undone + 1] = step.parent
		end
		if step.kind ~= "value" then self.steps[step.name] = step end
	end
end

local function rows(db, sql, ...)
	local list = {}

	for row in db:each(sql, ...) do list[#list + 1] = row end
	return list
end

local function read_others(self, db, session)
	for row in db:each("SELECT text FROM notes WHERE run = ? ORDER BY rowid",
		self.run) do
		self.notes[#self.notes + 1] = row.text
	end
	self.runs = rows(db, "SELECT id AS run, name, state, params FROM runs"
		.. " WHERE parent = ? ORDER BY id", self.run)
	for _, row in ipairs(self.runs) do
		row.params = json.decode(row.params or "{}")
	end
	self.events = rows(db, "SELECT kind, payload, ref FROM events"
		.. " WHERE id > ? ORDER BY id", session.last_event)
end

--- Returns the result of a session's run as it is now.
---@param session testing.Session
---@return testing.Result
function result.read(session)
	local db = session.home.db
	local row = db:row("SELECT * FROM runs WHERE id = ?", session.run)
	local self = { run = session.run, steps = {}, order = {}, undone = {},
		notes = {}, locks = {}, ran = session.ran,
		state = session.crashed and "crashed" or row.state,
		error = row.error and failure.decode(row.error) or nil,
		waits_for = row.waits_for, wake_at = row.wake_at,
		commands = session.world.processes.calls,
		requests = session.world.http.calls,
		took = session.world.clock:gone(), workspace = session.workspace,
		unused = session.world.processes:unused(),
		ended = session.world.clock:now() }

	read_steps(self, db)
	read_others(self, db, session)
	strict(self.steps, self.state)
	return self
end

return result
