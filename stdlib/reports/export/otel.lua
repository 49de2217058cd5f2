--- Runs as OTLP JSON: a run is a trace, it and its steps are spans. Numbers of
--- traces and spans come from the home's and the run's: the same every time.

local json = require("json")
local record = require("record")

local otel = {}

local INTERNAL <const> = 1
local STATUS <const> = { passed = 1, failed = 2, timed_out = 2,
	cancelled = 2, superseded = 0 }

local RESULTS <const> = { passed = "success", failed = "failure",
	timed_out = "timeout", cancelled = "cancellation",
	superseded = "cancellation", skipped = "skip" }

--- Returns the number of a run's trace.
---@param home string the setting `id`
---@param run integer
---@return string 32 hexadecimal digits
function otel.trace(home, run)
	return require("hash").sha256(("trace:%s/%d"):format(home, run))
		:sub(1, 32)
end

--- Returns the number of a span: of a run (step 0) or a step.
---@param home string
---@param run integer
---@param step integer
---@return string 16 hexadecimal digits
function otel.span(home, run, step)
	return require("hash").sha256(("span:%s/%d/%d"):format(home, run, step))
		:sub(1, 16)
end

local function nanoseconds(ms)
	return ("%d000000"):format(ms)
end

local function attributes(values)
	local list, names = json.array {}, {}

	for name in pairs(values) do names[#names + 1] = name end
	table.sort(names)
	for i, name in ipairs(names) do
		local value = values[name]
		local kind = math.type(value) == "integer" and "intValue"
			or type(value) == "number" and "doubleValue"
			or type(value) == "boolean" and "boolValue"
			or "stringValue"
		-- 64-bit numbers are texts in OTLP's JSON
		list[i] = { key = name, value = { [kind] = kind == "intValue"
			and tostring(value) or value } }
	end
	return list
end

local function status(row)
	local text = record.error_text(row.error)

	return { code = STATUS[row.state] or 0, message = text }
end

local function run_span(home, run)
	return { traceId = otel.trace(home, run.id),
		spanId = otel.span(home, run.id, 0),
		parentSpanId = run.parent and otel.span(home, run.parent, 0)
			or nil,
		name = run.name, kind = INTERNAL,
		startTimeUnixNano = nanoseconds(run.started or run.created),
		endTimeUnixNano = nanoseconds(run.finished),
		status = status(run), attributes = attributes {
			["cicd.pipeline.name"] = run.name,
			["cicd.pipeline.run.id"] = tostring(run.id),
			["cicd.pipeline.result"] = RESULTS[run.state],
			["vcs.ref.head.name"] = require("terminal.format")
				.ref(run.ref),
			["vcs.ref.head.revision"] = run.oid,
			["tidemill.state"] = run.state,
			["tidemill.attempt"] = run.attempt,
			["tidemill.queued_ms"] = run.started
				and run.started - run.created or nil,
		} }
end

local function step_span(home, run, step, ids)
	local parent = ids[step.parent] or 0

	return { traceId = otel.trace(home, run.id),
		spanId = otel.span(home, run.id, step.id),
		parentSpanId = otel.span(home, run.id, parent),
		name = step.name, kind = INTERNAL,
		startTimeUnixNano = nanoseconds(step.started),
		endTimeUnixNano = nanoseconds(step.finished),
		status = status(step), attributes = attributes {
			["cicd.pipeline.task.name"] = step.name,
			["cicd.pipeline.task.run.id"] = tostring(step.id),
			["cicd.pipeline.task.run.result"] =
				RESULTS[step.state],
			["process.exit.code"] = step.status,
			["tidemill.kind"] = step.kind,
			["tidemill.attempt"] = step.attempt,
			["tidemill.class"] = step.class,
			["tidemill.cpu_user_ms"] = step.cpu_user,
			["tidemill.cpu_system_ms"] = step.cpu_system,
			["tidemill.max_rss"] = step.max_rss,
		} }
end

--- Returns the spans of a run that has ended.
---@param home string the setting `id`
---@param run table
---@param steps table[]
---@return table[]
function otel.spans(home, run, steps)
	local list, ids = { run_span(home, run) }, {}

	for _, step in ipairs(steps) do ids[step.name] = step.id end
	for _, step in ipairs(steps) do
		if step.started and step.finished and step.kind ~= "value" then
			list[#list + 1] = step_span(home, run, step, ids)
		end
	end
	return list
end

--- Writes the runs.
---@param db store.Db
---@param runs fun(): table?
---@param write fun(text: string)
function otel.write(db, runs, write)
	local home = db:setting("id") or "0"
	local separator = ""

	write('{"resourceSpans":[{"resource":{"attributes":' .. json.encode(
		attributes { ["service.name"] = "tidemill",
			["service.instance.id"] = home }) .. '},"scopeSpans":'
		.. '[{"scope":{"name":"tidemill"},"spans":[')
	for run in runs do
		if run.finished then
			for _, span in ipairs(otel.spans(home, run,
				record.steps(db, run.id))) do
				write(separator .. json.encode(span))
				separator = ",\n"
			end
		end
	end
	write("]}]}]}\n")
end

return otel
