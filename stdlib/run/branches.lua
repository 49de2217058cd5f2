--- Reads what ctx:parallel and `steps` are given into a list of branches.

local failure = require("run.failure")
local specs = require("step.spec")

local branches = {}

---@class run.Branch
---@field name string
---@field fn? async fun(ctx): any
---@field spec? step.Spec
---@field needs integer how many others must pass first
---@field next run.Branch[] who needs this one

local function read_branch(name, what, more)
	if type(what) == "function" and not next(more or {}) then
		return { name = name, fn = what, needs = 0, next = {} }
	end
	return { name = name, spec = specs.read(name, what, more), needs = 0,
		next = {} }
end

--- An item of the list form: { "name", command, needs = …, … }.
local function read_item(item, i)
	if type(item) ~= "table" or type(item[1]) ~= "string"
		or item[2] == nil then
		failure.raise("invalid", "branch %d of ctx:parallel wants"
			.. " { name, command or function, … }", i)
	end
	local more, needs = {}, item.needs or {}
	for key, value in pairs(item) do
		if type(key) == "string" and key ~= "needs" then
			more[key] = value
		end
	end
	local branch = read_branch(item[1], item[2], next(more) and more)
	branch.wanted = type(needs) == "table" and needs or { needs }
	return branch
end

local function read_map(given)
	local names, list = {}, {}

	for name in pairs(given) do
		if name ~= "limit" and name ~= "fail_fast" then
			names[#names + 1] = name
		end
	end
	table.sort(names)
	for i, name in ipairs(names) do
		list[i] = read_branch(name, given[name])
	end
	return list
end

local function connect(list)
	local by_name = {}

	for _, branch in ipairs(list) do by_name[branch.name] = branch end
	for _, branch in ipairs(list) do
		for _, name in ipairs(branch.wanted or {}) do
			local other = by_name[name]
			if not other then
				failure.raise("invalid", "branch '%s' needs"
					.. " '%s', which is none", branch.name,
					tostring(name))
			end
			other.next[#other.next + 1] = branch
			branch.needs = branch.needs + 1
		end
	end
	return list
end

--- Raises when some branches wait for each other in a circle.
local function check_circles(list)
	local open, count, left = {}, {}, #list

	for _, branch in ipairs(list) do
		count[branch] = branch.needs
		if branch.needs == 0 then open[#open + 1] = branch end
	end
	while #open > 0 do
		local branch = table.remove(open)
		left = left - 1
		for _, other in ipairs(branch.next) do
			count[other] = count[other] - 1
			if count[other] == 0 then open[#open + 1] = other end
		end
	end
	if left == 0 then return end
	local names = {}
	for _, branch in ipairs(list) do
		if count[branch] > 0 then names[#names + 1] = branch.name end
	end
	failure.raise("invalid", "branches need each other in a circle: %s",
		table.concat(names, ", "))
end

--- Returns the branches: a list keeps its order, those of a table with names
--- are sorted by name, because Lua does not keep their order.
---@param given table
---@return run.Branch[]
function branches.read(given)
	if type(given) ~= "table" then
		failure.raise("invalid", "ctx:parallel wants a table of branches")
	end
	if #given == 0 then return read_map(given) end
	local list, wanting = {}, false
	for key in pairs(given) do
		if type(key) == "string" and key ~= "limit"
			and key ~= "fail_fast" then
			failure.raise("invalid", "ctx:parallel takes a list or"
				.. " names, not both ('%s')", key)
		end
	end
	for i, item in ipairs(given) do
		list[i] = read_item(item, i)
		wanting = wanting or #list[i].wanted > 0
	end
	if wanting then check_circles(connect(list)) end
	return list
end

--- Returns the branches of a recipe's `steps` (see recipe.graph).
---@param nodes recipe.Node[]
---@return run.Branch[]
function branches.of_nodes(nodes)
	local list = {}

	for i, node in ipairs(nodes) do
		list[i] = { name = node.name, wanted = node.needs, needs = 0,
			next = {}, spec = specs.read(node.name, node.options) }
	end
	return connect(list)
end

return branches
