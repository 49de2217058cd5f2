--- The short form: `steps`, a list of steps with `needs`.

local keys = require("recipe.keys")
local problem = require("recipe.problem")

local graph = {}

---@class recipe.Node
---@field name string
---@field needs string[]
---@field options table what ctx:step takes

local function read_node(item, path, place)
	if type(item) ~= "table" then
		problem.raise(place, path, "%s wants { name, command, … }, not"
			.. " %s", path, problem.describe(item))
	end
	local name, options = item[1], {}
	if type(name) ~= "string" or name == "" then
		problem.raise(place, path, "%s wants a name first", path)
	end
	if item[2] == nil then
		problem.raise(place, path, "step '%s' wants a command", name)
	end
	for key, value in pairs(item) do
		if type(key) == "string" then options[key] = value end
	end
	if type(item[2]) == "table" then
		for i, word in ipairs(item[2]) do options[i] = word end
		for key, value in pairs(item[2]) do
			if type(key) == "string" then options[key] = value end
		end
	else
		table.move(item, 2, #item, 1, options)
	end
	keys.check_step(options, path, place)
	local needs = options.needs or {}
	options.needs = nil
	return { name = name, options = options, path = path,
		needs = type(needs) == "table" and needs or { needs } }
end

local function check_needs(nodes, by_name, place)
	for _, node in ipairs(nodes) do
		for _, name in ipairs(node.needs) do
			if not by_name[name] then
				local near = require("nearest")(name, by_name)
				problem.raise(place, node.path .. ".needs",
					"step '%s' needs '%s', which is no step%s",
					node.name, name, near and (" (did you"
					.. " mean '%s'?)"):format(near) or "")
			end
		end
	end
end

--- Raises with the names around the first cycle.
local function check_cycles(nodes, by_name, place)
	local state, trail = {}, {}

	local function visit(node)
		if state[node.name] == "done" then return end
		trail[#trail + 1] = node.name
		if state[node.name] == "open" then
			local first = 1
			while trail[first] ~= node.name do first = first + 1 end
			problem.raise(place, node.path .. ".needs",
				"steps need each other in a circle: %s",
				table.concat(trail, " -> ", first))
		end
		state[node.name] = "open"
		for _, name in ipairs(node.needs) do visit(by_name[name]) end
		state[node.name] = "done"
		trail[#trail] = nil
	end
	for _, node in ipairs(nodes) do visit(node) end
end

--- Returns the steps in the order they were written, checked: known needs, no
--- circles, no name twice.
---@param list any
---@param place recipe.Place
---@return recipe.Node[]
function graph.read(list, place)
	local nodes, by_name = {}, {}

	if type(list) ~= "table" then
		problem.raise(place, "steps", "steps wants a list, not %s",
			problem.describe(list))
	end
	for key in pairs(list) do
		if math.type(key) ~= "integer" then
			problem.raise(place, "steps." .. tostring(key), "steps is"
				.. " a list: write { \"%s\", … }", tostring(key))
		end
	end
	for i, item in ipairs(list) do
		local node = read_node(item, "steps." .. i, place)
		if by_name[node.name] then
			problem.raise(place, node.path, "two steps are named"
				.. " '%s'", node.name)
		end
		nodes[i], by_name[node.name] = node, node
	end
	check_needs(nodes, by_name, place)
	check_cycles(nodes, by_name, place)
	return nodes
end

return graph
