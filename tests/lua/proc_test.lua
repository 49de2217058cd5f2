-- Processes for scripts: results, errors, limits, pulling, killing.

local proc = require("proc")
local task = require("task")
local test = require("test")
local time = require("time")

local tests = {}

local function failure(fn, ...)
	local ok, problem = pcall(fn, ...)

	assert(not ok, "must fail")
	return problem
end

function tests.run_returns_status_output_and_use()
	local result = proc.run { "sh", "-c", "echo out; echo err >&2" }

	test.equal(result.status, 0)
	test.equal(result.stdout, "out\n")
	test.equal(result.stderr, "err\n")
	test.equal(result.truncated, false)
	assert(result.max_rss > 0 and result.wall >= 0)
end

function tests.a_shell_line_reads_its_input()
	local result = proc.run { shell = "tr a-z A-Z | rev", stdin = "abc" }

	test.equal(result.stdout, "CBA")
end

function tests.large_input_is_fed_while_output_is_read()
	local text = ("x"):rep(3 * 1024 * 1024)
	local result = proc.run { "cat", stdin = text, max = #text }

	assert(result.stdout == text)
end

function tests.a_failure_raises_exit_with_the_result()
	local problem = failure(proc.run, { shell = "echo no; exit 3" })

	test.equal(problem.code, "exit")
	test.equal(problem.status, 3)
	test.equal(problem.stdout, "no\n")
	test.equal(problem.message, "'echo no; exit 3' exited with 3")
end

function tests.check_false_returns_it()
	local result = proc.run { shell = "kill -9 $$", check = false }

	test.equal(result.status, 137)
	test.equal(result.signal, "KILL")
end

function tests.a_missing_program_is_not_found()
	local problem = failure(proc.run, { "no-such-program-here" })

	test.equal(problem.code, "not_found")
	test.equal(problem.message, "cannot run 'no-such-program-here':"
		.. " No such file or directory")
end

function tests.a_missing_directory_is_not_found()
	local problem = failure(proc.run, { "true", cwd = "/no/such/dir" })

	test.equal(problem.code, "not_found")
	test.equal(problem.message, "cannot enter '/no/such/dir':"
		.. " No such file or directory")
end

function tests.the_environment_is_merged_removed_or_cleared()
	local result = proc.run { shell = "echo $A-${HOME-none}-${PATH:+path}",
		env = { A = "1", HOME = false } }

	test.equal(result.stdout, "1-none-path\n")
	result = proc.run { "/usr/bin/env", clear_env = true,
		env = { ONLY = "this" } }
	test.equal(result.stdout, "ONLY=this\n")
end

function tests.time_outs_are_told_apart()
	local problem = failure(proc.run, { "sleep", "100", timeout = "50ms" })

	test.equal(problem.code, "timeout")
	test.equal(problem.timed_out, "total")
	problem = failure(proc.run, { shell = "echo hello; sleep 100",
		silent_after = 60 })
	test.equal(problem.timed_out, "silent")
	test.equal(problem.stdout, "hello\n")
end

function tests.a_program_that_ignores_term_is_killed_after_grace()
	local result = proc.run { shell = "trap '' TERM; while :; do sleep 1;"
		.. " done", timeout = 50, grace = 50, check = false }

	test.equal(result.signal, "KILL")
end

function tests.the_tail_of_long_output_is_kept()
	local result = proc.run { shell = "seq 100000", max = 1000 }

	test.equal(#result.stdout, 1000)
	test.equal(result.truncated, true)
	test.equal(result.stdout:sub(-7), "100000\n")
end

function tests.a_terminal_is_one()
	local result = proc.run { shell = "test -t 0 && stty size",
		pty = { rows = 30, columns = 99 } }

	test.equal(result.stdout, "30 99\r\n")
end

function tests.a_wrong_option_is_named()
	local problem = failure(proc.run, { "true", timeuot = 1 })

	assert(tostring(problem):find("unknown option 'timeuot'", 1, true))
end

function tests.lines_are_pulled()
	local handle <close> = proc.spawn { shell = "seq 3; printf last" }
	local seen = {}

	for line in handle:lines() do seen[#seen + 1] = line end
	test.equal(table.concat(seen, ","), "1,2,3,last")
	test.equal(handle:wait().status, 0)
end

function tests.a_conversation_goes_both_ways()
	local handle <close> = proc.spawn { "cat", stdin = "pipe" }

	handle:write("one\n")
	test.equal(handle:read(), "one\n")
	handle:write("two\n")
	test.equal(handle:read(), "two\n")
	handle:close_stdin()
	test.equal(handle:read(), nil)
	test.equal(failure(handle.write, handle, "x").code, "io")
	test.equal(handle:wait().status, 0)
end

function tests.output_that_nobody_reads_waits_in_the_pipe()
	local handle <close> = proc.spawn { shell = "head -c 20000000 /dev/zero" }
	local sum = 0

	time.sleep(20)
	for bytes in function() return handle:read() end do
		sum = sum + #bytes
	end
	test.equal(sum, 20000000)
end

function tests.a_late_reader_loses_nothing()
	local handle <close> = proc.spawn { shell = "head -c 1500000 /dev/zero",
		grace = 20, silent_after = 20 }
	local sum = 0

	time.sleep(120)
	for bytes in function() return handle:read() end do
		sum = sum + #bytes
	end
	test.equal(sum, 1500000)
	local result = handle:wait()
	test.equal(result.lingered, false)
	test.equal(result.timed_out, nil)
end

function tests.closing_kills()
	local pid, start
	do
		local handle <close> = proc.spawn { "sleep", "1000" }
		pid = handle.pid
		start = proc.start_time(pid)
		test.equal(proc.alive(pid, start), true)
	end
	test.equal(proc.alive(pid, start), false)
end

function tests.kill_names_the_signal()
	local handle <close> = proc.spawn { "sleep", "1000" }

	handle:kill("INT")
	test.equal(handle:wait().signal, "INT")
end

function tests.cancelling_the_task_kills_the_group()
	local handle = task.spawn(function()
		proc.run { shell = "sleep 1000 & sleep 1000" }
	end)
	local before = time.monotonic()

	time.sleep(30)
	handle:cancel()
	pcall(handle.await, handle)
	assert(time.monotonic() - before < 5000)
end

function tests.a_process_is_signalled_and_awaited_by_pid_and_start()
	local handle <close> = proc.spawn { "sleep", "1000" }
	local start = proc.start_time(handle.pid)

	test.equal(failure(proc.signal, handle.pid, start + 1, "TERM").code,
		"not_found")
	proc.signal(handle.pid, start, "TERM")
	proc.wait_for(handle.pid, start)
	test.equal(handle:wait().signal, "TERM")
end

function tests.a_detached_program_lives_on_and_can_be_awaited()
	local pid, start
	do
		local handle = proc.spawn { "sleep", "1000", detached = true,
			stdout = "null", stderr = "null" }
		pid, start = handle.pid, proc.start_time(handle.pid)
	end
	collectgarbage()
	collectgarbage()
	time.sleep(1)
	test.equal(proc.alive(pid, start), true)
	proc.signal(pid, start, "KILL")
	local short = proc.spawn { "true", detached = true, stdout = "null",
		stderr = "null" }
	test.equal(short:wait().status, 0)
end

function tests.a_forgotten_handle_is_killed()
	local pid, start
	do
		local handle = proc.spawn { "sleep", "1000" }
		pid, start = handle.pid, proc.start_time(handle.pid)
	end
	collectgarbage()
	collectgarbage()
	proc.wait_for(pid, start)
end

function tests.a_handle_may_be_collected_by_the_task_that_it_wakes()
	for _ = 1, 20 do
		require("task").spawn(function()
			proc.spawn({ "true" }):wait()
			collectgarbage()
			collectgarbage()
		end):await()
	end
end

function tests.ours_is_alive()
	test.equal(proc.alive(proc.pid(), proc.start_time()), true)
	assert(proc.describe():find("guard:", 1, true))
end

return tests
