--- /api/v1/runs/RUN/steps/STEP/log: a part of a log as JSON or text, or all of
--- it while it grows, as server-sent events.

local json = require("json")
local record = require("record")
local reply = require("web.reply")
local rows = require("web.api.rows")

local LINES <const> = 1000
local LINES_MAX <const> = 5000
local CHUNK <const> = 200
local IDLE_MAX <const> = 1000 -- ms between two looks at a quiet log

local function find(request)
	local db = request.web:reader()
	local run = rows.id(request, "run")
	local id = rows.id(request, "step")
	local step = db:row("SELECT * FROM steps WHERE run = ? AND id = ?", run,
		id)

	if not step then
		reply.refuse(404, "run %d has no step with the number %d", run,
			id)
	end
	return step, record.log_path(request.web.home, run, id)
end

local function shape(line)
	return { number = line.number, ms = line.ms or json.null,
		stream = line.stream, text = line.text }
end

local function read(path, range)
	local ok, result = pcall(require("steplog").read, path, range)

	if ok then return result end
	if type(result) == "table" and result.code == "not_found" then
		return {}
	end
	error(result, 0)
end

local function open(path, from)
	local ok, result = pcall(require("steplog").reader, path,
		{ from = from })

	if ok then return result end
	if type(result) ~= "table" or result.code ~= "not_found" then
		error(result, 0)
	end
	return nil
end

--- Sends what is there; returns how many lines that were, nil: nobody reads.
local function send_new(out, reader, last)
	local count = 0

	repeat
		local lines = reader:lines(CHUNK, last)
		for _, line in ipairs(lines) do
			if not out:send("line", shape(line), line.number) then
				return nil
			end
		end
		count = count + #lines
	until #lines == 0
	return count
end

local function follow(request, step, path)
	local out = require("web.stream").begin(request)
	local resumed = tonumber(request.headers["last-event-id"] or "")
	local from = resumed and math.tointeger(resumed)
	local reader
	local pause = 50

	from = from and from >= 0 and from + 1 or request.query.from or 1
	repeat
		local now = request.web:reader():row(
			"SELECT finished, state FROM steps WHERE id = ?",
			step.id)
		local over = not now or now.finished ~= nil
		reader = reader or open(path, from)
		local count = reader and send_new(out, reader, over) or 0
		if count == nil then break end
		if over then
			out:send("end", { state = now and now.state or "gone" })
			break
		end
		pause = count > 0 and 50 or math.min(IDLE_MAX, pause * 2)
	until not out:pause(pause)
	if reader then reader:close() end
end

local function log(request)
	local step, path = find(request)
	local query = request.query

	if (request.headers.accept or ""):find("text/event-stream", 1, true)
		or query.follow == "true" then
		return follow(request, step, path)
	end
	local lines = read(path, { from = not query.tail and query.from or nil,
		tail = query.tail, lines = query.lines or LINES, times = true })
	local last = lines[#lines]
	return reply.json { items = rows.all(lines, shape),
		next = last and last.number + 1 or query.from or 1,
		ended = step.finished ~= nil }
end

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/runs/{run}/steps/{step}/log",
		scope = "read", stream = true, result = "Lines",
		summary = "A step's log; with `Accept: text/event-stream` as it"
			.. " grows, resumed by Last-Event-ID",
		query = {
			from = { type = "integer", minimum = 1 },
			tail = { type = "integer", minimum = 0,
				maximum = LINES_MAX },
			lines = { type = "integer", minimum = 1,
				maximum = LINES_MAX },
			follow = { type = "string", enum = { "true", "false" } },
		}, handle = log },
}
