--- A run's steps as an indented tree.

local colour = require("terminal.colour")
local format = require("terminal.format")

local tree = {}

local MARKS <const> = { passed = "✓", failed = "✗", running = "▸",
	waiting = "◦", skipped = "–", cancelled = "×", timed_out = "✗" }

--- Returns the mark of a state, in its colour.
---@param state string
---@param paint terminal.Paint
---@return string
function tree.mark(state, paint)
	return paint(colour.of_state(state), MARKS[state] or "?")
end

local function children_of(steps)
	local by_name, children = {}, {}

	for _, step in ipairs(steps) do by_name[step.name] = true end
	for _, step in ipairs(steps) do
		local parent = step.parent
		if parent == step.name or not by_name[parent or ""] then
			parent = ""
		end
		children[parent] = children[parent] or {}
		table.insert(children[parent], step)
	end
	return children
end

--- Returns the steps with their depth, parents before children.
---@param steps table[] rows
---@return { step: table, depth: integer }[]
function tree.walk(steps)
	local children, list = children_of(steps), {}

	local function visit(name, depth)
		for _, step in ipairs(children[name] or {}) do
			list[#list + 1] = { step = step, depth = depth }
			if depth < 20 then visit(step.name, depth + 1) end
		end
	end
	visit("", 0)
	return list
end

local function remarks(step)
	local list = {}

	if step.state ~= "passed" then
		list[1] = (step.state:gsub("_", " "))
			.. (step.soft == 1 and " (soft)" or "")
	end
	if step.state == "failed" and step.signal then
		list[#list + 1] = "signal " .. step.signal
	elseif step.state == "failed" and step.status then
		list[#list + 1] = "exit " .. step.status
	end
	if step.attempt > 1 then
		list[#list + 1] = "attempt " .. step.attempt
	end
	if step.once == 1 then list[#list + 1] = "once" end
	if step.undone == 1 then list[#list + 1] = "undone" end
	return table.concat(list, ", ")
end

local function resources(step)
	local list = {}

	if step.cpu_user or step.cpu_system then
		list[1] = "cpu " .. format.duration((step.cpu_user or 0)
			+ (step.cpu_system or 0))
	end
	if (step.max_rss or 0) > 0 then
		list[#list + 1] = format.bytes(step.max_rss)
	end
	if (step.log_bytes or 0) > 0 then
		list[#list + 1] = "log " .. format.bytes(step.log_bytes)
			.. (step.log_truncated == 1 and " (cut)" or "")
	end
	return table.concat(list, ", ")
end

--- Returns the lines of the tree.
---@param steps table[] rows
---@param now integer
---@param paint terminal.Paint
---@return string[]
function tree.lines(steps, now, paint)
	local record = require("record")
	local list, lines, width = tree.walk(steps), {}, 0

	local function indented(node) return node.depth * 2 end
	local function label(node)
		return format.clean(node.step.name)
	end
	for _, node in ipairs(list) do
		width = math.min(40, math.max(width, indented(node)
			+ format.width(label(node))))
	end
	for i, node in ipairs(list) do
		local step, text = node.step, label(node)
		local rest = remarks(step)
		lines[i] = ("  %s%s %s%s  %7s  %s"):format(
			(" "):rep(indented(node)), tree.mark(step.state, paint),
			text, (" "):rep(width - indented(node)
				- format.width(text)),
			format.duration(record.duration(step, now)),
			paint("dim", resources(step)))
		if rest ~= "" then
			lines[i] = lines[i]:gsub("%s+$", "") .. "  "
				.. paint(colour.of_state(step.state), rest)
		end
		lines[i] = lines[i]:gsub("%s+$", "")
	end
	return lines
end

return tree
