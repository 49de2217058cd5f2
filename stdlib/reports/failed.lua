--- What failed before, for who wants to run only that again.

local name_of = require("reports.name")
local query = require("reports.query")

local failed = {}

--- Returns the tests of a run that failed in the end.
---@param db store.Db
---@param run integer
---@return table[]
function failed.list(db, run)
	local list = require("json").array {}

	for i, row in ipairs(query.failed(db, run)) do
		list[i] = { name = row.name, suite = row.suite,
			file = row.file, test = name_of(row) }
	end
	return list
end

--- Writes the tests that failed in the attempts of a step before this one, a
--- line each, to a new file; returns its path, nil when there are none.
---@param run run.Runner
---@param step table
---@return string?
function failed.write(run, step)
	local rows = query.failed_before(run.db, run.id, step.id, step.attempt)

	if #rows == 0 then return nil end
	local path = os.tmpname()
	local lines = {}
	for i, row in ipairs(rows) do
		lines[i] = name_of(row):gsub("\n", " ") .. "\n"
	end
	require("fs").write(path, table.concat(lines))
	return path
end

return failed
