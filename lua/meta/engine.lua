---@meta engine
--- The engine: the server, and talking to the one that runs.

error("definitions for the editor, not a module")

---@class engine.Options
---@field home string the home; it is made when needed
---@field config string the configuration as JSON (server_config.read)
---@field path string its file, read again when it changes
---@field optional boolean the file need not be there: nobody named it

local engine = {}

--- Serves until it is told to stop: SIGTERM, SIGINT, or `stop` on its socket.
--- Raises `busy` when this home has a server already.
---@async
---@param options engine.Options
---@return boolean drained every run had ended, too
function engine.serve(options) end

--- Sends a request to the server of a home and returns its answer, "ok …" or
--- "error …"; nil when no server runs.
---@async
---@param home string
---@param request string "ping", "reload", "stop drain", …
---@param timeout? integer milliseconds (default 5000)
---@return string?
function engine.ask(home, request, timeout) end

--- Records the present tips of a local repository as seen, so that only what
--- is pushed from now on counts. Returns how many there are.
---@param home string
---@param repo integer id in the table `repos`
---@return integer
function engine.record_tips(home, repo) end

--- Returns the directory that holds the git data of a local repository (its
--- `.git`, or itself when it is bare), and that of its hooks, which
--- `core.hooksPath` may have moved. Raises
--- `not_found` when there is no repository at `path`.
---@param path string
---@return string git_dir
---@return string hooks
function engine.locate(path) end

---@class engine.Subject
---@field kind string "push", "tag", "emit", "run", …
---@field ref? string complete: "refs/heads/main"
---@field author? string "Name <mail>"
---@field message? string
---@field paths? string[] that changed (nil: unknown, all may have)
---@field name? string emit: of the event; run: of the recipe
---@field state? string run: how it ended

--- Returns what a trigger of a spec says to an event, "run" or "filtered", and
--- the sentence that `why` prints; nil for other kinds of events. Predicates,
--- quiet periods and keys are not looked at.
---@param spec string JSON, as `tidemill check --spec` prints it
---@param trigger integer from 1
---@param subject engine.Subject
---@return "run"|"filtered"|nil verdict
---@return string|nil reason
function engine.judge(spec, trigger, subject) end

return engine
