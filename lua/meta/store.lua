---@meta store
--- The database of a home: everything that is state, in one SQLite file.

error("definitions for the editor, not a module")

---@alias store.Value string|number|boolean|nil

---@class store.Options
---@field home? string the directory (default: --data's, TIDEMILL_HOME, …)
---@field readonly? boolean never write; a missing database raises not_found

---@class store.QueryOptions
---@field home? string the directory (default as in store.Options)
---@field timeout? integer milliseconds a statement may take (default 10000)
---@field rows? integer rows at most (default 100000)
---@field bytes? integer bytes of all values at most (default 64 MiB)

local store = {}

--- Opens the database of a home. It is created and migrated when needed.
---@param options? store.Options
---@return store.Db
function store.open(options) end

--- Returns the default home: `TIDEMILL_HOME`, else `$XDG_DATA_HOME/tidemill`,
--- else `~/.local/share/tidemill`.
---@return string
function store.home() end

--- Opens a connection for SQL of others: it can only read, each statement has
--- a time limit, and results have limits of rows and bytes. It has the methods
--- `query`, `each`, `row`, `columns`, `home` and `close`.
---@param options? store.QueryOptions
---@return store.Db
function store.readonly(options) end

--- Runs one read-only statement on such a connection of its own.
---@param sql string with `?` or `:name` parameters
---@param ... store.Value|table<string, store.Value>
---@return table<string, store.Value>[]
function store.query(sql, ...) end

--- Parameters: values for each `?`, or one table for `:name`s. Booleans are 0
--- and 1; JSON columns take text. Columns that are NULL are nil in the result.
---@class store.Db
local db = {}

--- Returns all rows, as tables by column name.
---@param sql string
---@param ... store.Value|table<string, store.Value>
---@return table<string, store.Value>[]
function db:query(sql, ...) end

--- Iterates over the rows: `for row in db:each("SELECT …") do`.
---@param sql string
---@param ... store.Value|table<string, store.Value>
---@return fun(): table<string, store.Value>?
function db:each(sql, ...) end

--- Returns the first row, or nil.
---@param sql string
---@param ... store.Value|table<string, store.Value>
---@return table<string, store.Value>?
function db:row(sql, ...) end

--- Returns the names of a statement's columns, in order, without running it.
---@param sql string
---@return string[]
function db:columns(sql) end

--- Executes a statement; durable when it returns (or with its transaction).
---@param sql string
---@param ... store.Value|table<string, store.Value>
---@return integer changes rows that it changed
---@return integer last_id of the last row that was inserted
function db:run(sql, ...) end

--- Executes a statement in the group of this moment: durable after `commit`.
---@param sql string
---@param ... store.Value|table<string, store.Value>
---@return integer changes
---@return integer last_id
function db:write(sql, ...) end

--- Waits until everything written so far is durable.
---@async
function db:commit() end

--- Lets groups that nobody waits for stay open for up to `ms` milliseconds, so
--- that more writes share a commit; 0 ends that. For bulk work.
---@param ms integer at most 1000
function db:patience(ms) end

--- Calls `fn` in a transaction and commits, or undoes it all when it raises.
--- `fn` must not wait.
---@generic T
---@param fn fun(): T
---@return T
function db:transaction(fn) end

---@class store.Run
---@field name string
---@field path string of the recipe: in the repository, or an absolute file
---@field hash? string of the recipe's text
---@field recipe? integer
---@field repo? integer
---@field event? integer
---@field trigger? integer index in the spec, from 0
---@field parent? integer
---@field parent_step? string
---@field ref? string
---@field oid? string
---@field params? string JSON (default {})
---@field state? string (default queued)
---@field priority? integer
---@field concurrency? string the group
---@field group_limit? integer (default 1)
---@field supersede? string queued or running
---@field on_crash? string (default resume)
---@field timeout? integer milliseconds
---@field workspace? string
---@field seed? integer
---@field fork_of? integer
---@field fork_step? string
---@field waits_for? string
---@field wake_at? integer

--- Creates a run. Returns its id, or nil when this event already made a run of
--- this recipe and trigger.
---@param run store.Run
---@return integer?
function db:run_create(run) end

--- Takes a run for this process: queued, waiting and due, or running with a
--- dead runner. Returns its row, or nil when somebody else has it.
---@param id integer
---@return table<string, store.Value>?
function db:run_claim(id) end

---@class store.RunEnd
---@field state "passed"|"failed"|"cancelled"|"timed_out"|"superseded"
---@field status? integer exit code
---@field error? string JSON
---@field cpu? integer milliseconds
---@field max_rss? integer bytes

--- Ends a run, releases its locks and wakes who waits for them. Returns false
--- when it had ended already.
---@param id integer
---@param how store.RunEnd
---@return boolean
function db:run_finish(id, how) end

---@class store.Wait
---@field wake_at? integer when to go on by itself
---@field waits_for? string the reason, for people

--- Parks a run without a process. Returns false when it was not running.
---@param id integer
---@param wait? store.Wait
---@return boolean
function db:run_wait(id, wait) end

--- Puts a waiting run, or one whose runner is dead, back into the queue.
---@param id integer
---@param reason? string why it is queued, for people
---@return boolean
function db:run_requeue(id, reason) end

--- Asks a run to stop, and pokes its runner and the server. Returns "ended"
--- (it is over now: it had never started), "asked", or nil (it had ended).
---@param id integer
---@param who string "anna: wrong branch"
---@return string?
function db:run_cancel(id, who) end

--- Says why a run waits; writes only when that changed.
---@param id integer
---@param reason? string
---@return boolean changed
function db:run_waits_for(id, reason) end

---@class store.Step
---@field run integer
---@field name string
---@field kind string command function value sleep lock run hook undo
---@field parent? string
---@field state? string (default running)
---@field soft? boolean
---@field once? boolean
---@field attempt? integer (default 1)
---@field source? string fingerprint of what it runs
---@field command? string
---@field started? integer (default: now)
---@field wake_at? integer

--- Records that a step starts, in the group. One of that name that is there
--- and has not passed keeps its id and starts again.
---@param step store.Step
---@return integer id
function db:step_start(step) end

---@class store.StepEnd
---@field state "passed"|"failed"|"skipped"|"cancelled"|"timed_out"
---@field finished? integer (default: now)
---@field attempt? integer
---@field status? integer
---@field signal? integer
---@field class? string
---@field error? string JSON
---@field result? string JSON
---@field wall? integer milliseconds
---@field cpu_user? integer milliseconds
---@field cpu_system? integer milliseconds
---@field max_rss? integer bytes
---@field read_bytes? integer
---@field write_bytes? integer
---@field log_bytes? integer
---@field log_truncated? boolean

--- Records how a step ended, in the group. Returns false when no unfinished
--- step has that id.
---@param id integer
---@param how store.StepEnd
---@return boolean
function db:step_finish(id, how) end

--- Records that a step waits, in the group.
---@param id integer
---@param wake_at? integer
---@return boolean
function db:step_wait(id, wake_at) end

--- Records that a step's undo is done, in the group.
---@param id integer
function db:step_undone(id) end

--- Returns all steps of a run in the order in which they first started.
---@param run integer
---@return table<string, store.Value>[]
function db:steps(run) end

--- Adds a remark to a run, in the group; the same text only once.
---@param run integer
---@param step? string
---@param text string
function db:note(run, step, text) end

---@class store.Lock
---@field name string
---@field run integer
---@field step string
---@field count? integer|"all" how much of it (default 1)
---@field capacity? integer how much there is (default 1)
---@field lease? integer milliseconds after which it ends by itself

--- Takes a place in a lock's queue; asking again gives the same ticket.
---@param lock store.Lock
---@return integer ticket
function db:lock_ask(lock) end

--- Returns whether the lock is held now; asks for it when needed.
---@param lock store.Lock
---@return boolean
function db:lock_try(lock) end

--- Releases a lock, or gives up its ticket, and wakes who waits for it.
---@param name string
---@param run integer
---@param step string
---@return boolean
function db:lock_release(name, run, step) end

--- Returns tickets, held and waiting, oldest first.
---@param name? string of one lock only
---@return table<string, store.Value>[]
function db:lock_list(name) end

---@class store.Event
---@field kind string push tag cron interval file emit run
---@field dedupe string the same key is the same event
---@field repo? integer
---@field recipe? integer
---@field trigger? integer
---@field ref? string
---@field old? string
---@field new? string
---@field payload? string JSON
---@field due? integer not before (default: now)

--- Adds an event, durably. Returns its id, or nil when it was there already.
---@param event store.Event
---@return integer?
function db:event_add(event) end

--- Makes the runner of a run look at its row. Returns whether there is one.
---@param run integer
---@return boolean
function db:poke_run(run) end

--- Makes the server look at the database. Returns whether there is one.
---@return boolean
function db:poke_server() end

--- Writes a checked copy of the database to `path` while others use it.
---@param path string
function db:backup(path) end

--- Raises when the database is damaged.
function db:check() end

--- Returns a setting, or sets it (nil removes it) when `value` is given.
---@param key string
---@param value? string
---@return string?
function db:setting(key, value) end

--- Returns the home's directory.
---@return string
function db:home() end

--- Closes the connection; what was written is committed. More calls do
--- nothing. Also done by `<close>` and by the collector.
function db:close() end

return store
