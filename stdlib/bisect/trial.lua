--- One run of the search: the recipe at a commit, to its end.

local record = require("record")
local time = require("time")

local trial = {}

local POLL <const> = 200

local COPIED <const> = { "name", "path", "recipe", "repo", "ref", "priority",
	"timeout", "on_crash" }

local UNFINISHED <const> = "SELECT * FROM runs WHERE oid = ? AND key GLOB ?"
	.. " AND state IN ('queued', 'running', 'waiting') LIMIT 1"

--- A run of a search is nobody's reason for another one: `announced`.
local function create(db, original, oid, params)
	return db:transaction(function()
		local fields = { oid = oid, params = params,
			seed = math.random(1, math.maxinteger) }
		for _, key in ipairs(COPIED) do fields[key] = original[key] end
		local id = db:run_create(fields)
		db:run("UPDATE runs SET key = ?, announced = 1 WHERE id = ?",
			("bisect:%d:%d"):format(original.id, id), id)
		db:note(id, nil, ("looks for what broke run %d"):format(
			original.id))
		return id
	end)
end

--- Runs it in a process of its own: the server's, or one of ours.
local function perform(db, home, id)
	if not db:poke_server() then
		require("proc").run { "/proc/self/exe", "resume", tostring(id),
			"--data", home, check = false }
		return
	end
	while not record.ENDED[record.run(db, id).state]
		and record.run(db, id).state ~= "waiting" do
		time.sleep(POLL)
	end
end

--- Runs the recipe of a run at another commit; goes on with such a run that a
--- search before has left. Returns its row; `waiting` when it wants a person.
---@async
---@param db store.Db
---@param home string
---@param original table the run that failed
---@param oid string
---@param params string JSON
---@return table
function trial.run(db, home, original, oid, params)
	local row = db:row(UNFINISHED, oid, ("bisect:%d:*"):format(original.id))
	local id = row and row.id or create(db, original, oid, params)

	perform(db, home, id)
	return record.run(db, id)
end

--- Returns the runs that have ended at a commit with these parameters.
---@param db store.Db
---@param original table
---@param oid string
---@param params string
---@return table[]
function trial.ended(db, original, oid, params)
	return db:query("SELECT * FROM runs WHERE name = ? AND repo = ? AND"
		.. " path = ? AND oid = ? AND params = ? AND state IN"
		.. " ('passed', 'failed', 'timed_out') ORDER BY id",
		original.name, original.repo, original.path, oid, params)
end

return trial
