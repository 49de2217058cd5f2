-- Module steplog: writers, masks and readers of step logs.

local proc = require("proc")
local steplog = require("steplog")
local task = require("task")

local tests = {}

-- A path that is removed with its index when the test ends.
local function temporary()
	local path = os.tmpname()

	os.remove(path)
	return setmetatable({ path = path .. ".log" }, {
		__close = function()
			os.remove(path .. ".log")
			os.remove(path .. ".idx")
		end,
	})
end

local function content(path)
	local file <close> = assert(io.open(path, "rb"))

	return file:read("a")
end

function tests.a_log_is_written_and_read()
	local file <close> = temporary()
	local log = steplog.open { path = file.path }

	assert(steplog.size(file.path) == 0)
	log:write("one\ntwo\n")
	log:write("bad\n", "stderr")
	log:mark("attempt 2")
	assert(log:latest() == "[tidemill: attempt 2]", log:latest())
	log:write("rest")
	assert(log:latest() == "rest")
	local result = log:close()
	assert(result.bytes == 38 and result.lines == 5, result.bytes)
	assert(result.truncated == false and result.error == nil)
	assert(result.tail == "one\ntwo\nbad\n[tidemill: attempt 2]\nrest")
	assert(log:close() == nil)
	assert(not pcall(log.write, log, "x"))
	assert(steplog.size(file.path) == 38)

	local lines = steplog.read(file.path)
	assert(#lines == 5 and lines[1] == "one" and lines[5] == "rest")
	lines = steplog.read(file.path, { from = 2, lines = 1 })
	assert(#lines == 1 and lines[1] == "two")
	lines = steplog.read(file.path, { tail = 2, times = true })
	assert(#lines == 2 and lines[2].text == "rest")
	assert(lines[2].number == 5 and lines[2].ms > 1e12)
	assert(#steplog.read(file.path, { tail = 0 }) == 0)
end

function tests.a_missing_log_is_not_found()
	local ok, problem = pcall(steplog.read, "/nonexistent/1.log")

	assert(not ok and problem.code == "not_found")
	assert(steplog.size("/nonexistent/1.log") == 0)
end

function tests.secrets_are_masked()
	local file <close> = temporary()
	local mask = steplog.mask { "hunter22", "ab", "s3cr3t/with slash" }
	local log = steplog.open { path = file.path, mask = mask }

	assert(mask:left_out() == 1)
	assert(mask:apply("-hunter22-") == "-***-")
	assert(mask:apply("q=s3cr3t%2Fwith%20slash") == "q=***")
	mask = nil -- luacheck: ignore 311
	collectgarbage()
	log:write("pass hun")
	log:write("ter22\n")
	assert(log:close().tail == "pass ***\n")
	assert(content(file.path) == "pass ***\n")
end

function tests.the_cap_truncates_and_keeps_the_end()
	local file <close> = temporary()
	local log = steplog.open { path = file.path, cap = 100, keep = 10 }

	for _ = 1, 50 do
		log:write("0123456789\n")
	end
	log:write("the error\n")
	local result = log:close()
	assert(result.truncated and result.dropped == 460, result.dropped)
	assert(result.tail == "the error\n", result.tail)
	local lines = steplog.read(file.path, { tail = 1 })
	assert(lines[1] == "[tidemill: output truncated at 100 bytes; " ..
		"460 bytes dropped]", lines[1])
end

function tests.a_reader_follows()
	local file <close> = temporary()
	local log = steplog.open { path = file.path }

	log:write("one\npart")
	local reader <close> = steplog.reader(file.path)
	local lines = reader:lines()
	assert(#lines == 1 and lines[1].text == "one")
	assert(#reader:lines() == 0)
	log:write("ial\n")
	lines = reader:lines()
	assert(#lines == 1 and lines[1].text == "partial")
	log:write("end")
	assert(#reader:lines() == 0)
	lines = reader:lines(10, true)
	assert(lines[1].text == "end" and lines[1].number == 3)
	log:close()
	reader:close()
	assert(not pcall(reader.lines, reader))
end

function tests.bytes_come_as_they_are()
	local file <close> = temporary()
	local log = steplog.open { path = file.path }
	local all = ("x\0\n\xff"):rep(1000)

	log:write(all)
	log:close()
	local reader <close> = steplog.reader(file.path)
	local parts = {}
	for part in function() return reader:bytes(999) end do
		parts[#parts + 1] = part
	end
	assert(table.concat(parts) == all)
	assert(reader:bytes() == nil)
end

function tests.a_failed_write_is_told_at_the_end()
	local log = steplog.open { path = "/proc/nothing/1.log" }

	log:write("lost\n")
	local result = log:close()
	assert(result.error:find("cannot open log '/proc/nothing/1.log'", 1, true))
	assert(result.tail == "lost\n" and result.dropped == 5)
end

function tests.a_process_writes_straight_into_a_log()
	local file <close> = temporary()
	local mask = steplog.mask { "hunter22" }
	local log = steplog.open { path = file.path, mask = mask }

	proc.run { "sh", "-c", "echo out hunter22; echo bad hunter22 >&2",
		log = log }
	local result = log:close()
	assert(result.lines == 2 and not result.tail:find("hunter", 1, true))
	local streams = {}
	for _, line in ipairs(steplog.read(file.path, { times = true })) do
		streams[#streams + 1] = line.text
	end
	table.sort(streams)
	assert(table.concat(streams, "|") == "bad ***|out ***")
end

function tests.a_log_in_use_cannot_be_closed()
	local log = steplog.open {}
	local running = task.spawn(function()
		proc.run { "sh", "-c", "echo started; exec sleep 60",
			log = log }
	end)

	task.timeout(10000, function()
		while log:latest() ~= "started" do
			require("time").sleep(5)
		end
	end)
	local ok, problem = pcall(log.close, log)
	assert(not ok and problem.code == "busy", problem)
	running:cancel()
	pcall(running.await, running)
	assert(log:close().tail == "started\n")
end

function tests.wrong_options_are_refused()
	assert(not pcall(steplog.open, { path = 1, cap = -1 }))
	assert(not pcall(steplog.open, { echo = { fd = "x" } }))
	assert(not pcall(steplog.open, { mask = "x" }))
	assert(not pcall(steplog.mask, { {} }))
	assert(not pcall(steplog.read, "x", { tail = -1 }))
end

return tests
