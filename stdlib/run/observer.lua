--- Who watches a run. The runner calls these functions; those for people are
--- in stdlib/terminal/ (progress, live, plain).

---@class run.Observer
---@field run_started fun(self, run: run.View)
---@field step_started fun(self, step: run.StepView)
---@field echo fun(self, step: run.StepView): steplog.Echo? where output goes
---@field step_finished fun(self, step: run.StepView)
---@field note fun(self, text: string, step?: string)
---@field asked fun(self, question: approvals.Row) a person must answer
---@field run_finished fun(self, run: run.View)

---@class run.View
---@field id integer
---@field name string
---@field state string
---@field path string
---@field attempt integer
---@field started integer ms since 1970
---@field finished? integer
---@field error? string JSON: {code, message, …}

---@class run.StepView
---@field id integer
---@field name string
---@field parent? string
---@field kind string command function hook undo sleep lock run approve
---@field state string
---@field attempt integer
---@field soft boolean
---@field command? string
---@field started integer ms since 1970
---@field finished? integer
---@field status? integer
---@field signal? string
---@field error? string JSON

local observer = {}

local function nothing() end

--- The observer that says nothing: of runs that a server started.
---@type run.Observer
observer.silent = { run_started = nothing, step_started = nothing,
	echo = nothing, step_finished = nothing, note = nothing, asked = nothing,
	run_finished = nothing }

--- Returns an observer that says in one line, on stderr, how a run ended that
--- did not pass.
---@return run.Observer
function observer.failures()
	return setmetatable({ run_finished = function(_, run)
		if run.state == "passed" then return end
		local why = run.error and require("json").decode(run.error)
		io.stderr:write(("tidemill: run %d (%s) %s%s\n"):format(run.id,
			run.name, (run.state:gsub("_", " ")), why
			and ": " .. (why.message or "") or ""))
	end }, { __index = observer.silent })
end

--- Returns an observer that shows the output of steps as it is, and nothing
--- else.
---@return run.Observer
function observer.passing()
	return setmetatable({ echo = function() return { fd = 1 } end },
		{ __index = observer.silent })
end

--- Returns an observer that writes one JSON object a line, for programs.
---@param out? file* [stdout]
---@return run.Observer
function observer.json(out)
	local json = require("json")
	local lines = { echo = nothing }

	out = out or io.stdout
	local function emit(event, fields)
		local copy = { event = event }
		for key, value in pairs(fields) do copy[key] = value end
		if copy.error then copy.error = json.decode(copy.error) end
		out:write(json.encode(copy), "\n")
		out:flush()
	end
	for _, name in ipairs { "run_started", "step_started",
		"step_finished", "run_finished" } do
		lines[name] = function(_, view) emit(name, view) end
	end
	function lines.note(_, text, step)
		emit("note", { text = text, step = step })
	end
	function lines.asked(_, question)
		emit("asked", { id = question.id, step = question.step,
			question = question.question,
			reasons = json.array(question.reasons),
			expires = question.expires })
	end
	return lines
end

return observer
