--- A run of the past, as a value: `run.steps.test.result`, `run:log("test")`.

local record = require("record")

local past = {}

---@class repl.Past
---@field id integer
---@field name string
---@field state string
---@field params table
---@field error? table
---@field steps table<string, table> by name; also in order, by number
---@field notes table[]
---@field event? table
local Past = {}

local metatable = { __index = Past, __name = "run" }

--- Returns a step's output as one string, nil when it printed nothing.
---@param step string
---@param lines? integer only the last ones
---@return string?
function Past:log(step, lines)
	local row = self.steps[step] or record.step(self.db(), self.id, step)
	local ok, text = pcall(require("steplog").read, record.log_path(
		self.db():home(), self.id, row.id), { tail = lines })

	return ok and table.concat(text, "\n") or nil
end

--- Returns why it is as it is, as text.
---@return string
function Past:why()
	return table.concat((require("explain").run(self.db(), self.id)), "\n")
end

--- Starts a new run that keeps what finished before `step`, and returns it when
--- it has ended.
---@async
---@param step string
---@return repl.Past
function Past:fork(step)
	record.step(self.db(), self.id, step)
	return past.again(self, { "fork", tostring(self.id), "--from", step })
end

--- Goes on with what failed, and returns the run when it has ended: this one,
--- or a new one when its recipe has changed.
---@async
---@return repl.Past
function Past:retry()
	return past.again(self, { "retry", tostring(self.id), "--failed" })
end

--- Reads the run again.
---@return repl.Past
function Past:reload()
	return past.open(self.db(), self.id)
end

--- Waits until a run has ended; a server may be at it.
local function await(db, id)
	local time, pause = require("time"), 20

	while not record.ENDED[record.run(db, id).state] do
		time.sleep(pause)
		pause = math.min(500, pause * 2)
	end
end

--- Runs a verb that goes on with a run, or makes a new one of it, in a process
--- of its own that has the terminal's output. Returns that run when it has
--- ended.
---@async
function past.again(run, words)
	local db = run.db()
	local before = db:row("SELECT max(id) AS id FROM runs").id

	require("proc").run { require("fs").target("/proc/self/exe"),
		"--data", db:home(), words[1], words[2], words[3], words[4],
		stdout = "inherit", stderr = "inherit", check = false }
	local row = db:row("SELECT id FROM runs WHERE id > ? AND fork_of = ?"
		.. " ORDER BY id LIMIT 1", before, run.id)
	local id = row and row.id or run.id
	await(db, id)
	return past.open(db, id)
end

--- Opens a run.
---@param db store.Db
---@param id integer
---@return repl.Past
function past.open(db, id)
	local run = record.decoded(record.run(db, id))

	run.steps = {}
	for i, row in ipairs(record.steps(db, id)) do
		local step = record.decoded(row)
		run.steps[i] = step
		run.steps[row.name] = run.steps[row.name] or step
	end
	run.notes = db:query("SELECT step, at, text FROM notes WHERE run = ?"
		.. " ORDER BY id", id)
	local event = run.event and db:row("SELECT * FROM events WHERE id = ?",
		run.event)
	run.event = event and record.decoded(event)
	run.db = function() return db end
	return setmetatable(run, metatable)
end

return past
