--- From rows of the database to what the API shows of them.

local json = require("json")
local record = require("record")

local rows = {}

local function or_null(value)
	if value == nil then return json.null end
	return value
end

local function decoded(text)
	local ok, value = pcall(json.decode, text or "null")

	return ok and value or json.null
end

---@param row table of record.run or record.list
---@return table
function rows.run(row)
	local now = require("time").now()

	return { id = row.id, name = row.name, state = row.state,
		path = row.path, repo = or_null(row.repo_name),
		ref = or_null(row.ref), commit = or_null(row.oid),
		event = or_null(row.event), origin = record.origin(row),
		params = decoded(row.params), priority = row.priority,
		attempt = row.attempt, created = row.created,
		started = or_null(row.started),
		finished = or_null(row.finished),
		duration = or_null(record.duration(row, now)),
		waits_for = or_null(row.waits_for),
		cancelled_by = or_null(row.cancel),
		parent = or_null(row.parent), fork_of = or_null(row.fork_of),
		error = or_null(record.error_text(row.error)) }
end

---@param row table
---@return table
function rows.step(row)
	local now = require("time").now()

	return { id = row.id, name = row.name, parent = or_null(row.parent),
		kind = row.kind, state = row.state, soft = row.soft == 1,
		attempt = row.attempt, command = or_null(row.command),
		started = or_null(row.started),
		finished = or_null(row.finished),
		duration = or_null(record.duration(row, now)),
		status = or_null(row.status), signal = or_null(row.signal),
		class = or_null(row.class),
		error = or_null(record.error_text(row.error)),
		log_bytes = row.log_bytes,
		log_truncated = row.log_truncated == 1 }
end

---@param row table
---@return table
function rows.note(row)
	return { step = or_null(row.step), at = row.at, text = row.text }
end

---@param row approvals.Row
---@return table
function rows.approval(row)
	return { id = row.id, run = row.run, step = row.step,
		question = row.question, reasons = json.array(row.reasons),
		state = row.state, asked = row.asked,
		expires = or_null(row.expires) }
end

---@param row table
---@return table
function rows.event(row)
	return { id = row.id, kind = row.kind, state = row.state,
		ref = or_null(row.ref), old = or_null(row.old),
		new = or_null(row.new), payload = decoded(row.payload),
		created = row.created, due = row.due,
		error = or_null(row.error) }
end

--- Returns a JSON array of what `shape` makes of each row.
---@param list table[]
---@param shape fun(row: table): table
---@return table[]
function rows.all(list, shape)
	local out = json.array {}

	for i, row in ipairs(list) do out[i] = shape(row) end
	return out
end

--- A page of rows that are the newest first: one more was read than is shown.
---@param list table[]
---@param limit integer
---@param shape fun(row: table): table
---@return table
function rows.page(list, limit, shape)
	local more = #list > limit

	if more then list[#list] = nil end
	return { items = rows.all(list, shape),
		next = more and tostring(list[#list].id) or json.null }
end

--- Returns the number in a part of the path, or refuses it.
---@param request web.Request
---@param name string
---@return integer
function rows.id(request, name)
	local text = request.params[name]
	local id = #text < 18 and text:match("^a?(%d+)$")

	if not id then
		require("web.reply").refuse(400, "'%s' is no number of a %s",
			text:sub(1, 100), name)
	end
	return math.tointeger(tonumber(id))
end

return rows
