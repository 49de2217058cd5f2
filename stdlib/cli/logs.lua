--- tidemill logs: what steps printed.

local record = require("record")

local CHUNK <const> = 1000

---@class logs.Source
---@field step table its row
---@field reader? steplog.Reader
---@field prefix string

local function clock(ms)
	return ms and os.date("%H:%M:%S", ms // 1000)
		.. (".%03d"):format(ms % 1000) or "        ----"
end

local function printer(call)
	local times, paint = call.options.times, call.paint

	if call.json then
		return function(source, line)
			call:print_json { step = source.step.name,
				number = line.number, ms = line.ms,
				stream = line.stream, text = line.text }
		end
	end
	return function(source, line)
		call:write(times and paint("dim", clock(line.ms)) .. " " or "",
			source.prefix, line.text, "\n")
	end
end

local function open_reader(call, source)
	local path = record.log_path(call.home, source.step.run, source.step.id)
	local tail = call.options.tail
	local ok, result = pcall(require("steplog").reader, path,
		tail and { tail = tail } or nil)

	if ok then
		source.reader = result
	elseif type(result) ~= "table" or result.code ~= "not_found" then
		error(result, 0)
	elseif source.step.log_bytes > 0 and not source.missing then
		source.missing = true
		call:say(("The log of step '%s' is gone."):format(
			source.step.name))
	end
	return source.reader
end

--- Prints what there is of a source; returns whether there was anything.
local function drain(call, source, print_line, last)
	local any = false

	if not source.reader and not open_reader(call, source) then
		return false
	end
	repeat
		local lines = source.reader:lines(CHUNK, last)
		for _, line in ipairs(lines) do print_line(source, line) end
		any = any or #lines > 0
	until #lines == 0
	if any then io.stdout:flush() end
	return any
end

--- Copies a single step's bytes as they are.
local function copy(call, source)
	if not open_reader(call, source) then return end
	local reader = source.reader

	for bytes in function() return reader:bytes() end do
		call:write(bytes)
	end
end

local STYLES <const> = { "cyan", "yellow", "green", "magenta", "blue" }

local function wanted_steps(call, db, run, name)
	local names = call.options.step or {}
	local list = {}

	if name then names[#names + 1] = name end
	if #names == 0 then return record.steps(db, run) end
	for i, one in ipairs(names) do list[i] = record.step(db, run, one) end
	table.sort(list, function(a, b) return a.id < b.id end)
	return list
end

local function make_sources(call, steps, alone)
	local sources, width = {}, 0
	local format = require("terminal.format")

	for _, step in ipairs(steps) do
		width = math.min(24, math.max(width, format.width(step.name)))
	end
	for i, step in ipairs(steps) do
		local label = format.fit(step.name, width)
		sources[i] = { step = step, prefix = alone and ""
			or call.paint(STYLES[(step.id - 1) % #STYLES + 1],
			label .. (" "):rep(width - format.width(label))
			.. " | ") }
	end
	return sources
end

local function print_all(call, db, run, name)
	local steps = wanted_steps(call, db, run, name)
	local options = call.options
	local alone = #steps == 1
	local sources = make_sources(call, steps, alone)
	local print_line = printer(call)

	if alone and not (options.times or options.tail or call.json) then
		return copy(call, sources[1])
	end
	for _, source in ipairs(sources) do
		drain(call, source, print_line, true)
	end
end

local function refresh(sources, fresh)
	local known = {}

	for _, source in ipairs(sources) do known[source.step.id] = source end
	for i, source in ipairs(fresh) do
		local old = known[source.step.id]
		if old then
			old.step, old.prefix = source.step, source.prefix
			fresh[i] = old
		end
	end
	return fresh
end

--- Prints until the run has ended and everything is printed.
local function follow(call, db, run, name)
	local time = require("time")
	local print_line, sources = printer(call), {}
	local pause = 50

	while true do
		local row = record.run(db, run)
		local over = record.ENDED[row.state] ~= nil
		local ok, steps = pcall(wanted_steps, call, db, run, name)
		if not ok and over then error(steps, 0) end
		local any = false
		sources = refresh(sources, make_sources(call, ok and steps
			or {}, name ~= nil or call.options.step
			and #call.options.step == 1))
		for _, source in ipairs(sources) do
			local done = over or source.step.finished ~= nil
			any = drain(call, source, print_line, done) or any
		end
		if over and not any then return row end
		pause = any and 50 or math.min(500, pause * 2)
		time.sleep(pause)
	end
end

local function run(call)
	local db = call:store("read")
	local id, name = record.parse(db, call.args[1] or "last")

	record.run(db, id)
	if call.options.tail and call.options.tail < 0 then
		call:misused("option '--tail' cannot be negative")
	end
	if not call.options.follow then return print_all(call, db, id, name) end
	follow(call, db, id, name)
end

---@type cli.Verb
return {
	summary = "print what a run's steps printed",
	description = "Steps come in the order of their start. Several steps"
		.. " have their name before each line; one alone is printed"
		.. " byte for byte.",
	arguments = {
		{ name = "RUN[/STEP]", optional = true, complete = "run",
			help = "a run's number or 'last', which is the default" },
	},
	options = {
		{ name = "follow", short = "f",
			help = "go on until the run has ended" },
		{ name = "tail", short = "n", argument = "N", type = "integer",
			help = "only the last lines of each step" },
		{ name = "times", short = "t", help = "when each line came" },
		{ name = "step", short = "s", argument = "NAME", many = true,
			help = "only this step" },
	},
	examples = {
		{ "tidemill logs 12/test", "one step's output" },
		{ "tidemill logs -f", "follow the latest run" },
		{ "tidemill logs 12 --tail 20 --times", "the end of each step" },
	},
	run = function(call) run(call) end,
}
