--- tidemill plan: what a recipe would do.

local function describe(node, paint)
	local text = paint("bold", node.name)

	if node.kind == "parallel" then
		text = paint("dim", node.limit
			and ("at most %d at once"):format(node.limit)
			or "at once")
	elseif node.command and node.command ~= node.name then
		text = text .. "  " .. paint("dim", require("terminal.format")
			.clean(node.command:match("[^\n]*")))
	end
	if #node.marks > 0 then
		text = ("%s  [%s]"):format(text, table.concat(node.marks, ", "))
	end
	if node.needs then
		text = ("%s  needs %s"):format(text,
			table.concat(node.needs, ", "))
	end
	return text
end

local function print_nodes(call, nodes, indent)
	for i, node in ipairs(nodes) do
		local last = i == #nodes
		call:print(indent .. (last and "└─ " or "├─ ")
			.. describe(node, call.paint))
		print_nodes(call, node.nodes, indent .. (last and "   "
			or "│  "))
	end
end

--- The short form runs in waves: what needs nothing, then what needed that.
local function print_waves(call, nodes)
	local levels = require("run.plan").levels(nodes)
	local deepest = 0

	for _, level in pairs(levels) do deepest = math.max(deepest, level) end
	for wave = 1, deepest do
		local list = {}
		for _, node in ipairs(nodes) do
			if levels[node] == wave then list[#list + 1] = node end
		end
		call:print(("%d."):format(wave))
		print_nodes(call, list, "   ")
	end
end

local function read_args(words)
	local given, file = {}, nil

	for i, word in ipairs(words) do
		local key, value = word:match("^([%a_][%w_.-]*)=(.*)$")
		if key then
			given[key] = value
		elseif i == 1 then
			file = word
		end
	end
	return given, file
end

local function as_json(nodes)
	local json = require("json")
	local list = json.array {}

	for i, node in ipairs(nodes) do
		list[i] = { name = node.name, kind = node.kind,
			command = node.command, marks = json.array(node.marks),
			needs = node.needs and json.array(node.needs),
			nodes = as_json(node.nodes) }
	end
	return list
end

local function run(call)
	local given, file = read_args(call.args)
	local path = require("run.foreground").find(nil, file)
	local recipe = require("recipe.load").file(path,
		{ shown = file or "tidemill.lua" })
	local params = require("recipe.params").resolve(recipe.params, given,
		true)
	local nodes, problem = require("run.plan").of(recipe, {
		params = params, event = call.options.event,
		workspace = path:match("^(.*)/[^/]*$") })

	if call.json then
		call:print_json { name = recipe.name, nodes = as_json(nodes),
			problem = problem and tostring(require(
				"command.failure").text(problem)) or nil }
	elseif nodes[1] or not problem then
		call:print(call.paint("bold", recipe.name))
		if recipe.nodes then
			print_waves(call, nodes)
		else
			print_nodes(call, nodes, "")
		end
	end
	if problem then error(problem, 0) end
end

---@type cli.Verb
return {
	summary = "show what a recipe would do, without doing it",
	description = "Calls the recipe's function with steps that are noted"
		.. " down instead of run. Results are placeholders: a recipe"
		.. " that decides by them shows one of its ways.",
	usage = "plan [OPTIONS] [FILE] [NAME=VALUE…]",
	arguments = {
		{ name = "FILE", optional = true, complete = "file",
			help = "[tidemill.lua]" },
		{ name = "NAME=VALUE", optional = true, many = true,
			help = "a parameter" },
	},
	options = {
		{ name = "event", argument = "KIND",
			help = "ctx.event.kind [manual]" },
	},
	examples = {
		{ "tidemill plan", "the recipe of this directory" },
		{ "tidemill plan deploy.lua environment=prod", "a file" },
	},
	run = run,
}
