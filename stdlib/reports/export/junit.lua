--- Runs as JUnit XML: their tests; of a run without tests, its steps.

local record = require("record")
local xml = require("reports.xml")

local TAGS <const> = { failed = "failure", error = "error",
	skipped = "skipped" }

--- What a step's end is as a test's outcome.
local OUTCOMES <const> = { passed = "passed", skipped = "skipped",
	failed = "failed", timed_out = "error", cancelled = "error",
	running = "error", waiting = "error" }

local function case(one)
	local head = ('  <testcase classname="%s" name="%s"%s%s'):format(
		xml.attribute(one.suite), xml.attribute(one.name), one.file
		and (' file="%s"'):format(xml.attribute(one.file)) or "",
		one.seconds and (' time="%.3f"'):format(one.seconds) or "")
	local tag = TAGS[one.outcome]

	if not tag then return head .. "/>" end
	return ('%s><%s message="%s">%s</%s></testcase>'):format(head, tag,
		xml.attribute(one.message or ""), xml.text(one.details or ""),
		tag)
end

--- Returns the steps of a run in the shape of tests.
local function steps_of(db, run)
	local list = {}

	for _, step in ipairs(record.steps(db, run.id)) do
		if step.kind ~= "value" then
			local took = record.duration(step, run.finished)
			list[#list + 1] = { suite = run.name, name = step.name,
				label = "steps", seconds = took and took / 1000,
				outcome = step.soft == 1
					and step.state == "failed" and "skipped"
					or OUTCOMES[step.state],
				message = record.error_text(step.error) }
		end
	end
	return list
end

local function suite(name, list)
	local counts = { failed = 0, error = 0, skipped = 0, passed = 0 }
	local seconds, lines = 0, {}

	for i, one in ipairs(list) do
		counts[one.outcome] = counts[one.outcome] + 1
		seconds = seconds + (one.seconds or 0)
		lines[i] = case(one)
	end
	return ('<testsuite name="%s" tests="%d" failures="%d" errors="%d"'
		.. ' skipped="%d" time="%.3f">\n%s\n</testsuite>\n'):format(
		xml.attribute(name), #list, counts.failed, counts.error,
		counts.skipped, seconds, table.concat(lines, "\n"))
end

local function write_run(db, run, write)
	local list = require("reports.query").of_run(db, run.id)
	local order, by = {}, {}

	if #list == 0 then list = steps_of(db, run) end
	for _, one in ipairs(list) do
		if not by[one.label] then
			by[one.label] = {}
			order[#order + 1] = one.label
		end
		table.insert(by[one.label], one)
	end
	for _, label in ipairs(order) do
		write(suite(("%s %d %s"):format(run.name, run.id, label),
			by[label]))
	end
end

--- Writes the runs.
---@param db store.Db
---@param runs fun(): table?
---@param write fun(text: string)
return function(db, runs, write)
	write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
	for run in runs do write_run(db, run, write) end
	write("</testsuites>\n")
end
