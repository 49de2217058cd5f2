---@meta task
--- Tasks: functions that run side by side, each taking turns with the others
--- while it waits. A task owns the tasks that it spawns: it is not done before
--- they are, a failure goes up, cancellation goes down.
---
--- Waiting looks like calling. It works inside pcall, metamethods, iterators
--- and `<close>`; it is refused in coroutines of one's own, `require`,
--- table.sort and the callbacks of string.gsub.
error("definitions for the editor, not a module")

---@class task
local task = {}

--- A task that was spawned. When it fails and nobody awaits it at that moment,
--- the failure cancels its parent and becomes its parent's.
---@class task.Handle
local handle = {}

--- Waits until the task is done; returns what its function returned or raises
--- what it raised. Can be asked any number of times.
---@async
---@return any …
function handle:await() end

--- Asks the task, and all below it, to stop: what it waits for is cancelled,
--- and every later wait raises `cancelled` again. Does not wait for its end.
function handle:cancel() end

--- Returns whether the task is done, with all below it.
---@return boolean
function handle:done() end

--- Returns whether the task is done and raised something.
---@return boolean
function handle:failed() end

--- Returns whether the task and all below it wait for each other, for events
--- or for signals only: unless somebody else acts, nothing will happen in them.
--- A task that is done is quiet.
---@return boolean
function handle:quiet() end

--- Keeps the task's failure from its parent: whoever awaits it gets it.
---@return task.Handle self
function handle:observe() end

--- Lets others have their turn while the task computes without waiting, so that
--- it can be cancelled then: for lines typed at a prompt. The limit of time
--- without waiting does not stop it.
---@return task.Handle self
function handle:preemptible() end

--- A value that is set by one task and waited for by any number of others.
---@class task.Event
local event = {}

--- Waits until the event is set; returns its value.
---@async
---@return any
function event:wait() end

--- Sets the event: who waits goes on, in the order of their waits. It stays
--- set until it is cleared; setting it again changes the value.
---@param value? any
function event:set(value) end

--- Makes later waits wait again.
function event:clear() end

--- Returns whether the event is set.
---@return boolean
function event:is_set() end

--- Starts `fn` as a child of this task, at the loop's next turn.
---@param fn async fun(...): ...
---@param ... any its arguments
---@return task.Handle
function task.spawn(fn, ...) end

--- Waits for all of them: functions (spawned at once) or handles, by any keys.
--- Returns the first result of each by the same keys. The first failure cancels
--- the others, waits for their end, and is raised.
---@async
---@param list table<any, task.Handle|async fun(): any>
---@return table<any, any>
function task.all(list) end

--- Waits for the first of them to end, cancels the others and waits for their
--- end. Returns its key and its results, or raises what it raised.
---@async
---@param list table<any, task.Handle|async fun(): ...>
---@return any key
---@return any …
function task.any(list) end

--- Waits for the first of them to end and returns its key. Nothing is raised
--- and nothing cancelled: their failures are for whoever awaits them.
---@async
---@param list table<any, task.Handle|async fun(): ...>
---@return any key
function task.join(list) end

--- Calls `fn` as a child task and returns what it returns. When the time is
--- over it is cancelled and, once it has ended, `timeout` is raised.
---@async
---@param delay integer|string milliseconds, or "1h30m"
---@param fn async fun(...): ...
---@param ... any its arguments
---@return any …
function task.timeout(delay, fn, ...) end

--- Calls `fn` as a child task that this task's cancellation does not reach: for
--- clean-up that must wait. Returns what it returns.
---@async
---@param fn async fun(...): ...
---@param ... any its arguments
---@return any …
function task.shield(fn, ...) end

--- Waits for one of the signals, and returns its name as it was given.
---@async
---@param names string[] "USR1", "SIGINT", …; at most eight
---@return string
function task.signal(names) end

---@class task.Limits
---@field memory? integer bytes the Lua state may use (default 512 MiB)
---@field slice? integer milliseconds of CPU time without waiting (default 10 s)

--- Returns the limits of this process's scripts; with a table, sets those that
--- are in it. Passing one raises `limit`, which no pcall can catch before the
--- task's function is left; a single allocation of 16 MiB or more that would
--- pass the memory's is refused as an error that can be caught. What cannot be
--- interrupted is a single call of a library function, such as string.find
--- with a pattern that tries very many ways. Recipes cannot change limits.
---@param limits? task.Limits
---@return task.Limits before the call
function task.limits(limits) end

--- Returns a new event, not set.
---@return task.Event
function task.event() end

--- Returns this task's handle, nil in a coroutine of one's own.
---@return task.Handle?
function task.current() end

--- Returns whether this task was asked to stop.
---@return boolean
function task.cancelled() end

--- Returns this task's own table for values of tasks below it: reading finds
--- what the tasks above have in theirs, writing stays here.
---@return table
function task.context() end

return task, handle, event
