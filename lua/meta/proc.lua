---@meta proc
--- Processes: programs run as steps of a task, with their output, limits and
--- use of resources.
error("definitions for the editor, not a module")

---@class proc
local proc = {}

--- Times are milliseconds or text such as "250ms", "10s", "1h30m".
---@alias proc.Duration integer|string

---@class proc.Options
---@field [integer] string program and arguments (or `shell`)
---@field shell? string a command line for /bin/sh -c
---@field cwd? string directory to run in [ours]
---@field env? table<string, string|false> added to ours; false removes
---@field clear_env? boolean start from an empty environment [false]
---@field stdin? string|"inherit" bytes it reads; or our own input [none]
---@field stdout? "capture"|"inherit"|"null" [capture]
---@field stderr? "capture"|"merge"|"inherit"|"null" [capture; merge for a log]
---@field pty? boolean|{rows: integer, columns: integer} one for all streams
---@field timeout? proc.Duration total time it may take
---@field silent_after? proc.Duration time it may take without any output
---@field grace? proc.Duration from SIGTERM to SIGKILL ["10s"]
---@field max? integer captured bytes a stream, the last ones are kept [1 MiB]
---@field log? userdata a step's log that gets the output instead of the result
---@field check? boolean raise when it fails or times out [true]
---@field detached? boolean own session, lives on when we die [false]

---@class proc.Result
---@field status integer exit status, 128 + signal if one ended it
---@field signal? string the signal that ended it: "TERM", "KILL"
---@field stdout? string what it printed, when captured
---@field stderr? string
---@field truncated boolean output was cut at `max`
---@field wall integer ms
---@field cpu_user integer ms
---@field cpu_system integer ms
---@field max_rss integer bytes
---@field read_bytes integer from disks
---@field write_bytes integer to disks
---@field timed_out? "total"|"silent"
---@field lingered boolean others kept its output open and were killed

--- Waits until a program has ended and returns what became of it. Raises
--- `exit` (with the fields of the result) when its status is not 0, `timeout`
--- when it ran out of time, `not_found` when there is no such program.
--- Cancelling the task kills it and everything it started.
---@async
---@param options proc.Options
---@return proc.Result
function proc.run(options) end

--- Starts a program whose output is pulled and whose input is written.
--- `stdin = "pipe"` opens its input; stderr is merged into what is read.
--- A handle that goes out of scope (`<close>`) kills its program.
---@param options proc.Options
---@return proc.Handle
function proc.spawn(options) end

--- Guards this process: when it dies, even by SIGKILL, every program that it
--- runs from now on dies too. Once, before the first program.
---@param options {run: string} the run's cookie, TIDEMILL_RUN of its programs
---@return "namespace"|"groups" kind how
function proc.isolate(options) end

--- Ends the guard: kills what still runs in it. Programs that are started later
--- have none.
function proc.release() end

--- Kills what a dead runner left behind; returns the number of processes.
---@param cookie string
---@return integer
function proc.sweep(cookie) end

--- Returns what guards processes on this machine, as lines of text.
---@return string
function proc.describe() end

--- Returns whether the process that started at `start` still runs.
---@param pid integer
---@param start integer
---@return boolean
function proc.alive(pid, start) end

--- Returns when a process started (clock ticks since boot), or nil if there
--- is none with this pid. Without `pid`: ours.
---@param pid? integer
---@return integer|nil
function proc.start_time(pid) end

--- Sends a signal to exactly that process. Raises `not_found` if it has ended.
---@param pid integer
---@param start integer
---@param name string "TERM", "USR1", …
function proc.signal(pid, start, name) end

--- Returns the pid of this process.
---@return integer
function proc.pid() end

--- Waits until any process, not only a child, has exited.
---@async
---@param pid integer
---@param start integer
function proc.wait_for(pid, start) end

---@class proc.Handle
---@field pid integer
local handle = {}

--- Returns an iterator over the lines of its output that waits for each.
---@return async fun(): string|nil
function handle:lines() end

--- Waits for output and returns what there is, or nil at its end.
---@async
---@param max? integer bytes at most
---@return string|nil
function handle:read(max) end

--- Waits until `bytes` are in its input. Raises `io` when it has closed it.
---@async
---@param bytes string
function handle:write(bytes) end

--- Ends its input.
function handle:close_stdin() end

--- Waits until it has ended and returns the result; output that was not read
--- is dropped. Raises nothing when it fails.
---@async
---@return proc.Result
function handle:wait() end

--- Sends a signal to its process group.
---@param signal? string ["TERM"]
function handle:kill(signal) end

return proc, handle
