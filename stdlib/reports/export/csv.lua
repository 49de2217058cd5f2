--- Runs, steps or tests as CSV, a row each.

local record = require("record")

local csv = {}

local function field(value)
	local text = value == nil and "" or tostring(value)

	if text:find('[",\r\n]') then
		return '"' .. text:gsub('"', '""') .. '"'
	end
	return text
end

local function write_row(write, columns, row)
	local fields = {}

	for i, name in ipairs(columns) do fields[i] = field(row[name]) end
	write(table.concat(fields, ",") .. "\n")
end

local function of_run(_, run)
	run.error = record.error_text(run.error)
	run.commit = run.oid
	run.duration = record.duration(run, run.finished)
	return { run }
end

local function of_steps(db, run)
	local list = record.steps(db, run.id)

	for _, step in ipairs(list) do
		step.recipe, step.commit, step.ref = run.name, run.oid, run.ref
		step.error = record.error_text(step.error)
		step.step, step.run = step.name, run.id
	end
	return list
end

local function of_tests(db, run)
	local list = db:query("SELECT * FROM test_results WHERE run = ?"
		.. " ORDER BY step, attempt, number", run.id)

	for _, one in ipairs(list) do
		one.commit, one.ref, one.created = run.oid, run.ref, run.created
	end
	return list
end

csv.KINDS = { "runs", "steps", "tests" }

local KINDS <const> = {
	runs = { of_run, "id", "name", "state", "ref", "commit", "created",
		"started", "finished", "duration", "attempt", "cpu", "max_rss",
		"error" },
	steps = { of_steps, "run", "recipe", "ref", "commit", "step", "kind",
		"state", "attempt", "status", "class", "started", "finished",
		"wall", "cpu_user", "cpu_system", "max_rss", "log_bytes",
		"error" },
	tests = { of_tests, "run", "recipe", "ref", "commit", "created", "step",
		"attempt", "suite", "name", "file", "outcome", "quarantined",
		"seconds", "message" },
}

--- Writes the runs.
---@param db store.Db
---@param runs fun(): table?
---@param write fun(text: string)
---@param kind "runs"|"steps"|"tests"
function csv.write(db, runs, write, kind)
	local rows_of = KINDS[kind][1]
	local columns = table.move(KINDS[kind], 2, #KINDS[kind], 1, {})

	write(table.concat(columns, ",") .. "\n")
	for run in runs do
		for _, row in ipairs(rows_of(db, run)) do
			write_row(write, columns, row)
		end
	end
end

return csv
