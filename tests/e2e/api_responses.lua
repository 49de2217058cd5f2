-- Asks the API at $ADDRESS for everything and holds each answer against its
-- own description. $RUN has a step that passed, $TOKEN may write.

local http = require("http")
local json = require("json")
local schema = require("config.schema")
local test = require("test")

local BASE <const> = "http://" .. os.getenv("ADDRESS") .. "/api/v1"
local TOKEN <const> = { Authorization = "Bearer " .. os.getenv("TOKEN"),
	["Content-Type"] = "application/json" }
local RUN <const> = os.getenv("RUN")

local described = json.decode(http.get(BASE .. "/openapi.json").body)

local function shape_of(path, method, status)
	local operation = described.paths[path][method:lower()]
	local found = operation.responses[tostring(status)]
		or operation.responses.default

	for _, content in pairs(found.content) do
		if content.schema["$ref"] then return content.schema end
	end
end

local function check(path, method, status, body)
	local wanted = shape_of(path, method, status)
	local problems = schema.compile({ ["$ref"] = wanted["$ref"],
		components = described.components }, "openapi.json")
		:check(json.decode(body))

	test.equal(#problems, 0, path .. ": " .. (problems[1]
		and tostring(problems[1].message) or "") .. " in " .. body)
end

local function get(path, target, status)
	local answer = http.get(BASE .. (target or path), { check = false })

	test.equal(answer.status, status or 200, answer.body)
	check(path, "GET", answer.status, answer.body)
	return json.decode(answer.body)
end

local function post(path, target, body, status)
	local answer = http.post(BASE .. (target or path), { check = false,
		headers = TOKEN, body = json.encode(body) })

	test.equal(answer.status, status, answer.body)
	check(path, "POST", answer.status, answer.body)
	return json.decode(answer.body)
end

local tests = {}

function tests.lists_are_as_described()
	for _, path in ipairs { "/runs", "/events", "/recipes", "/schedules",
		"/queue", "/approvals", "/tests" } do
		get(path)
	end
end

function tests.a_run_is_as_described()
	local run = get("/runs/{run}", "/runs/" .. RUN)

	test.equal(run.state, "passed")
	get("/runs/{run}/steps", "/runs/" .. RUN .. "/steps")
	get("/runs/{run}/why", "/runs/" .. RUN .. "/why")
	get("/events/{event}/why", "/events/" .. run.event .. "/why")
	local path = "/runs/{run}/steps/{step}/log"
	local log = get(path, ("/runs/%s/steps/%d/log"):format(RUN,
		run.steps[1].id))
	test.equal(log.items[1].text, "line 1")
	test.ok(log.ended)
	log = get(path, ("/runs/%s/steps/%d/log?from=2&lines=1"):format(RUN,
		run.steps[1].id))
	test.equal(log.items[1].text, "line 2")
	test.equal(log.next, 3)
end

function tests.pages_follow_each_other()
	local seen = {}
	local cursor

	repeat
		local page = get("/runs", "/runs?limit=1" .. (cursor
			and "&cursor=" .. cursor or ""))
		for _, run in ipairs(page.items) do
			test.ok(not seen[run.id])
			seen[run.id] = true
		end
		cursor = page.next ~= json.null and page.next or nil
	until not cursor
	test.ok(seen[math.tointeger(tonumber(RUN))])
	test.equal(#get("/runs", "/runs?since=9999999999999").items, 0)
end

function tests.problems_are_as_described()
	get("/runs", "/runs?limit=0", 400)
	get("/runs", "/runs?state=pased", 400)
	get("/runs/{run}", "/runs/999999", 404)
	get("/runs/{run}", "/runs/x", 400)
	post("/events", nil, { nme = "x" }, 400)
	post("/runs/{run}/cancel", "/runs/" .. RUN .. "/cancel", {}, 409)
	post("/approvals/{approval}/approve", "/approvals/a99/approve", {},
		404)
end

function tests.an_event_is_accepted_once()
	local first = post("/events", nil, { name = "api.test", key = "k" },
		202)
	local second = post("/events", nil, { name = "api.test", key = "k" },
		202)

	test.equal(first.duplicate, false)
	test.equal(second.duplicate, true)
	test.equal(second.id, first.id)
end

function tests.a_run_is_retried()
	local again = post("/runs/{run}/retry", "/runs/" .. RUN .. "/retry",
		{}, 202)

	test.ok(again.id > tonumber(RUN))
end

return tests
