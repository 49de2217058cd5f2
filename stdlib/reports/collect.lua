--- What happens when a step that writes reports ends: they are read and
--- recorded, and its failure is judged by them.

local files = require("reports.files")
local name_of = require("reports.name")

local collect = {}

local SHOWN <const> = 5

--- How a step fails that has done its work and says no.
local SAYS_NO <const> = { exit = true, failed = true }

--- The clock of files is that much behind at most.
local TICK <const> = 20

--- What a step does that only reads what others of the run wrote.
local function here() end

--- What the reports hold goes into the record: secrets must not.
local function hide_secrets(run, list)
	if not run.mask then return end
	for _, one in ipairs(list) do
		for _, key in ipairs { "name", "suite", "file", "message",
			"details" } do
			if one[key] then one[key] = run.mask:apply(one[key]) end
		end
	end
end

--- Returns how many tests ended how, and those that failed. The last result
--- of a test counts.
---@param list reports.Test[]
---@return table counts
---@return reports.Test[] failed
local function summary(list)
	local counts = { passed = 0, failed = 0, error = 0, skipped = 0,
		quarantined = 0 }
	local last, failed = {}, {}

	for i, one in ipairs(list) do last[name_of(one)] = i end
	for i, one in ipairs(list) do
		if last[name_of(one)] == i then
			counts[one.outcome] = counts[one.outcome] + 1
			if one.outcome == "failed" or one.outcome == "error" then
				failed[#failed + 1] = one
				if one.quarantined then
					counts.quarantined =
						counts.quarantined + 1
				end
			end
		end
	end
	return counts, failed
end

local function names(list)
	local shown = {}

	for i = 1, math.min(#list, SHOWN) do shown[i] = name_of(list[i]) end
	return table.concat(shown, ", ") .. (#list > SHOWN
		and (" and %d more"):format(#list - SHOWN) or "")
end

--- A step whose program ended by itself, and all of whose failures are those
--- of tests in quarantine, has passed. Not when so many failed at once that it
--- is not because of them.
local function forgive(run, self, outcome, found, failed)
	local counts = outcome.tests
	local total = counts.passed + counts.failed + counts.error

	if outcome.state ~= "failed" or outcome.signal or #failed == 0
		or not SAYS_NO[outcome.error and outcome.error.code]
		or counts.quarantined < #failed or #found.problems > 0 then
		return
	end
	if require("flaky").mass(#failed, total) then
		run:note(("%d of %d tests failed at once: quarantine does not"
			.. " excuse that"):format(#failed, total), self.key)
		return
	end
	outcome.state, outcome.class = "passed", "quarantined"
	outcome.error = nil
	run:note(("only tests in quarantine failed: %s"):format(names(failed)),
		self.key)
end

local function record(run, self, list, label)
	local batch = { run = run.id, oid = run.row.oid, step = self.id,
		recipe = run.row.name, label = label, attempt = self.attempt,
		now = require("time").now() }

	require("reports.history").record(run.db, batch, list)
	if batch.mass then
		run:note("so many tests that passed before fail now that it"
			.. " is not taken for flakiness", self.key)
	end
end

--- Notes where the output of this attempt begins.
---@param self table the step
function collect.before(self)
	local fs = require("fs")

	self.log_from = fs.exists(self.log) and fs.stat(self.log).size or 0
end

--- Reads the reports of `self`, which ended so; may change the outcome.
---@async
---@param run run.Runner
---@param self table the step
---@param outcome table
---@param option string|table its option `reports`
function collect.of_step(run, self, outcome, option)
	local wanted = files.wanted(option)
	local cwd = self.options.cwd
	local found = files.read(wanted, { log = self.log,
		log_from = self.log_from,
		dir = cwd and run:path(cwd) or run.workspace,
		since = self.spec.fn == here and run.row.started - 1000
			or self.view.started - TICK })

	for _, problem in ipairs(found.problems) do
		run:note(problem, self.key)
	end
	if found.read == 0 then return end
	hide_secrets(run, found.tests)
	require("reports.quarantine").mark(run.db, run.row.name, found.tests)
	record(run, self, found.tests, wanted.label or self.key)
	local failed
	outcome.tests, failed = summary(found.tests)
	forgive(run, self, outcome, found, failed)
end

--- Implements ctx:reports: reads reports in a step of its own.
---@async
---@param context run.Context
---@param option string|table
---@return table counts
function collect.call(context, option)
	local name = type(option) == "table" and option.as or "reports"
	local result = context:step(name, here, { reports = option })

	return result.tests or { passed = 0, failed = 0, error = 0,
		skipped = 0, quarantined = 0 }
end

return collect
