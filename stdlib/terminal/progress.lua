--- How a run in the foreground is shown: live on a terminal, else line by line.
--- Both are observers of the runner (see terminal.live and terminal.plain).

local progress = {}

--- What the runner tells of a step; more is there at its end.
---@class terminal.Step
---@field id integer
---@field name string
---@field parent? string
---@field attempt? integer
---@field started? integer
---@field finished? integer
---@field state? string
---@field soft? boolean|integer
---@field status? integer
---@field signal? integer|string
---@field error? string|table

---@class terminal.Observer
---@field run_started fun(self, run: table)
---@field step_started fun(self, step: terminal.Step)
---@field step_finished fun(self, step: terminal.Step)
---@field note fun(self, text: string, step?: string)
---@field asked fun(self, question: approvals.Row)
---@field run_finished fun(self, run: table)
---@field echo fun(self, step: table): steplog.Echo? where a step's log is
---  copied to, line by line

---@class progress.Options
---@field home string
---@field db? store.Db for the expected times
---@field paint? terminal.Paint
---@field quiet? boolean no output of steps, only how they ended

local MEDIAN_OF <const> = 9

--- Returns how long the steps of a recipe take as a rule: the median of the
--- last runs that passed. One query.
---@param db store.Db
---@param name string the recipe's
---@return table<string, integer> milliseconds by step
---@return integer? total
function progress.expected(db, name)
	local times, total = {}, {}

	for row in db:each("SELECT s.name, s.run, s.finished - s.started AS ms,"
		.. " r.finished - r.started AS total FROM (SELECT id, started,"
		.. " finished FROM runs WHERE name = ? AND state = 'passed'"
		.. " ORDER BY id DESC LIMIT ?) r JOIN steps s ON s.run = r.id"
		.. " WHERE s.state = 'passed' LIMIT 20000", name, MEDIAN_OF) do
		times[row.name] = times[row.name] or {}
		table.insert(times[row.name], row.ms)
		total[row.run] = row.total
	end
	local function median(list)
		table.sort(list)
		return list[#list // 2 + 1]
	end
	local result, totals = {}, {}
	for step, list in pairs(times) do result[step] = median(list) end
	for _, ms in pairs(total) do totals[#totals + 1] = ms end
	return result, median(totals)
end

--- Returns the words that say how a step failed: ", exit 2, attempt 3".
---@param step terminal.Step
---@return string
function progress.remarks(step)
	local list = {}

	if step.state ~= "passed" then
		if step.signal then
			list[1] = "signal " .. step.signal
		elseif step.status and step.status ~= 0 then
			list[1] = "exit " .. step.status
		elseif step.state ~= "failed" then
			list[1] = step.state:gsub("_", " ")
		end
		if step.soft == true or step.soft == 1 then
			list[#list + 1] = "soft"
		end
	end
	if (step.attempt or 1) > 1 then
		list[#list + 1] = "attempt " .. step.attempt
	end
	return table.concat(list, ", ")
end

--- Returns an observer for this terminal, or for a pipe.
---@param options progress.Options
---@return terminal.Observer
function progress.new(options)
	options.paint = options.paint
		or require("terminal.colour").of(io.stdout)
	local live = require("tty").is_terminal(1)
		and os.getenv("TERM") ~= "dumb"
	return require(live and "terminal.live" or "terminal.plain")(options)
end

return progress
