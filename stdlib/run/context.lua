--- What recipes get: `ctx`.

local failure = require("run.failure")
local scopes = require("run.scope")

local step --- run.step, loaded with the first step

---@class run.Context
---@field event table what happened: { kind, ref, … }
---@field params table<string, any>
---@field env table<string, string> of all steps; may be changed
---@field workspace string
---@field secrets table<string, string> those that the recipe declares
---@field run table { id, attempt, commit, ref, name }
local Context = {}

local methods = {}

--- The runner of each context: nothing that recipes can reach.
local runners = setmetatable({}, { __mode = "k" })

--- Runs a step, or returns its recorded result.
---@async
---@param name string
---@param what any command line, words, function, or { one of those, options }
---@param options? table
---@return run.Result
function methods:step(name, what, options)
	step = step or require("run.step")
	return step.run(runners[self], name, what, options)
end

--- Runs branches at the same time and waits for all.
---@async
---@param branches table
---@return table results by name (and position)
function methods:parallel(branches)
	return require("run.parallel").run(runners[self], branches)
end

--- Waits, also across restarts.
---@async
---@param delay integer|string
function methods:sleep(delay)
	require("run.waits").sleep(runners[self], delay)
end

--- Calls `fn` while this run holds a lock.
---@async
---@param name string
---@param options? table {capacity, count, lease, timeout}
---@param fn async fun(ctx)
function methods:lock(name, options, fn)
	return require("run.waits").lock(runners[self], name, options, fn)
end

--- Waits until a person has approved; raises `rejected` or `timeout`.
---@async
---@param question string|table { text, reasons, expire, name }
---@return { id: integer, by: string, at: integer, comment?: string }
function methods:approve(question)
	return require("run.approve")(runners[self], question)
end

--- Reads reports of tests; returns how many passed, failed, ….
---@async
---@param what string|table globs, or { files, format, as }
---@return table
function methods:reports(what)
	return require("reports.collect").call(self, what)
end

--- Returns the tests that failed in this run so far: after 'tidemill retry
--- --failed', those of the time before.
---@async
---@return { name: string, suite: string, test: string, file?: string }[]
function methods:failed_tests()
	local run = runners[self]

	return require("run.values").wrap("failed_tests", function()
		return require("reports.failed").list(run.db, run.id)
	end)()
end

--- Splits known tests, or `options.names`, into `parts` lists of names that
--- take about as long as each other.
---@async
---@param parts integer
---@param options? reports.SplitOptions
---@return string[][]
function methods:split_tests(parts, options)
	local run = runners[self]

	return require("run.values").wrap("split_tests", function()
		return (require("reports.split").parts(run.db, run.row, parts,
			options or {}))
	end)()
end

--- Leaves a remark in the run's record.
---@param text any
function methods:note(text)
	local scope = scopes.current()

	runners[self]:note(tostring(text), scope and scope.parent)
end

--- Waits for all of some sub-runs.
---@async
function methods:all(handles, options)
	return require("run.subrun").all(runners[self], handles, options)
end

--- Waits for the first of some sub-runs that ends.
---@async
function methods:any(handles, options)
	return require("run.subrun").any(runners[self], handles, options)
end

--- Undoes now what passed steps registered, the latest first.
---@async
function methods:rollback()
	return require("run.undo").all(runners[self])
end

--- Ends the run as failed.
---@param message any
function methods.fail(_, message)
	failure.raise("failed", "%s", tostring(message))
end

--- Ends the run as cancelled.
---@param reason? any
function methods:cancel(reason)
	runners[self]:cancel("the recipe: " .. tostring(reason or "cancelled"))
	failure.raise("cancelled", "%s", tostring(reason or "cancelled"))
end

Context.__index = methods
Context.__metatable = false

--- Makes ctx.run: a table that starts sub-runs when called as ctx:run(…).
local function make_run(runner)
	local row = runner.row

	return setmetatable({ id = row.id, name = row.name, ref = row.ref,
		attempt = row.attempt, commit = row.oid }, {
		__call = function(_, _, recipe, params)
			return require("run.subrun").start(runner, recipe,
				params)
		end })
end

--- Makes ctx.secrets, in which others than the declared ones are errors.
local function make_secrets(runner)
	local known = runner.secrets or {}

	return setmetatable({}, { __metatable = false,
		__index = function(_, name)
			if known[name] then return known[name] end
			local near = type(name) == "string"
				and require("nearest")(name, known)
			failure.raise("not_found", "the recipe declares no"
				.. " secret '%s'%s: secrets = { \"%s\" }, or"
				.. " require(\"secret\").get", tostring(name),
				near and (" (did you mean '%s'?)"):format(near)
				or "", tostring(name))
		end,
		__newindex = function()
			failure.raise("invalid", "ctx.secrets cannot be changed")
		end })
end

--- Returns the context of a run.
---@param runner run.Runner
---@return run.Context
return function(runner)
	local context = setmetatable({ event = runner.event,
		params = runner.params, env = runner.env,
		workspace = runner.workspace, run = make_run(runner),
		secrets = make_secrets(runner) }, Context)

	runners[context] = runner
	return context
end
