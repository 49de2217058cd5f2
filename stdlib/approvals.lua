--- Approvals in the record: what was asked, and what people said.

local approvals = {}

---@class approvals.Row
---@field id integer
---@field run integer
---@field step string
---@field question string
---@field reasons string[]
---@field state "open"|"approved"|"rejected"|"expired"
---@field asked integer ms since 1970
---@field expires? integer
---@field decided? integer
---@field decided_by? string
---@field comment? string

local function now()
	return require("time").now()
end

local function unpacked(row)
	if row then row.reasons = require("json").decode(row.reasons) end
	return row
end

--- Writes a question down; returns its number.
---@param db store.Db
---@param asked { run: integer, step: string, question: string,
---reasons: string[], expires?: integer }
---@return integer
function approvals.ask(db, asked)
	local json = require("json")

	local _, id = db:run([[INSERT INTO approvals (run, step, question,
		reasons, asked, expires) VALUES (?, ?, ?, ?, ?, ?)]],
		asked.run, asked.step, asked.question,
		json.encode(json.array(asked.reasons)), now(), asked.expires)
	return id
end

--- Returns the latest question of a step.
---@param db store.Store
---@param run integer
---@param step string
---@return approvals.Row?
function approvals.of_step(db, run, step)
	return unpacked(db:query([[SELECT * FROM approvals WHERE run = ? AND
		step = ? ORDER BY id DESC LIMIT 1]], run, step)[1])
end

--- Returns the questions that runs wait for, the oldest first.
---@param db store.Store
---@param run? integer of this run only
---@return approvals.Row[]
function approvals.open(db, run)
	local rows = db:query([[SELECT a.*, r.name AS run_name
		FROM approvals a JOIN runs r ON r.id = a.run
		WHERE a.state = 'open' AND r.state IN
		('queued', 'running', 'waiting') AND (?1 IS NULL OR a.run = ?1)
		ORDER BY a.id LIMIT 1000]], run)

	for _, row in ipairs(rows) do unpacked(row) end
	return rows
end

--- Returns a question by its number, nil when there is none.
---@param db store.Store
---@param id integer
---@return approvals.Row?
function approvals.get(db, id)
	return unpacked(db:query("SELECT * FROM approvals WHERE id = ?",
		id)[1])
end

--- Returns the number in "a7" or "7", nil when it is none.
---@param text string
---@return integer?
function approvals.parse(text)
	return math.tointeger(tonumber(text:match("^a?(%d+)$")))
end

--- Ends an open question; false when it is not open any more.
---@param db store.Db
---@param id integer
---@param how { state: string, by?: string, comment?: string }
---@return boolean
function approvals.close(db, id, how)
	return db:run([[UPDATE approvals SET state = ?, decided = ?,
		decided_by = ?, comment = ? WHERE id = ? AND state = 'open']],
		how.state, now(), how.by, how.comment, id) == 1
end

return approvals
