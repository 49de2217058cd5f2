-- Why a build failed, by its log: the module triage and the verb.

local failure = require("learn.failure")
local fs = require("fs")
local json = require("json")
local path = require("path")
local proc = require("proc")
local test = require("test")
local triage = require("triage")

local tests = {}

local COMPILER <const> = [[
$ make
cc -O2 -c -o main.o main.c
cc -O2 -c -o parse.o parse.c
parse.c: In function 'next':
parse.c:%d:17: error: 'toklen' undeclared (first use in this function)
   41 |     return text + toklen;
      |                   ^~~~~~
make: *** [Makefile:12: parse.o] Error 1
The command "make" exited with 2.
]]

local function noise(count)
	local lines = {}

	for i = 1, count do
		lines[i] = ("Get:%d http://deb.example.org stable/main p%d [%d kB]")
			:format(i, i, i * 3)
	end
	return table.concat(lines, "\n") .. "\n"
end

local function covers(found, line)
	for _, range in ipairs(found.lines) do
		if range[1] <= line and line <= range[2] then return true end
	end
	return false
end

function tests.the_lines_of_an_error_are_found()
	local found = failure.of(noise(300) .. COMPILER:format(41))

	test.equal(found.class, "compile_error")
	test.ok(covers(found, 305), json.encode(found.lines))
	test.ok(not covers(found, 200))
	test.ok(found.excerpt:find("'toklen' undeclared", 1, true))
	test.equal(found.count, 309)
	test.ok(found.confidence > 0 and found.confidence <= 1)
end

function tests.the_signature_is_the_same_tomorrow()
	local one = failure.of(noise(20) .. COMPILER:format(41))
	local other = failure.of(noise(50) .. COMPILER:format(57))
	local else_ = failure.of(noise(50) .. COMPILER:format(57):gsub("toklen",
		"other"))

	test.ok(one.signature:find("^%x+$"))
	test.equal(#one.signature, 16)
	test.equal(one.signature, other.signature)
	test.ok(one.signature ~= else_.signature)
end

function tests.a_passing_log_takes_out_what_is_usual()
	local usual = "warning: error reports are off\nFAILED to find cache\n"
	local log = usual .. noise(40) .. COMPILER:format(41)
	local found = failure.of(log, usual .. noise(44))

	test.ok(not found.excerpt:find("FAILED to find cache", 1, true))
	test.ok(found.excerpt:find("toklen", 1, true))
end

function tests.colours_times_and_line_ends_are_taken_off()
	local texts = triage.texts("\27[31;1mred\27[0m\r\n"
		.. "2024-03-01T10:11:12.123Z   two\n[10:11:12] three\rfour\n")

	test.equal(texts, { "red", "two", "three", "four" })
end

function tests.any_bytes_are_read()
	math.randomseed(5)
	for length = 0, 400, 7 do
		local bytes = {}
		for i = 1, length do
			bytes[i] = string.char(math.random(0, 255))
		end
		local found = failure.of(table.concat(bytes))
		test.ok(found.count >= 0)
	end
	test.equal(#failure.of("").lines, 0)
	test.equal(#failure.of(("\n"):rep(1000)).lines, 0)
	test.ok(failure.of(("x"):rep(100000)).count == 1)
	test.ok(failure.of(("error "):rep(20000) .. "\n").count == 1)
end

function tests.of_very_long_logs_the_end_is_read()
	local log = ("fine\n"):rep(250000) .. COMPILER:format(1)
	local found = failure.of(log)

	test.equal(found.count, 250009)
	test.ok(covers(found, 250005), json.encode(found.lines))
	local _, skipped = triage.texts(log)
	test.equal(skipped, 50009)
end

function tests.what_is_no_model_is_refused()
	local ok, problem = pcall(triage.judge, "nothing")

	test.ok(not ok)
	test.equal(problem.code, "invalid")
end

local function verb(...)
	return proc.run { "/proc/self/exe", "triage", check = false, ... }
end

function tests.the_verb_prints_lines_and_json()
	local dir = test.temp_dir()
	local log, good = path.join(dir, "bad.log"), path.join(dir, "good.log")

	fs.write(log, noise(30) .. COMPILER:format(41))
	fs.write(good, noise(31))
	local run = verb(log)
	test.equal(run.status, 0)
	test.ok(run.stdout:find("^compile error %(%d+ %%%)  signature %x+\n"),
		run.stdout)
	test.ok(run.stdout:find("    35  parse.c:41:17: error", 1, true),
		run.stdout)
	local found = json.decode(verb(log, "--json").stdout)
	test.equal(found.class, "compile_error")
	test.equal(#found.lines[1], 2)
	test.ok(found.signature and found.confidence and found.excerpt)
	found = json.decode(verb(log, "--passed", good, "--json").stdout)
	test.ok(found.excerpt:find("toklen", 1, true))
	run = verb(path.join(dir, "none.log"))
	test.equal(run.status, 3)
	run = verb(dir)
	test.equal(run.status, 2)
	test.ok(run.stderr:find("is a directory", 1, true), run.stderr)
	run = proc.run { "/proc/self/exe", "triage", "-", "--json",
		stdin = COMPILER:format(9) }
	test.equal(json.decode(run.stdout).class, "compile_error")
end

function tests.why_tells_the_lines_of_a_failed_step()
	local dir = test.temp_dir()
	local function tidemill(...)
		return proc.run { "/proc/self/exe", "--data",
			path.join(dir, "home"), check = false, cwd = dir, ... }
	end

	fs.write(path.join(dir, "build.log"), COMPILER:format(41))
	fs.write(path.join(dir, "tidemill.lua"), [[
return { name = "shop", steps = { { "build", "cat build.log; exit 2" } } }
]])
	test.equal(tidemill("run").status, 1)
	fs.write(path.join(dir, "build.log"), COMPILER:format(57))
	test.equal(tidemill("run").status, 1)
	local run = tidemill("why", "2")
	test.ok(run.stdout:find("A compile error, it seems", 1, true),
		run.stdout)
	test.ok(run.stdout:find("| parse.c:57:17: error: 'toklen'", 1, true),
		run.stdout)
	test.ok(run.stdout:find("It failed so before: run 1.", 1, true),
		run.stdout)
	local failures = json.decode(tidemill("why", "2", "--json").stdout)
		.failures
	test.equal(failures[1].step, "build")
	test.equal(failures[1].class, "compile_error")
	test.equal(failures[1].seen, { 1 })
end

return tests
