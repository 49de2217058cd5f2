--- Planning: the recipe's function with steps that are noted down and not run.

local placeholder = require("run.placeholder")
local scopes = require("run.scope")
local specs = require("step.spec")
local task = require("task")

local plan = {}

---@class plan.Node
---@field name string
---@field kind string step parallel branch lock sleep run approve
---@field command? string
---@field marks string[] once, soft, when, undo, retry, …
---@field needs? string[]
---@field nodes plan.Node[]

local MARKS <const> = { "once", "soft", "undo", "retry", "when", "timeout",
	"check", "reports" }

local function marks_of(options)
	local marks = {}

	for _, name in ipairs(MARKS) do
		local value = options[name]
		if name == "timeout" and value then
			marks[#marks + 1] = "timeout " .. tostring(value)
		elseif value then
			marks[#marks + 1] = name
		end
	end
	if options.cancellable == false then
		marks[#marks + 1] = "not cancellable"
	end
	for _, name in ipairs(require("recipe.keys").HOOKS) do
		if options[name] then marks[#marks + 1] = name end
	end
	return marks
end

local Planner = {}
Planner.__index = Planner

local function add(scope, node)
	node.nodes, node.marks = node.nodes or {}, node.marks or {}
	scope.nodes[#scope.nodes + 1] = node
	return node
end

local function result(name)
	return placeholder.new(name)
end

local function add_step(scope, name, spec)
	add(scope, { name = scope:name(name), kind = spec.kind,
		command = spec.command, marks = marks_of(spec.options) })
	return result(name)
end

local function inside(scope, node, fn, ...)
	return scopes.within(scope:child(node.name, { nodes = node.nodes,
		plan = true }), fn, ...)
end

function Planner.step(_, name, what, more)
	local scope = scopes.current()

	return add_step(scope, name, specs.read(tostring(name), what, more))
end

function Planner.parallel(ctx, given)
	local scope = scopes.current()
	local list = require("run.branches").read(given)
	local node = add(scope, { name = "parallel", kind = "parallel",
		limit = given.limit })
	local results = {}

	for i, branch in ipairs(list) do
		local value
		if branch.fn then
			local child = add({ nodes = node.nodes }, {
				name = scope:name(branch.name),
				kind = "branch" })
			value = inside(scope, child, branch.fn, ctx)
		else
			local inner = { nodes = node.nodes,
				name = function(_, name)
					return scope:name(name)
				end }
			value = add_step(inner, branch.name, branch.spec)
			node.nodes[#node.nodes].needs = branch.wanted
				and branch.wanted[1] and branch.wanted or nil
		end
		if value == nil then value = result(branch.name) end
		results[i], results[branch.name] = value, value
	end
	return results
end

function Planner.sleep(_, delay)
	add(scopes.current(), { name = "sleep " .. tostring(delay),
		kind = "sleep" })
end

function Planner.lock(ctx, name, options, fn)
	local scope = scopes.current()

	if type(options) == "function" then fn = options end
	local node = add(scope, { name = "lock " .. name, kind = "lock" })
	return scopes.within(setmetatable({ nodes = node.nodes },
		{ __index = scope }), fn, ctx)
end

function Planner.reports()
	local name = scopes.current():name("reports")

	add(scopes.current(), { name = name, kind = "function" })
	return result(name)
end

--- Nothing has failed yet when a run is planned.
function Planner.failed_tests()
	return {}
end

function Planner.split_tests(_, parts)
	local lists = {}

	for i = 1, parts do lists[i] = {} end
	return lists
end

function Planner.approve(_, question)
	local options = type(question) == "table" and question or { question }
	local name = options.name or "approve"

	add(scopes.current(), { name = scopes.current():name(name),
		kind = "approve", command = options[1] })
	return result(name)
end

function Planner.note() end

function Planner.rollback() end

function Planner.all(_, handles)
	return handles
end

function Planner.any(_, handles)
	return 1, handles[1]
end

function Planner.fail(_, message)
	add(scopes.current(), { name = "fail: " .. tostring(message),
		kind = "fail" })
	error({ code = "planned", message = "the plan ends here" }, 0)
end

function Planner.cancel(_, reason)
	add(scopes.current(), { name = "cancel: " .. tostring(reason),
		kind = "fail" })
	error({ code = "planned", message = "the plan ends here" }, 0)
end

local function make_context(recipe, options)
	local run = setmetatable({ id = 0, attempt = 1, name = recipe.name,
		ref = "refs/heads/main", commit = ("0"):rep(40) }, {
		__call = function(_, _, name)
			add(scopes.current(), { name = "run " .. tostring(name),
				kind = "run" })
			return result("run " .. tostring(name))
		end })
	local event = setmetatable({ kind = options.event or "manual" },
		{ __index = function(_, key)
			return result("event." .. tostring(key))
		end })

	return setmetatable({ params = options.params, env = {}, run = run,
		event = event, workspace = options.workspace }, Planner)
end

local function plan_list(recipe, scope)
	for _, node in ipairs(recipe.nodes) do
		local spec = specs.read(node.name, node.options)
		add(scope, { name = node.name, kind = spec.kind,
			command = spec.command, marks = marks_of(spec.options),
			needs = node.needs[1] and node.needs or nil })
	end
end

---@class plan.Options
---@field params table
---@field workspace string
---@field event? string its kind

--- Returns the nodes of a recipe, and what went wrong on the way, if anything.
---@param recipe recipe.Recipe
---@param options plan.Options
---@return plan.Node[] nodes
---@return any problem
function plan.of(recipe, options)
	local scope = scopes.root()
	local problem

	scope.nodes, scope.plan = {}, true
	if recipe.nodes then
		plan_list(recipe, scope)
		return scope.nodes
	end
	local ok, why = pcall(task.timeout, "10s", function()
		scopes.within(scope, recipe.run, make_context(recipe, options))
	end)
	if not ok and not (type(why) == "table" and why.code == "planned") then
		problem = why
	end
	return scope.nodes, problem
end

--- Returns how many steps must be over before each node of a list can begin.
---@param nodes plan.Node[]
---@return table<plan.Node, integer>
function plan.levels(nodes)
	local by_name, levels = {}, {}

	for _, node in ipairs(nodes) do by_name[node.name] = node end
	local function level(node)
		if levels[node] then return levels[node] end
		local deepest = 0
		levels[node] = 1
		for _, name in ipairs(node.needs or {}) do
			deepest = math.max(deepest, level(by_name[name]))
		end
		levels[node] = deepest + 1
		return levels[node]
	end
	for _, node in ipairs(nodes) do level(node) end
	return levels
end

return plan
