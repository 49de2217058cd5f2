--- A run on a terminal: what its steps print scrolls by above, and below stays
--- a line for each running step, which collapses when it is done.

local colour = require("terminal.colour")
local format = require("terminal.format")
local progress = require("terminal.progress")
local tree = require("terminal.tree")
local tty = require("tty")

local Live = {}
Live.__index = Live

local TICK <const> = 100
local LINES <const> = 200 -- of a step's output, a tick
local SPINNER <const> = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" }
local STYLES <const> = { "cyan", "yellow", "green", "magenta", "blue" }

local function now()
	return require("time").now()
end

--- Adds a line that scrolls by.
function Live:above(text)
	self.lines[#self.lines + 1] = text
end

local function prefix(self, step)
	local style = STYLES[(step.id or 1) % #STYLES + 1]
	return self.paint(style, format.clean(step.name) .. " | ")
end

--- Takes what a step has printed since the last time.
function Live:take_output(step, last)
	if self.options.quiet or not step.id or not self.run then return end
	if not step.reader then
		local ok, reader = pcall(require("steplog").reader,
			require("record").log_path(self.options.home,
				self.run.id, step.id))
		if not ok then return end
		step.reader = reader
	end
	local lines = step.reader:lines(LINES, last)
	for _, line in ipairs(lines) do
		step.latest = format.clean(line.text)
		self:above(prefix(self, step) .. step.latest)
	end
	if last and #lines == LINES then
		self:above(prefix(self, step) .. self.paint("dim",
			("… more: tidemill logs %d/%s"):format(self.run.id,
				step.name)))
	end
	if last then step.reader:close() end
end

local function running_line(self, step, columns)
	local mark = SPINNER[self.ticks % #SPINNER + 1]
	local elapsed = now() - step.started
	local expected = self.expected[step.name]
	local times = format.duration(elapsed) .. (expected and " of ~"
		.. format.duration(expected) or "")
	local head = ("%s %s  %s"):format(mark, format.clean(step.name), times)

	head = format.fit(head, columns)
	local room = columns - format.width(head) - 2
	local tail = room > 8 and step.latest
		and "  " .. format.fit(step.latest, room) or ""
	return { plain = head .. tail, shown = self.paint("cyan", head)
		.. self.paint("dim", tail) }
end

local function total_line(self, columns)
	local elapsed = now() - (self.run.started or self.begun)
	local text = ("  run %d %s  %s%s  %d done"):format(self.run.id,
		format.clean(self.run.name), format.duration(elapsed),
		self.total and " of ~" .. format.duration(self.total) or "",
		self.done)

	text = format.fit(text, columns)
	return { plain = text, shown = self.paint("dim", text) }
end

--- The lines that stay: running steps, no more than fit.
local function region(self, columns, rows)
	local lines, most = {}, math.max(1, math.min(rows - 2, 20))

	for i, step in ipairs(self.running) do
		if i > most then
			local text = format.fit(("  … and %d more"):format(
				#self.running - most), columns)
			lines[#lines + 1] = { plain = text, shown = text }
			break
		end
		lines[#lines + 1] = running_line(self, step, columns)
	end
	lines[#lines + 1] = total_line(self, columns)
	return lines
end

--- How many rows the drawn lines take now; the terminal may have shrunk.
local function drawn_rows(self, columns)
	local count = 0

	for _, line in ipairs(self.drawn) do
		count = count + math.max(1, (format.width(line.plain)
			+ columns - 1) // columns)
	end
	return count
end

--- Writes everything in one piece, so that nothing flickers.
function Live:draw(final)
	local columns, rows = tty.size(1)
	local out = {}

	columns, rows = (columns or 80) - 1, rows or 24
	local up = drawn_rows(self, columns + 1)
	if up > 0 then out[1] = ("\r\27[%dA\27[J"):format(up) end
	for _, line in ipairs(self.lines) do
		out[#out + 1] = line .. "\n"
	end
	self.lines = {}
	self.drawn = final and {} or region(self, columns, rows)
	for _, line in ipairs(self.drawn) do
		out[#out + 1] = line.shown .. "\n"
	end
	io.stdout:write(table.concat(out))
	io.stdout:flush()
end

function Live:tick()
	self.ticks = self.ticks + 1
	for _, step in ipairs(self.running) do self:take_output(step) end
	self:draw()
end

function Live:run_started(run)
	self.run, self.begun = run, now()
	if self.options.db then
		local ok, expected, total = pcall(progress.expected,
			self.options.db, run.name)
		if ok then self.expected, self.total = expected, total end
	end
	self:draw()
	self.ticker = require("task").spawn(function()
		while not self.over do
			require("time").sleep(TICK)
			if not self.over then self:tick() end
		end
	end):observe() -- what goes wrong with the view is not the run's
end

function Live:step_started(step)
	self.running[#self.running + 1] = { id = step.id, name = step.name,
		started = step.started or now() }
end

local function remove(list, name)
	for i, step in ipairs(list) do
		if step.name == name then return table.remove(list, i) end
	end
end

function Live:step_finished(step)
	local running = remove(self.running, step.name)
	local remarks = progress.remarks(step)
	local text = require("record").error_text(step.error)
	local finished = step.finished or now()

	if running then self:take_output(running, true) end
	self.done = self.done + 1
	self:above(("%s %s  %s%s"):format(tree.mark(step.state, self.paint),
		format.clean(step.name), self.paint("dim", format.duration(
		finished - (step.started or running and running.started
		or finished))), remarks ~= "" and "  "
		.. self.paint(colour.of_state(step.state), remarks) or ""))
	if step.state == "failed" and not step.status and text then
		self:above("  " .. self.paint("red", format.clean(text)))
	end
end

function Live:note(text, step)
	self:above(self.paint("blue", "» ") .. (step and step .. ": " or "")
		.. format.clean(text))
end

function Live:asked(question)
	self:above(self.paint("yellow", ("? a%d "):format(question.id))
		.. format.clean(question.question))
	for _, reason in ipairs(question.reasons) do
		self:above("     - " .. format.clean(reason))
	end
end

function Live:run_finished(run)
	local text = require("record").error_text(run.error)
	local begun = run.started or self.begun
	local finished = run.finished or now()

	self.over = true
	if self.ticker then self.ticker:cancel() end
	for _, step in ipairs(self.running) do self:take_output(step, true) end
	self:above(("%s run %d %s  %s%s"):format(tree.mark(run.state,
		self.paint), run.id, self.paint("bold", format.clean(run.name)),
		self.paint(colour.of_state(run.state), (run.state
			:gsub("_", " "))), begun and " in " .. format.duration(
			finished - begun) or ""))
	if text then self:above("  " .. format.clean(text)) end
	self:draw(true)
end

--- The view reads the logs itself: lines must not come between.
function Live.echo()
	return nil
end

---@param options progress.Options
---@return terminal.Observer
return function(options)
	return setmetatable({ options = options, paint = options.paint,
		lines = {}, drawn = {}, running = {}, expected = {},
		ticks = 0, done = 0 }, Live)
end
