--- Quarantine: known bad tests whose failures do not fail a run, for a while.

local name_of = require("reports.name")

local quarantine = {}

---@class quarantine.Row
---@field id integer
---@field recipe string "" for all
---@field test string
---@field until integer
---@field why string
---@field added_by? string
---@field created integer

--- Returns the tests in quarantine now (or all that are kept), by name.
---@param db store.Db
---@param recipe? string only those that count for it
---@return table<string, quarantine.Row>
function quarantine.active(db, recipe)
	local found = {}

	for _, row in ipairs(db:query("SELECT * FROM quarantine WHERE until >"
		.. " ? AND (?2 IS NULL OR recipe IN ('', ?2))",
		require("time").now(), recipe)) do
		found[row.test] = row
	end
	return found
end

--- Returns all entries, those that end first in front.
---@param db store.Db
---@return quarantine.Row[]
function quarantine.list(db)
	return db:query("SELECT * FROM quarantine ORDER BY until, test")
end

--- Marks the tests of a report that are in quarantine.
---@param db store.Db
---@param recipe string
---@param list reports.Test[]
function quarantine.mark(db, recipe, list)
	local active = quarantine.active(db, recipe)

	if not next(active) then return end
	for _, one in ipairs(list) do
		one.quarantined = active[name_of(one)] ~= nil
	end
end

--- Raises unless some recipe has this test; with the nearest right name.
function quarantine.check(db, test, recipe)
	local names = {}

	for _, row in ipairs(db:query("SELECT DISTINCT suite, name FROM"
		.. " test_history WHERE ?1 IS NULL OR recipe = ?1", recipe)) do
		local name = name_of(row)
		if name == test then return end
		names[#names + 1] = name
	end
	local near = require("nearest")(test, names)
	error({ code = "not_found", message = ("no test '%s' is known%s%s")
		:format(test, recipe and " of recipe '" .. recipe .. "'" or "",
		near and (" (did you mean '%s'?)"):format(near) or "") }, 0)
end

local ADD <const> = [[
INSERT INTO quarantine (recipe, test, until, why, added_by, created)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (recipe, test) DO UPDATE SET
until = excluded.until, why = excluded.why, added_by = excluded.added_by,
created = excluded.created]]

--- Puts a test into quarantine, or changes until when and why it is there.
---@param db store.Db
---@param entry table test, until, why; recipe (all), by
function quarantine.add(db, entry)
	db:run(ADD, entry.recipe or "", entry.test, entry["until"], entry.why,
		entry.by, require("time").now())
end

--- Returns how many entries were removed.
---@param db store.Db
---@param test string
---@param recipe? string
---@return integer
function quarantine.remove(db, test, recipe)
	return (db:run("DELETE FROM quarantine WHERE test = ? AND (?2 IS NULL"
		.. " OR recipe = ?2)", test, recipe))
end

return quarantine
