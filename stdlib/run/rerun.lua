--- Running again: retry, fork, and whether the code is still the same.

local rerun = {}

local function now()
	return require("time").now()
end

--- Returns the text of the run's recipe as it is now, nil when it is gone.
local function current_text(db, home, row)
	local fs = require("fs")

	if row.repo == 0 then
		return fs.exists(row.path) and fs.read(row.path) or nil
	end
	local repo = db:row("SELECT * FROM repos WHERE id = ?", row.repo)
	if not repo then return nil end
	local dir = repo.remote == 1
		and ("%s/repos/%d.git"):format(home, repo.id) or repo.url
	return (require("git").open(dir):file(row.oid, row.path))
end

--- Raises when the recipe is another than the one the run began with.
---@async
---@param db store.Db
---@param home string
---@param row table
function rerun.check_code(db, home, row)
	local steps = db:row("SELECT count(*) AS n FROM steps WHERE run = ?",
		row.id).n

	if steps == 0 or not row.hash then return end
	local text = current_text(db, home, row)
	if text and require("recipe.hash").text(text) == row.hash then
		return
	end
	error({ code = "invalid", message = ("%s has %s since run %d began"
		.. " with it"):format(row.path, text and "changed"
		or "disappeared", row.id), advice = ("'tidemill fork %d'"
		.. " starts a new run that keeps its results."):format(
		row.id) }, 0)
end

local REOPEN <const> = [[
UPDATE runs SET state = 'queued', queued = ?, finished = NULL, error = NULL,
cancel = NULL, status = NULL, announced = 0, wake_at = NULL, waits_for = NULL,
pid = NULL, pid_start = NULL WHERE id = ? AND state IN
('failed', 'cancelled', 'timed_out', 'superseded', 'passed')]]

--- Which tests failed is another question now.
local FORGET <const> = [[
DELETE FROM steps WHERE run = ? AND kind = 'value' AND (name = 'failed_tests' OR
name GLOB '*/failed_tests' OR name GLOB 'failed_tests#*' OR
name GLOB '*/failed_tests#*')]]

--- Marks steps (rows) so that a replay runs them again.
local function mark(db, rows)
	for _, step in ipairs(rows) do
		db:run("UPDATE steps SET state = 'failed', class = 'again',"
			.. " undone = 0 WHERE id = ?", step.id)
	end
end

local function reopen(db, row, condition, ...)
	local rows = db:query("SELECT id, name FROM steps WHERE run = ? AND ("
		.. condition .. ")", row.id, ...)

	db:transaction(function()
		mark(db, rows)
		db:run(FORGET, row.id)
		db:run(REOPEN, now(), row.id)
	end)
	return #rows
end

--- Marks what did not pass, what was undone, and the hooks and undos of it.
---@param db store.Db
---@param row table
function rerun.reopen_failed(db, row)
	reopen(db, row, [[(state IN ('failed', 'timed_out', 'cancelled',
		'running', 'waiting') AND soft = 0) OR undone = 1
		OR class = 'needs' OR kind = 'undo'
		OR kind = 'hook' AND (parent IS NULL OR parent IN (
			SELECT name FROM steps s WHERE s.run = steps.run
			AND s.state IN ('failed', 'timed_out', 'cancelled')))]])
end

local function first_step(db, row, name)
	return require("record").step(db, row.id, name)
end

--- Marks the step `name` and everything that began after it.
---@param db store.Db
---@param row table
---@param name string
function rerun.reopen_from(db, row, name)
	local step = first_step(db, row, name)

	reopen(db, row, [[id >= ? OR undone = 1 OR class = 'needs'
		OR kind = 'undo' OR kind = 'hook' AND parent IS NULL
		OR (state IN ('failed', 'timed_out', 'cancelled')
			AND soft = 0)
		OR name IN (WITH RECURSIVE up(name) AS (
			SELECT parent FROM steps WHERE id = ?
			UNION SELECT s.parent FROM steps s, up
			WHERE s.run = steps.run AND s.name = up.name)
			SELECT name FROM up WHERE name IS NOT NULL)]],
		step.id, step.id)
end

local COPIED <const> = { "name", "path", "recipe", "repo", "ref", "oid",
	"params", "priority", "timeout", "on_crash", "concurrency",
	"group_limit", "supersede", "event" }

local function new_run(db, row, fields)
	for _, key in ipairs(COPIED) do fields[key] = row[key] end
	if row.repo == 0 then fields.workspace = row.workspace end
	return db:run_create(fields)
end

--- Creates a new run with the same inputs; returns its id.
---@param db store.Db
---@param row table
---@return integer
function rerun.copy(db, row)
	return new_run(db, row, { seed = math.random(1, math.maxinteger) })
end

local COPY <const> = [[
INSERT INTO steps (run, name, parent, kind, state, soft, once, attempt, command,
started, finished, wake_at, status, signal, class, error, result, wall,
cpu_user, cpu_system, max_rss, read_bytes, write_bytes)
SELECT ?, name, parent, kind, state, soft, once, attempt, command, started,
finished, wake_at, status, signal, class, error, result, wall, cpu_user,
cpu_system, max_rss, read_bytes, write_bytes FROM steps
WHERE run = ? AND id < ? AND undone = 0 AND state IN ('passed', 'skipped')
AND coalesce(class, '') <> 'needs' AND kind NOT IN ('hook', 'undo', 'lock')
AND name NOT IN (WITH RECURSIVE up(name) AS (
	SELECT parent FROM steps WHERE id = ?
	UNION SELECT s.parent FROM steps s, up WHERE s.run = ? AND
	s.name = up.name) SELECT name FROM up WHERE name IS NOT NULL)
ORDER BY id]]

--- Creates a run that begins with copies of what passed before the step
--- `from` (nil: of all that passed); returns its id. The copies have no
--- fingerprint, because the code may be another now.
---@param db store.Db
---@param row table
---@param from? string
---@return integer
function rerun.fork(db, row, from)
	local step = from and first_step(db, row, from).id

	return db:transaction(function()
		local id = new_run(db, row, { seed = row.seed,
			fork_of = row.id, fork_step = from })
		db:run(COPY, id, row.id, step or math.maxinteger, step or 0,
			row.id)
		return id
	end)
end

return rerun
