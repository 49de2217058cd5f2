--- Records the results of tests, and what is remembered of each test.

local flaky = require("flaky")
local json = require("json")

local history = {}

local NEWER <const> = 0.3 -- weight of a new time among the old ones

local INSERT <const> = [[
INSERT INTO test_history (recipe, label, suite, name, first_run, last_run,
last_outcome, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)]]

local UPDATE <const> = [[
UPDATE test_history SET file = ?, passed = ?, failed = ?, skipped = ?,
seconds = ?, last_run = ?, last_oid = ?, last_outcome = ?, last_failed = ?,
last_seen = ?, state = ?, flaky = ?, flaky_since = ? WHERE id = ?]]

local RESULT <const> = [[
INSERT OR REPLACE INTO tests (run, step, attempt, number, test, outcome,
quarantined, seconds, message, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]]

local function key_of(test)
	return test.suite .. "\0" .. test.name
end

local function is_failure(outcome)
	return outcome == "failed" or outcome == "error"
end

--- Returns what is known of the tests of a recipe and label.
local function load(db, recipe, label)
	local known = {}

	for _, row in ipairs(db:query("SELECT * FROM test_history WHERE"
		.. " recipe = ? AND label = ?", recipe, label)) do
		known[key_of(row)] = row
	end
	return known
end

--- Did so many tests fail at once that it is not because of them?
local function is_mass(known, list)
	local broken, count = {}, 0
	local failing = 0

	for _, one in ipairs(list) do
		local row = known[key_of(one)]
		if one.outcome ~= "skipped" then count = count + 1 end
		if is_failure(one.outcome) and row and not broken[row]
			and row.last_outcome == "passed" then
			broken[row] = true
			failing = failing + 1
		end
	end
	return flaky.mass(failing, count)
end

--- The row of a test, made when it is new.
local function row_of(db, known, one, batch)
	local key = key_of(one)
	local row = known[key]

	if row then return row end
	row = { passed = 0, failed = 0, skipped = 0, flaky = 0, state = "{}",
		suite = one.suite, name = one.name, fresh = true }
	local _, id = db:write(INSERT, batch.recipe, batch.label, one.suite,
		one.name, batch.run, batch.run, one.outcome, batch.now)
	row.id = id
	known[key] = row
	return row
end

local function learn(row, failed, batch)
	local state = json.decode(row.state)
	local same = row.last_run == batch.run
		or batch.oid ~= nil and row.last_oid == batch.oid
	local verdict = flaky.update(state, failed, not row.fresh and same)

	if verdict ~= (row.flaky == 1) then
		row.flaky = verdict and 1 or 0
		row.flaky_since = verdict and batch.now or nil
	end
	row.state = json.encode(state)
end

local function count(row, one, batch)
	local failed = is_failure(one.outcome)
	local column = failed and "failed" or one.outcome

	row[column] = row[column] + 1
	if one.outcome ~= "skipped" then
		if not batch.mass then learn(row, failed, batch) end
		if one.seconds then
			row.seconds = row.seconds and row.seconds
				+ NEWER * (one.seconds - row.seconds)
				or one.seconds
		end
	end
	if failed then row.last_failed = batch.run end
	row.file = one.file or row.file
	row.last_run, row.last_oid = batch.run, batch.oid
	row.last_outcome, row.fresh = one.outcome, nil
end

---@class reports.Batch
---@field run integer
---@field oid? string commit
---@field recipe string
---@field label string
---@field step integer its number
---@field attempt integer
---@field now integer
---@field mass? boolean set by `record`: too many tests failed at once

--- Writes the results in the database's group: durable with its next commit.
--- Sets `batch.mass`.
---@param db store.Db
---@param batch reports.Batch
---@param list reports.Test[] each may have `quarantined`
function history.record(db, batch, list)
	local known = load(db, batch.recipe, batch.label)
	local changed = {}

	batch.mass = is_mass(known, list)
	for number, one in ipairs(list) do
		local row = row_of(db, known, one, batch)
		changed[row] = true
		count(row, one, batch)
		db:write(RESULT, batch.run, batch.step, batch.attempt, number,
			row.id, one.outcome, one.quarantined and 1 or 0,
			one.seconds, one.message, one.details)
	end
	for row in pairs(changed) do
		db:write(UPDATE, row.file, row.passed, row.failed, row.skipped,
			row.seconds, row.last_run, row.last_oid,
			row.last_outcome, row.last_failed, batch.now,
			row.state, row.flaky, row.flaky_since, row.id)
	end
end

return history
