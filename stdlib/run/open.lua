--- Makes a runner: creates or claims the row, makes the workspace, loads the
--- recipe, reads what was recorded.

local open = {}

local function load_recipe(path, dir)
	local root = dir or path:match("^(.*)/[^/]*$")

	return require("recipe.load").file(path, { dir = root,
		shown = path:match("[^/]+$") })
end

--- Returns the values of the secrets that the recipe declares, by name.
local function read_secrets(db, names)
	local values = {}

	if #names == 0 then return values end
	local secrets = require("secrets")
	for _, name in ipairs(names) do
		values[name] = secrets.get(db, name)
	end
	return values
end

--- Makes its secrets known to the runner: for its steps, and to its mask.
local function give_secrets(runner, values)
	local list = {}

	for name, value in pairs(values) do
		runner.env[name] = value
		list[#list + 1] = value
	end
	if #list == 0 then return runner end
	require("run.masking").learn(runner, list)
	if runner.mask:left_out() > 0 then
		runner:note("secrets of less than 4 bytes are not hidden in"
			.. " logs")
	end
	return runner
end

local function read_event(db, row)
	local event = { kind = "manual" }
	local found = row.event and db:row("SELECT * FROM events WHERE id = ?",
		row.event)

	if row.parent then event.kind, event.run = "run", row.parent end
	if not found then return event end
	local ok, payload = pcall(require("json").decode,
		found.payload or "{}")
	if ok and type(payload) == "table" then
		for key, value in pairs(payload) do event[key] = value end
	end
	event.kind, event.id = found.kind, found.id
	if found.kind ~= "emit" then event.payload = payload end
	event.ref, event.old, event.new = found.ref, found.old, found.new
	event.time = event.time or found.created
	return event
end

--- Fills the journal with what earlier attempts recorded.
local function read_journal(runner)
	for _, row in ipairs(runner.db:steps(runner.id)) do
		runner.journal[row.name] = row
	end
end

local function make(db, row, recipe, options)
	local secrets = read_secrets(db, recipe.secrets)
	local given = require("json").decode(row.params or "{}")

	return give_secrets(require("run.runner") { db = db, row = row,
		recipe = recipe, home = options.home,
		workspace = options.workspace,
		params = require("recipe.load").resolve(recipe, given),
		event = read_event(db, row), secrets = secrets,
		observer = options.observer or require("run.observer").silent,
		foreground = options.foreground or false, cancellable = {} },
		secrets)
end

---@class run.OpenOptions
---@field home string
---@field observer? run.Observer
---@field foreground? boolean
---@field workspace? string

--- Creates a run of the recipe in a file, and claims it, in one transaction.
---@param db store.Db
---@param recipe recipe.Recipe
---@param params table
---@param options run.OpenOptions
---@return run.Runner
function open.new(db, recipe, params, options)
	local row = db:transaction(function()
		local id = db:run_create { name = recipe.name,
			path = recipe.path, hash = recipe.hash,
			params = require("json").encode(params),
			priority = recipe.priority, timeout = recipe.timeout,
			on_crash = recipe.on_crash,
			seed = math.random(1, math.maxinteger),
			workspace = options.workspace }
		return db:run_claim(id)
	end)

	local ok, runner = pcall(make, db, row, recipe, options)
	if ok then return runner end
	open.failed(db, row.id, runner)
	error(runner, 0)
end

--- Makes the workspace of a run of a repository; returns it.
local function make_workspace(db, row, home)
	if row.repo == 0 then
		return row.workspace or row.path:match("^(.*)/[^/]*$")
	end
	local repo = db:row("SELECT * FROM repos WHERE id = ?", row.repo)
	if not repo then
		error({ code = "not_found", message = "its repository is not"
			.. " registered any more" }, 0)
	end
	local dir, all = require("run.workspace")(home, row.id)
	local source = repo.remote == 1
		and ("%s/repos/%d.git"):format(home, repo.id) or repo.url
	require("fs").mkdir(all)
	require("git").workspace(source, row.oid, dir, { ref = row.ref })
	return dir
end

local function check_hash(runner, recorded)
	if not next(runner.journal) or not recorded
		or recorded == runner.recipe.hash then
		return
	end
	runner.changed = "the recipe has changed since this run began"
end

--- Makes the runner of the claimed run `row`.
---@async
---@param db store.Db
---@param row table
---@param options run.OpenOptions
---@return run.Runner
function open.claimed(db, row, options)
	local dir = make_workspace(db, row, options.home)
	local path = row.repo > 0 and dir .. "/" .. row.path or row.path
	local recipe = load_recipe(path, row.repo > 0
		and path:match("^(.*)/[^/]*$") or nil)

	recipe.path = row.path
	options.workspace = dir
	local runner = make(db, row, recipe, options)
	read_journal(runner)
	check_hash(runner, row.hash)
	if row.hash ~= recipe.hash and not runner.changed then
		db:write("UPDATE runs SET hash = ?, workspace = ? WHERE id = ?",
			recipe.hash, dir, row.id)
	elseif row.workspace ~= dir then
		db:write("UPDATE runs SET workspace = ? WHERE id = ?", dir,
			row.id)
	end
	if row.cancel then
		runner.stopping = "cancelled"
		runner.stopped_by = row.cancel
	end
	return runner
end

--- Ends a run that cannot even start.
---@param db store.Db
---@param id integer
---@param problem any
function open.failed(db, id, problem)
	local failure = require("run.failure")

	db:run_finish(id, { state = "failed", status = 1,
		error = failure.encode(failure.of(problem)) })
	db:poke_server()
end

return open
