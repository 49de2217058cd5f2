--- Tests in parts of about the same time, by what they took in earlier runs.

local name_of = require("reports.name")

local split = {}

local RUNS <const> = 20 -- the latest ones whose times count

local TIMES <const> = [[
SELECT h.suite, h.name, h.file, avg(t.seconds) AS seconds FROM tests t
JOIN test_history h ON h.id = t.test WHERE h.recipe = ?1
AND (?2 IS NULL OR h.label = ?2) AND t.run < ?3 AND t.run >= (
	SELECT coalesce(min(id), 0) FROM (SELECT id FROM runs WHERE name = ?1
	AND id < ?3 AND id IN (SELECT run FROM tests) ORDER BY id DESC LIMIT ?4)
) AND t.outcome <> 'skipped' GROUP BY t.test ORDER BY h.suite, h.name]]

split.BY = { "test", "suite", "file" }

--- What a test is split by: itself, its suite or its file.
local function key_of(row, by)
	if by == "suite" then return row.suite end
	if by == "file" then return row.file or row.suite end
	return name_of(row)
end

--- Returns names with their times, of the runs of a recipe before `run`: what
--- runs at the same time, and ends at another, sees the same times.
local function known(db, run, options)
	local list, by = {}, {}

	for _, row in ipairs(db:query(TIMES, run.name, options.label, run.id,
		RUNS)) do
		local key = key_of(row, options.by)
		local one = by[key]
		if not one then
			one = { name = key }
			by[key], list[#list + 1] = one, one
		end
		if row.seconds then
			one.seconds = (one.seconds or 0) + row.seconds
		end
	end
	return list, by
end

---@class reports.SplitOptions
---@field names? string[] what to split [all known]
---@field by? "test"|"suite"|"file" what a name is ["test"]
---@field label? string only tests of this step or `as`

local function check(options)
	if not options.by then return end
	for _, one in ipairs(split.BY) do
		if one == options.by then return end
	end
	local near = require("nearest")(tostring(options.by), split.BY)
	error({ code = "invalid", message = ("tests are split by 'test',"
		.. " 'suite' or 'file', not by '%s'%s"):format(
		tostring(options.by), near
		and (" (did you mean '%s'?)"):format(near) or "") }, 0)
end

--- Returns the names of each part, and how long each part takes (nil: not
--- known of any).
---@param db store.Db
---@param run { id: integer, name: string } runs before it count
---@param parts integer
---@param options reports.SplitOptions
---@return string[][] names
---@return number[] seconds
function split.parts(db, run, parts, options)
	check(options)
	local list, by = known(db, run, options)
	if options.names then
		list = {}
		for i, name in ipairs(options.names) do
			list[i] = { name = name,
				seconds = by[name] and by[name].seconds }
		end
	end
	local names, seconds = {}, {}
	for i, part in ipairs(require("reports").split(list, parts)) do
		names[i], seconds[i] = require("json").array {}, 0
		for n, one in ipairs(part) do
			names[i][n] = one.name
			seconds[i] = seconds[i] + (one.seconds or 0)
		end
	end
	return names, seconds
end

return split
