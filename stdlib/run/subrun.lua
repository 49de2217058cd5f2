--- Sub-runs: other recipes, started by a run, awaited by it.

local failure = require("run.failure")
local scopes = require("run.scope")
local waits = require("run.waits")

local subrun = {}

---@class run.Handle
---@field id integer
---@field name string
local Handle = {}
Handle.__index = Handle
Handle.__metatable = false

--- What the runner knows of a handle: nothing that recipes can reach.
local hidden = setmetatable({}, { __mode = "k" })

local ENDED <const> = { passed = true, failed = true, cancelled = true,
	timed_out = true, superseded = true }

--- Where the recipe is: a file beside this one, or one that a server knows.
local function find(run, wanted)
	if wanted:find("%.lua$") then
		local path = run.row.repo > 0 and wanted
			or run:path_of_recipe(wanted)
		return { path = path, file = run:path_of_recipe(wanted),
			repo = run.row.repo, oid = run.row.oid,
			ref = run.row.ref }
	end
	local row = run.db:row("SELECT * FROM recipes WHERE name = ? AND"
		.. " enabled = 1 ORDER BY repo <> ? LIMIT 1", wanted,
		run.row.repo)
	if row and (row.repo == 0 or row.repo == run.row.repo) then
		return { path = row.path, recipe = row.id, repo = row.repo,
			file = row.repo == 0 and row.path
			or run:path_of_recipe(row.path),
			oid = row.repo > 0 and run.row.oid or nil,
			ref = row.repo > 0 and run.row.ref or nil }
	end
	failure.raise("not_found", "there is no recipe '%s': give a file"
		.. " (\"deploy.lua\") or the name of a recipe of the server",
		wanted)
end

local function create(run, key, wanted, given)
	local place = find(run, wanted)
	local recipe = require("recipe.load").file(place.file)
	local params = require("recipe.params").resolve(recipe.params,
		given or {})
	if require("run.masking").value(run, params) ~= params then
		failure.raise("invalid", "a parameter of '%s' holds a secret,"
			.. " and parameters are recorded: let that recipe ask"
			.. " for it by 'secrets'", wanted)
	end

	return run.db:run_create { name = recipe.name, path = place.path,
		recipe = place.recipe, repo = place.repo, oid = place.oid,
		ref = place.ref, hash = recipe.hash, parent = run.id,
		parent_step = key, state = "queued",
		params = require("json").encode(params),
		priority = run.row.priority, on_crash = recipe.on_crash,
		timeout = recipe.timeout, seed = run:new_seed(),
		workspace = place.repo == 0
			and place.file:match("^(.*)/[^/]*$") or nil }
end

--- Lets the server run it, or runs it without one.
local function launch(run, id)
	if run.db:poke_server() then return end
	run:guard()
	require("proc").spawn { "/proc/self/exe", "--data", run.home, "run",
		"--attach", tostring(id), detached = true, stdout = "null",
		stderr = "null", env = { TIDEMILL_RUN = false } }
end

local function find_child(db, parent, key)
	return db:row("SELECT id, name, state FROM runs WHERE parent = ? AND"
		.. " parent_step = ?", parent, key)
end

--- Implements ctx:run.
---@async
---@param run run.Runner
---@param wanted string
---@param params? table
---@return run.Handle
function subrun.start(run, wanted, params)
	local scope = scopes.current()

	if type(wanted) ~= "string" then
		failure.raise("invalid", "ctx:run wants a recipe's file or name")
	end
	local key = scope:name("run " .. wanted)
	local row = run.journal[key]
	run.journal[key] = nil
	local child = find_child(run.db, run.id, key)
	if not child and row and run.row.fork_of then
		child = find_child(run.db, run.row.fork_of, key)
	end
	if not child then
		run:check_alive(scope)
		local id = create(run, key, wanted, params)
		child = { id = id, name = wanted, state = "queued" }
	end
	local step = row and row.id or run.db:step_start { run = run.id,
		name = key, kind = "run", parent = scope.parent,
		command = ("run %d"):format(child.id) }
	run.db:commit()
	if child.state == "queued" then launch(run, child.id) end
	local handle = setmetatable({ id = child.id, name = wanted }, Handle)
	hidden[handle] = { run = run, key = key, step = step }
	run.children[#run.children + 1] = handle
	return handle
end

local function state_of(handle)
	return hidden[handle].run.db:row("SELECT state, error FROM runs WHERE id = ?",
		handle.id)
end

local function settle(handle, row)
	local own = hidden[handle]

	if own.settled then return own.settled end
	own.settled = { id = handle.id, name = handle.name, state = row.state,
		error = row.error and failure.decode(row.error) or nil }
	own.run.db:step_finish(own.step, { state = row.state == "passed"
		and "passed" or "failed", error = row.error })
	return own.settled
end

local function check(handle, options)
	local result = hidden[handle].settled

	if result.state == "passed" or options and options.soft then
		return result
	end
	error(failure.new { code = "failed", step = hidden[handle].key,
		result = result, cause = result.error,
		message = ("run %d (%s) ended as %s"):format(handle.id,
			handle.name, (result.state:gsub("_", " "))) }, 0)
end

--- Waits until it has ended, and returns {id, name, state}. Raises unless it
--- passed or `options.soft`.
---@async
---@param options? { soft?: boolean }
---@return table
function Handle:await(options)
	local row = waits.wait(hidden[self].run, { kind = "run",
		steps = { hidden[self].step },
		reason = ("waits for run %d (%s)"):format(self.id, self.name),
		ready = function()
			local now = state_of(self)
			return ENDED[now.state] and now
		end })

	settle(self, row)
	return check(self, options)
end

--- Waits for all of `handles`; returns their results, or raises for the first
--- that did not pass when all have ended.
---@async
---@param handles run.Handle[]
---@param options? { soft?: boolean }
---@return table[]
function subrun.all(_, handles, options)
	local results = {}

	for i, handle in ipairs(handles) do
		results[i] = handle:await { soft = true }
	end
	for _, handle in ipairs(handles) do check(handle, options) end
	return results
end

local function steps_of(handles)
	local steps = {}

	for i, handle in ipairs(handles) do steps[i] = hidden[handle].step end
	return steps
end

local function first_ended(handles)
	for i, handle in ipairs(handles) do
		local row = hidden[handle].settled or state_of(handle)
		if ENDED[row.state] then return { index = i, row = row } end
	end
end

--- Waits for the first of `handles` that ends; returns its position and
--- result. Which one that was is recorded.
---@async
---@param run run.Runner
---@param handles run.Handle[]
---@param options? { soft?: boolean }
---@return integer index
---@return table result
function subrun.any(run, handles, options)
	local values = require("run.values")
	local index = values.recorded(scopes.current(), "any", function()
		return waits.wait(run, { kind = "run",
			steps = steps_of(handles),
			reason = ("waits for one of %d runs"):format(#handles),
			ready = function() return first_ended(handles) end })
			.index
	end)
	local handle = handles[index]

	settle(handle, state_of(handle))
	return index, check(handle, options)
end

--- Cancels what still runs, because this run stops.
---@param run run.Runner
function subrun.cancel_all(run)
	for _, handle in ipairs(run.children) do
		if not hidden[handle].settled then
			run.db:run_cancel(handle.id, ("its parent, run %d,"
				.. " was cancelled"):format(run.id))
		end
	end
end

return subrun
