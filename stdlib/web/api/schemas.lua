--- What the API's answers look like: JSON Schema 2020-12, for the description
--- at /api/v1/openapi.json.

local json = require("json")

local TEXT <const> = { type = "string" }
local COUNT <const> = { type = "integer" }
local FLAG <const> = { type = "boolean" }
local MAYBE_TEXT <const> = { type = { "string", "null" } }
local MAYBE_COUNT <const> = { type = { "integer", "null" } }
local MAYBE_NUMBER <const> = { type = { "number", "null" } }
local ANY <const> = json.decode("true")

local function object(required, optional)
	local properties, names = {}, {}

	for name, schema in pairs(required) do
		properties[name] = schema
		names[#names + 1] = name
	end
	for name, schema in pairs(optional or {}) do
		properties[name] = schema
	end
	table.sort(names)
	return { type = "object", properties = properties,
		required = json.array(names), additionalProperties = false }
end

local function list(name)
	return { type = "array",
		items = { ["$ref"] = "#/components/schemas/" .. name } }
end

local function page(name)
	return object { items = list(name), next = MAYBE_TEXT }
end

local STATE <const> = { type = "string", enum = json.array {
	"queued", "running", "waiting", "passed", "failed", "cancelled",
	"timed_out", "superseded" } }

local RUN <const> = {
	id = COUNT, name = TEXT, state = STATE, path = TEXT,
	repo = MAYBE_TEXT, ref = MAYBE_TEXT, commit = MAYBE_TEXT,
	event = MAYBE_COUNT, origin = TEXT, params = ANY,
	priority = COUNT, attempt = COUNT, created = COUNT,
	started = MAYBE_COUNT, finished = MAYBE_COUNT,
	duration = MAYBE_COUNT, waits_for = MAYBE_TEXT,
	cancelled_by = MAYBE_TEXT, parent = MAYBE_COUNT,
	fork_of = MAYBE_COUNT, error = MAYBE_TEXT,
}

local STEP <const> = object {
	id = COUNT, name = TEXT, parent = MAYBE_TEXT, kind = TEXT,
	state = { type = "string", enum = json.array { "running", "waiting",
		"passed", "failed", "skipped", "cancelled", "timed_out" } },
	soft = FLAG, attempt = COUNT, command = MAYBE_TEXT,
	started = MAYBE_COUNT, finished = MAYBE_COUNT,
	duration = MAYBE_COUNT, status = MAYBE_COUNT, signal = MAYBE_COUNT,
	class = MAYBE_TEXT, error = MAYBE_TEXT, log_bytes = COUNT,
	log_truncated = FLAG,
}

return {
	Problem = object({ type = TEXT, title = TEXT, status = COUNT,
		detail = TEXT }),
	Run = object(RUN),
	RunPage = page("Run"),
	RunDetail = object(RUN, {
		steps = list("Step"), notes = list("Note"),
		approvals = list("Approval"), sub_runs = { type = "array",
			items = object { id = COUNT, name = TEXT,
				state = STATE } } }),
	Step = STEP,
	Steps = object { items = list("Step") },
	Note = object { step = MAYBE_TEXT, at = COUNT, text = TEXT },
	Approval = object { id = COUNT, run = COUNT, step = TEXT,
		question = TEXT, reasons = { type = "array", items = TEXT },
		state = TEXT, asked = COUNT, expires = MAYBE_COUNT },
	Approvals = object { items = list("Approval") },
	Line = object { number = COUNT, ms = MAYBE_COUNT, stream = TEXT,
		text = TEXT },
	Lines = object { items = list("Line"), next = COUNT,
		ended = FLAG },
	Why = object({ lines = { type = "array", items = TEXT } },
		{ failures = list("Failure") }),
	Failure = object { step = TEXT, class = TEXT, signature = TEXT,
		confidence = { type = "number" }, excerpt = TEXT,
		lines = { type = "array", items = { type = "array",
			items = COUNT } },
		seen = { type = "array", items = COUNT } },
	Test = object { test = TEXT, suite = TEXT, name = TEXT,
		file = MAYBE_TEXT, label = TEXT, step = COUNT, attempt = COUNT,
		outcome = { type = "string", enum = json.array { "passed",
			"failed", "error", "skipped" } },
		seconds = MAYBE_NUMBER, message = MAYBE_TEXT,
		details = MAYBE_TEXT, quarantined = FLAG, flaky = FLAG,
		changed = FLAG },
	RunTests = object { items = list("Test"), next = MAYBE_TEXT,
		counts = { anyOf = json.array { { type = "null" }, object {
			tests = COUNT, passed = COUNT, failed = COUNT,
			error = COUNT, skipped = COUNT, quarantined = COUNT,
			changed = COUNT, seconds = MAYBE_NUMBER } } } },
	KnownTest = object { test = TEXT, suite = TEXT, name = TEXT,
		recipe = TEXT, label = TEXT, file = MAYBE_TEXT, passed = COUNT,
		failed = COUNT, skipped = COUNT, seconds = MAYBE_NUMBER,
		flaky = FLAG, flaky_since = MAYBE_COUNT, last_run = COUNT,
		last_outcome = TEXT, last_failed = MAYBE_COUNT },
	KnownTests = object { items = list("KnownTest") },
	Event = object { id = COUNT, kind = TEXT, state = TEXT,
		ref = MAYBE_TEXT, old = MAYBE_TEXT, new = MAYBE_TEXT,
		payload = ANY, created = COUNT, due = COUNT,
		error = MAYBE_TEXT },
	EventPage = page("Event"),
	Recipe = object { id = COUNT, name = TEXT, path = TEXT,
		repo = MAYBE_TEXT, enabled = FLAG, error = MAYBE_TEXT,
		last_run = MAYBE_COUNT, last_state = { type = { "string",
			"null" } } },
	Recipes = object { items = list("Recipe") },
	Schedule = object { recipe = TEXT, path = TEXT, repo = MAYBE_TEXT,
		next_at = COUNT, last_at = MAYBE_COUNT },
	Schedules = object { items = list("Schedule") },
	Queue = object { items = list("Run"), mode = TEXT,
		running = COUNT, queued = COUNT, waiting = COUNT },
	Accepted = object({ id = COUNT }, { duplicate = FLAG,
		state = TEXT }),
	Health = object({ status = TEXT }, { version = TEXT }),
}
