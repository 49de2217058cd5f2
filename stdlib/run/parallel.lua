--- Branches at the same time: workers take them in order, each as soon as what
--- it needs has passed.

local failure = require("run.failure")
local scopes = require("run.scope")
local step = require("run.step")
local task = require("task")

local parallel = {}

--- How many branches run at once unless `limit` says otherwise.
local LIMIT <const> = 64

--- More workers than that: while one records the end of a step whose process
--- is over, another has started the next process.
local RELIEF <const> = 2

---@class run.Work
---@field ready run.Branch[] in order; `first` is the next one
---@field left integer branches that are not over
---@field places integer how many more may run at once
---@field free any the event that workers without a place wait for
---@field workers any[] their tasks
---@field idle any the event that idle workers wait for
---@field last? boolean nothing follows but the end of the run
local Work = {}
Work.__index = Work

--- The branch needs its place no more: it, or its process, has ended.
---@param branch run.Branch
function Work:leave(branch)
	if not branch.placed then return end
	branch.placed = false
	self.places = self.places + 1
	self.free:set()
end

local function name_branches(scope, list)
	local leaf = scope:child(scope.path, { leaf = true })

	for _, branch in ipairs(list) do
		local key = scope:name(branch.name)
		branch.key = key
		branch.scope = branch.fn and scope:child(key) or leaf
	end
end

--- Is the step that runs now the last one before the end of the run?
function Work:at_end()
	return self.last and self.left == 1
end

--- A step without options does nothing after its process has ended but to
--- record that, so the next one need not wait.
local function perform(run, work, branch)
	if branch.fn then return branch.fn(run.context) end
	local self = { key = branch.key, scope = branch.scope,
		spec = branch.spec, kind = branch.spec.kind }

	if not next(branch.spec.options) then
		self.work, self.branch = work, branch
	end
	return step.execute(run, self)
end

--- A branch whose needs did not pass is recorded as skipped, and what needs it
--- in turn.
local function skip(run, work, branch)
	if branch.skipped then return end
	branch.skipped = true
	work.left = work.left - 1
	if branch.spec then
		run.journal[branch.key] = nil
		local id = run.db:step_start { run = run.id, name = branch.key,
			kind = "command", parent = branch.scope.parent,
			command = require("run.masking").text(run,
				branch.spec.command) }
		run.db:step_finish(id, { state = "skipped", class = "needs" })
	end
	for _, other in ipairs(branch.next) do skip(run, work, other) end
end

local function finish(run, work, branch, ok, value)
	work.left = work.left - 1
	branch.ok, branch.value = ok, value
	for _, other in ipairs(branch.next) do
		other.needs = other.needs - 1
		if not ok then
			skip(run, work, other)
		elseif other.needs == 0 and not other.skipped then
			work.ready[#work.ready + 1] = other
			other.waited = true
		end
	end
	if not ok then
		work.failed = true
		if work.fail_fast then
			for _, worker in ipairs(work.workers) do
				worker:cancel()
			end
		end
	end
	if #branch.next > 0 or work.left == 0 then work.idle:set() end
end

local function wait_for(run, event)
	run:leave()
	local ok, why = pcall(event.wait, event)
	event:clear()
	run:enter()
	if not ok then error(why, 0) end
end

local function take_next(work)
	local branch = work.ready[work.first]

	work.first = work.first + 1
	work.places = work.places - 1
	branch.placed = true
	return branch
end

local function take_branches(run, work)
	local context = task.context()

	while work.left > 0 and not (work.failed and work.fail_fast) do
		if not work.ready[work.first] then
			wait_for(run, work.idle)
		elseif work.places == 0 then
			wait_for(run, work.free)
		else
			local branch = take_next(work)
			if branch.waited then run.db:commit() end
			context.scope = branch.scope
			local ok, value = pcall(perform, run, work, branch)
			work:leave(branch)
			finish(run, work, branch, ok, value)
			if not ok and failure.is_cancel(value)
				and task.cancelled() then
				error(value, 0)
			end
		end
	end
	work.idle:set()
end

local function worker(run, work)
	local ok, why = pcall(take_branches, run, work)

	run:leave()
	if not ok and not work.fail_fast then error(why, 0) end
end

local function collect(list)
	local results, failed = {}, {}

	for i, branch in ipairs(list) do
		if branch.ok then
			results[i], results[branch.name] = branch.value,
				branch.value
		elseif branch.ok == false
			and not failure.is_cancel(branch.value) then
			failed[#failed + 1] = branch
		end
	end
	return results, failed
end

local function raise(list, failed)
	local first = failure.of(failed[1].value)
	local names = {}

	if #failed == 1 then error(first, 0) end
	for i, branch in ipairs(failed) do names[i] = branch.name end
	error(failure.new { code = first.code, step = first.step,
		status = first.status, class = first.class, cause = first,
		message = ("%d of %d branches failed: %s"):format(#failed,
			#list, table.concat(names, ", ")) }, 0)
end

--- Many short steps share their commits: up to this many milliseconds.
local PATIENCE <const> = 8
local MANY <const> = 16

local function set_patience(run, list, change)
	if #list < MANY then return end
	run.crowds = (run.crowds or 0) + change
	run.db:patience(run.crowds > 0 and PATIENCE or 0)
end

--- Runs `list`, and returns the results by position and by name. Waits for all
--- branches, also when one fails, unless `options.fail_fast`. If nobody acts on
--- them but the end of the run (`last`), they become durable with that.
---@async
---@param run run.Runner
---@param list run.Branch[]
---@param options { limit?: integer, fail_fast?: boolean, last?: boolean }
---@return table
function parallel.perform(run, list, options)
	local limit = options.limit or LIMIT
	local work = setmetatable({ ready = {}, first = 1, left = #list,
		workers = {}, idle = task.event(), free = task.event(),
		places = limit, fail_fast = options.fail_fast,
		last = options.last }, Work)

	if #list == 0 then return {} end
	name_branches(scopes.current(), list)
	for _, branch in ipairs(list) do
		if branch.needs == 0 then
			work.ready[#work.ready + 1] = branch
		end
	end
	local count = math.min(limit + RELIEF, #list)
	run.active = run.active + count
	for i = 1, count do
		work.workers[i] = task.spawn(worker, run, work):observe()
	end
	run:leave()
	set_patience(run, list, 1)
	local ok, why = pcall(task.all, work.workers)
	set_patience(run, list, -1)
	run:enter()
	if not ok then error(why, 0) end
	local results, failed = collect(list)
	if #failed > 0 or not options.last then run.db:commit() end
	if #failed > 0 then raise(list, failed) end
	return results
end

--- Implements ctx:parallel.
---@async
---@param run run.Runner
---@param given table
---@return table
function parallel.run(run, given)
	local list = require("run.branches").read(given)

	run:check_alive(scopes.current())
	return parallel.perform(run, list, { limit = given.limit,
		fail_fast = given.fail_fast })
end

return parallel
