--- Which lines and branches of recipes ran under test.

local instrument = require("testing.instrument")

local coverage = {}

---@class testing.Covered
---@field path string
---@field text string
---@field instrumented string
---@field counters testing.Counter[]
---@field offset integer
---@field steps table<string, boolean> of a list of steps: did it run?

local active --- { files, by_text, expected, hits }, while it counts

local function relative(path)
	local paths, fs = require("path"), require("fs")
	local here = fs.current_dir()

	path = paths.clean(paths.absolute(path))
	return paths.inside(here, path) and paths.relative(path, here) or nil
end

--- Says that the recipe in this file is under test.
---@param path string
function coverage.expect(path)
	local shown = active and relative(path)

	if shown then active.expected[require("fs").read(path)] = shown end
end

local function add_file(text, name)
	local path = active.expected[text]
		or name:find("^@/") and relative(name:sub(2)) or nil
	local file = false

	if path then
		local instrumented, counters = instrument.text(text, active.count)
		file = { path = path, text = text, counters = counters,
			instrumented = instrumented, offset = active.count,
			steps = {} }
		active.count = active.count + #counters
		active.files[#active.files + 1] = file
	end
	active.by_text[text] = file
	return file
end

--- Takes the place of the text of a recipe, or of a module beside it.
local function transform(text, name, env)
	local file = active.by_text[text]

	if file == nil then
		if not load(text, name, "t", {}) then return text end
		file = add_file(text, name)
	end
	if not file then return text end
	local hits = active.hits
	rawset(env, "__covered", function(number)
		hits[number] = (hits[number] or 0) + 1
	end)
	return file.instrumented
end

--- Counts from now on.
function coverage.start()
	active = { files = {}, by_text = {}, expected = {}, hits = {}, count = 0 }
	require("sandbox").transform = transform
end

--- Returns whether something is counted.
---@return boolean
function coverage.is_on()
	return active ~= nil
end

--- Counts no more.
function coverage.stop()
	require("sandbox").transform = nil
	active = nil
end

--- Notes which steps of a recipe with a list of steps ran.
---@param path string
---@param nodes? table[] the recipe's
---@param ran table<string, any> by name
function coverage.steps(path, nodes, ran)
	local shown = active and nodes and relative(path)

	for _, file in ipairs(shown and active.files or {}) do
		if file.path == shown then
			for _, node in ipairs(nodes) do
				local step = rawget(ran, node.name)
				file.steps[node.name] = file.steps[node.name]
					or step ~= nil
					and step.state ~= "skipped"
			end
		end
	end
end

local SAID <const> = { ["then"] = "the condition was never true",
	["else"] = "the else never ran", ["loop"] = "the loop never ran",
	["no else"] = "the condition was never false" }

local function percent(covered, total)
	return total == 0 and 100.0 or covered * 100 / total
end

local function step_in(text, line)
	local number = 0

	for content in (text .. "\n"):gmatch("(.-)\n") do
		number = number + 1
		if number == line then
			return content:match(":step%s*%(%s*[\"']([^\"']+)[\"']")
		end
	end
end

local function missed_lines(lines)
	local list = {}

	for line, ran in pairs(lines) do
		if not ran then list[#list + 1] = line end
	end
	table.sort(list)
	return list
end

local function missed_steps(file, missed)
	local list = {}

	for _, line in ipairs(missed) do
		local name = step_in(file.text, line)
		if name then list[#list + 1] = { name = name, line = line } end
	end
	for name, ran in pairs(file.steps) do
		if not ran then list[#list + 1] = { name = name } end
	end
	table.sort(list, function(a, b)
		if a.line ~= b.line then
			return (a.line or 0) < (b.line or 0)
		end
		return a.name < b.name
	end)
	return list
end

--- A branch inside of what never ran is no news.
local function report_file(file)
	local lines, branches, total, taken = {}, {}, 0, 0

	for i, counter in ipairs(file.counters) do
		local hits = active.hits[file.offset + i]
		if counter.kind == "branch" then
			total = total + 1
			if hits then
				taken = taken + 1
			elseif lines[counter.owner] ~= false then
				branches[#branches + 1] = { line = counter.line,
					what = SAID[counter.what] }
			end
		elseif counter.kind == "statement" then
			lines[counter.line] = lines[counter.line] or hits ~= nil
		end
	end
	local missed = missed_lines(lines)
	local count = 0
	for _ in pairs(lines) do count = count + 1 end
	table.sort(branches, function(a, b) return a.line < b.line end)
	return { file = file.path, lines = { total = count,
			covered = count - #missed, missed = missed },
		branches = { total = total, covered = taken, missed = branches },
		steps = { missed = missed_steps(file, missed) } }
end

---@class testing.Coverage
---@field files table[]
---@field lines number percent of all
---@field branches number percent of all

--- Returns what was counted since `start`.
---@return testing.Coverage
function coverage.report()
	local files, sums = {}, { 0, 0, 0, 0 }

	for i, file in ipairs(active.files) do
		local one = report_file(file)
		files[i] = one
		sums[1] = sums[1] + one.lines.covered
		sums[2] = sums[2] + one.lines.total
		sums[3] = sums[3] + one.branches.covered
		sums[4] = sums[4] + one.branches.total
	end
	table.sort(files, function(a, b) return a.file < b.file end)
	return { files = files, lines = percent(sums[1], sums[2]),
		branches = percent(sums[3], sums[4]) }
end

--- "3, 7-9" of a sorted list.
local function ranges(list)
	local parts, i = {}, 1

	while i <= #list do
		local from, to = list[i], list[i]
		while list[i + 1] == to + 1 do
			i = i + 1
			to = list[i]
		end
		parts[#parts + 1] = from == to and tostring(from)
			or ("%d-%d"):format(from, to)
		i = i + 1
	end
	return table.concat(parts, ", ")
end

--- Returns the report for people.
---@param report testing.Coverage
---@return string
function coverage.text(report)
	local out = {}

	for _, one in ipairs(report.files) do
		out[#out + 1] = ("%s: %d of %d lines (%.1f %%), %d of %d branches")
			:format(one.file, one.lines.covered, one.lines.total,
			percent(one.lines.covered, one.lines.total),
			one.branches.covered, one.branches.total)
		if #one.lines.missed > 0 then
			out[#out + 1] = "  never ran: lines "
				.. ranges(one.lines.missed)
		end
		for _, step in ipairs(one.steps.missed) do
			out[#out + 1] = ("  never ran: step '%s'%s"):format(
				step.name, step.line
				and (" (line %d)"):format(step.line) or "")
		end
		for _, branch in ipairs(one.branches.missed) do
			out[#out + 1] = ("  line %d: %s"):format(branch.line,
				branch.what)
		end
	end
	if #out == 0 then
		return "no recipe of this directory was run by testing.recipe"
	end
	out[#out + 1] = ("coverage: %.1f %% of lines, %.1f %% of branches")
		:format(report.lines, report.branches)
	return table.concat(out, "\n")
end

return coverage
