-- Runs for other programs: JUnit XML, CSV, OTLP.

local fs = require("fs")
local durable = assert(load(fs.read("tests/lua/durable.lua"),
	"@tests/lua/durable.lua"))()
local json = require("json")
local runs = require("reports.export.runs")
local test = require("test")

--- A home with a run that has tests (run 1), and one that has none (run 2).
local function new_place()
	local place = durable.new_home()

	durable.run(place, { name = "shop", run = function(ctx)
		ctx:step("unit", function()
			fs.write(place.home .. "/a.tap",
				'ok 1 - a\nnot ok 2 - <b> "c", d\n# broken\n')
		end, { reports = "*.tap" })
	end })
	durable.run(place, { name = "plain", run = function(ctx)
		ctx:step("outer", function(c)
			c:step("inner", function() end)
		end)
		ctx:step("bad", function() ctx:fail("no") end)
	end })
	return place
end

local function text_of(fn, ...)
	local parts = {}
	local args = table.pack(...)

	args[3] = function(text) parts[#parts + 1] = text end
	fn(table.unpack(args, 1, math.max(args.n, 4)))
	return table.concat(parts)
end

local tests = {}

function tests.junit_is_read_again()
	local place = new_place()
	local text = text_of(require("reports.export.junit"), place.db,
		runs.each(place.db, 0))
	local list = require("reports").read(text)

	test.equal(#list, 5)
	test.equal(list[2].name, '<b> "c", d')
	test.equal(list[2].outcome, "failed")
	test.equal(list[2].message, "broken")
	test.equal(list[3].suite .. "/" .. list[3].name, "plain/outer")
	test.equal(list[5].outcome, "failed")
	test.match(text, '<testsuite name="shop 1 unit" tests="2"')
end

function tests.csv_has_a_row_for_each()
	local place = new_place()
	local csv = require("reports.export.csv")

	local function rows(kind)
		return require("csv").decode(text_of(csv.write, place.db,
			runs.each(place.db, 0), nil, kind))
	end
	test.equal(rows("tests")[2].name, '<b> "c", d')
	test.equal(rows("tests")[2].step, "unit")
	test.equal(#rows("runs"), 2)
	test.equal(rows("runs")[2].state, "failed")
	test.equal(#rows("steps"), 4)
	test.equal(rows("steps")[1].recipe, "shop")
end

function tests.otel_has_a_trace_of_each_run()
	local place = new_place()
	local otel = require("reports.export.otel")
	local text = text_of(otel.write, place.db, runs.each(place.db, 0))
	local spans = json.decode(text).resourceSpans[1].scopeSpans[1].spans
	local by = {}

	test.equal(#spans, 6)
	for _, span in ipairs(spans) do
		by[span.name] = span
		test.match(span.traceId, "^%x+$")
		test.equal(#span.traceId .. "/" .. #span.spanId, "32/16")
		test.match(span.startTimeUnixNano, "^%d+000000$")
	end
	test.equal(by["outer/inner"].parentSpanId, by.outer.spanId)
	test.equal(by.outer.parentSpanId, by.plain.spanId)
	test.equal(by.plain.parentSpanId, nil)
	test.equal(by.plain.traceId, by["outer/inner"].traceId)
	test.ok(by.shop.traceId ~= by.plain.traceId)
	test.equal(by.plain.status.code, 2)
	test.equal(by.shop.status.code, 1)
	test.equal(text, text_of(otel.write, place.db,
		runs.each(place.db, 0)))
end

function tests.runs_are_chosen_by_time_and_name()
	local place = new_place()
	local count = 0

	for _ in runs.each(place.db, 0, "shop") do count = count + 1 end
	for _ in runs.each(place.db, require("time").now() + 1000) do
		count = count + 1
	end
	test.equal(count, 1)
	test.equal(runs.one(place.db, 2)().name, "plain")
	test.ok(runs.since("2026-01-31"))
	test.ok(runs.since("7d"))
	test.equal(runs.since("soon"), nil)
end

return tests
