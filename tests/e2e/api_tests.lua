-- Asks the API at $ADDRESS for the tests of run 1 and holds each answer against
-- the API's own description.

local http = require("http")
local json = require("json")
local schema = require("config.schema")
local test = require("test")

local BASE <const> = "http://" .. os.getenv("ADDRESS") .. "/api/v1"

local described = json.decode(http.get(BASE .. "/openapi.json").body)

local function get(path, target)
	local body = http.get(BASE .. (target or path)).body
	local wanted = described.paths[path].get.responses["200"]
		.content["application/json"].schema
	local problems = schema.compile({ ["$ref"] = wanted["$ref"],
		components = described.components }, "openapi.json")
		:check(json.decode(body))

	test.equal(#problems, 0, path .. ": " .. (problems[1]
		and tostring(problems[1].message) or "") .. " in " .. body)
	return json.decode(body)
end

local tests = {}

function tests.those_that_failed()
	local found = get("/runs/{run}/tests", "/runs/1/tests")

	test.equal(#found.items, found.counts.failed)
	test.equal(found.items[1].outcome, "failed")
	test.equal(found.next, json.null)
end

function tests.all_of_them_by_pages()
	local names, target = {}, "/runs/1/tests?all=true&limit=1"

	repeat
		local page = get("/runs/{run}/tests", target)
		names[#names + 1] = page.items[1].name
		target = "/runs/1/tests?all=true&limit=1&cursor="
			.. tostring(page.next)
	until page.next == json.null
	test.equal(#names, get("/runs/{run}/tests", "/runs/1/tests").counts
		.tests)
end

function tests.over_time()
	local found = get("/tests", "/tests?slowest=true")

	test.ok(#found.items > 1)
	test.ok(found.items[1].seconds >= found.items[2].seconds)
	test.equal(#get("/tests", "/tests?flaky=true").items, 0)
	test.equal(#get("/tests", "/tests?recipe=none").items, 0)
end

return tests
