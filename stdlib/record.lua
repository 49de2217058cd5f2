--- What happened, read from the database: runs, their steps, events.

local record = {}

--- States in which a run is over.
record.ENDED = { passed = true, failed = true, cancelled = true,
	timed_out = true, superseded = true }

record.STATES = { "queued", "running", "waiting", "passed", "failed",
	"cancelled", "timed_out", "superseded" }

--- What `tidemill run` and `status` exit with when a run ended so.
record.EXITS = { passed = 0, failed = 1, cancelled = 4, superseded = 4,
	timed_out = 5 }

local RUN <const> = [[
SELECT r.*, e.kind AS event_kind, p.name AS repo_name
FROM runs r LEFT JOIN events e ON e.id = r.event
LEFT JOIN repos p ON p.id = r.repo ]]

local function not_found(format, ...)
	error({ code = "not_found", message = format:format(...) }, 0)
end

--- Returns the number and the step's name in "12", "12/test" or "last/test".
---@param db store.Store
---@param text string
---@return integer run
---@return string? step
function record.parse(db, text)
	local head, step = text:match("^([^/]+)/?(.*)$")
	local id = head and head:match("^#?(%d+)$")

	if head == "last" then
		local row = db:query("SELECT max(id) AS id FROM runs")[1]
		if not row.id then not_found("there are no runs yet") end
		id = row.id
	elseif not id then
		error({ code = "invalid", message = ("'%s' is no run: give its"
			.. " number, or 'last'"):format(text), usage = true },
			0)
	end
	return math.tointeger(tonumber(id)), step ~= "" and step or nil
end

--- Returns a run's row, with event_kind and repo_name.
---@param db store.Store
---@param id integer
---@return table
function record.run(db, id)
	local run = db:query(RUN .. "WHERE r.id = ?", id)[1]

	if not run then not_found("there is no run %d", id) end
	return run
end

--- Returns the rows of a run's steps, in the order of their start.
---@param db store.Store
---@param run integer
---@return table[]
function record.steps(db, run)
	return db:query("SELECT * FROM steps WHERE run = ? ORDER BY id", run)
end

--- Returns the row of a step; a name that is not there is an error with the
--- nearest right one.
---@param db store.Store
---@param run integer
---@param name string
---@return table
function record.step(db, run, name)
	local names = {}

	for _, step in ipairs(record.steps(db, run)) do
		if step.name == name then return step end
		names[#names + 1] = step.name
	end
	local near = require("nearest")(name, names)
	not_found("run %d has no step '%s'%s", run, name,
		near and (" (did you mean '%s'?)"):format(near) or "")
end

--- Returns the path of a step's log, which may not be there.
---@param home string
---@param run integer
---@param step integer its number
---@return string
function record.log_path(home, run, step)
	return ("%s/logs/%d/%d.log"):format(home, run, step)
end

---@class record.Filter
---@field limit integer
---@field before? integer only runs older than this one
---@field states? string[]
---@field name? string
---@field ref? string "main" or "refs/heads/main"
---@field commit? string the commit's first digits
---@field since? integer only runs created then or later

local function conditions(filter, with_states)
	local where, values = {}, {}

	local function add(sql, ...)
		where[#where + 1] = sql
		for _, value in ipairs { ... } do
			values[#values + 1] = value
		end
	end
	if filter.before then add("r.id < ?", filter.before) end
	if filter.name then add("r.name = ?", filter.name) end
	if filter.since then add("r.created >= ?", filter.since) end
	if filter.ref then
		add("r.ref IN (?, ?, ?)", filter.ref,
			"refs/heads/" .. filter.ref, "refs/tags/" .. filter.ref)
	end
	if filter.commit then
		add("r.oid >= ? AND r.oid < ?", filter.commit,
			filter.commit .. "g")
	end
	if with_states and filter.states then
		local marks = ("?, "):rep(#filter.states):sub(1, -3)
		add("+r.state IN (" .. marks .. ")",
			table.unpack(filter.states))
	end
	return where, values
end

--- One part a state, each limited: the index on (state, id) is in order only
--- within a state.
local function by_state(filter)
	local parts, values = {}, {}

	for i, state in ipairs(filter.states) do
		local where, more = conditions(filter)
		table.insert(where, 1, "r.state = ?")
		parts[i] = ("SELECT * FROM (SELECT r.id FROM runs r WHERE %s"
			.. " ORDER BY r.id DESC LIMIT ?)"):format(
			table.concat(where, " AND "))
		values[#values + 1] = state
		table.move(more, 1, #more, #values + 1, values)
		values[#values + 1] = filter.limit
	end
	values[#values + 1] = filter.limit
	return RUN .. "WHERE r.id IN (" .. table.concat(parts, " UNION ALL ")
		.. ") ORDER BY r.id DESC LIMIT ?", values
end

--- Returns rows of runs, the newest first.
---@param db store.Store
---@param filter record.Filter
---@return table[]
function record.list(db, filter)
	local sql, values

	if filter.states and not filter.name and not filter.commit then
		sql, values = by_state(filter)
	else
		local where
		where, values = conditions(filter, true)
		sql = RUN .. (#where > 0
			and "WHERE " .. table.concat(where, " AND ") or "")
			.. " ORDER BY r.id DESC LIMIT ?"
		values[#values + 1] = filter.limit
	end
	return db:query(sql, table.unpack(values))
end

--- Returns how long a run or step took, or takes so far; nil before its start.
---@param row table
---@param now integer
---@return integer?
function record.duration(row, now)
	if not row.started then return nil end
	if row.finished then return math.max(0, row.finished - row.started) end
	return row.state == "running" and math.max(0, now - row.started) or nil
end

--- Returns why a run came to be: "push", "by hand", "fork of 12".
---@param run table
---@return string
function record.origin(run)
	if run.fork_of then return ("fork of %d"):format(run.fork_of) end
	if run.parent then return ("by run %d"):format(run.parent) end
	return run.event_kind or "by hand"
end

--- Returns a decoded copy of a row: columns that hold JSON as values.
---@param row table
---@return table
function record.decoded(row)
	local json = require("json")
	local copy = {}

	for key, value in pairs(row) do copy[key] = value end
	for _, key in ipairs { "params", "error", "result", "payload" } do
		if type(copy[key]) == "string" then
			local ok, value = pcall(json.decode, copy[key])
			if ok then copy[key] = value end
		end
	end
	return copy
end

--- Returns the text of an error column: "message: cause".
---@param text? string
---@return string?
function record.error_text(text)
	if not text or text == "" then return nil end
	local ok, value = pcall(require("json").decode, text)
	if not ok then return text end
	return require("command.failure").text(value)
end

return record
