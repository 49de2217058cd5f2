--- Runs in the foreground: which recipe, who watches, and going on with a run
--- that exists.

local foreground = {}

--- Returns the path of the recipe that a word on the command line means: a
--- file, a directory with a tidemill.lua, or a name the server knows.
---@param db? store.Db
---@param word? string [./tidemill.lua]
---@return string absolute path
function foreground.find(db, word)
	local fs = require("fs")
	local path = word or "tidemill.lua"
	local info = fs.exists(path) and fs.stat(fs.real(path))

	if info and info.kind == "dir" then
		path = path .. "/tidemill.lua"
		info = fs.exists(path)
	end
	if info then return fs.real(path) end
	local row = word and db and not word:find("/") and db:row("SELECT path"
		.. " FROM recipes WHERE name = ? AND repo = 0", word)
	if row then return row.path end
	error({ code = "not_found", message = ("there is no recipe '%s'%s")
		:format(path, word and "" or "; 'tidemill init' writes one") },
		0)
end

--- Returns the observer that the options ask for.
---@param call cli.Call
---@param db store.Db
---@return run.Observer
function foreground.observer(call, db)
	if call.options.json then return require("run.observer").json() end
	if call.options.quiet then
		return require("run.observer").failures()
	end
	return require("terminal.progress").new { home = call.home, db = db,
		paint = call.paint }
end

--- Takes the run `id` for this process and goes on with it; nil when another
--- process has it.
---@async
---@param db store.Db
---@param id integer
---@param options run.OpenOptions
---@return integer? code
function foreground.attach(db, id, options)
	local open = require("run.open")
	local row = db:run_claim(id)

	if not row then return nil end
	local ok, runner = xpcall(open.claimed, function(problem)
		if type(problem) == "table" then return problem end
		return { code = "script", message = tostring(problem),
			traceback = debug.traceback("", 2) }
	end, db, row, options)
	if not ok then
		open.failed(db, id, runner)
		error(runner, 0)
	end
	return runner:main()
end

--- Goes on with a run that is queued: the server does it, or we.
---@async
---@param call cli.Call
---@param db store.Db
---@param id integer
---@return integer code
function foreground.go_on(call, db, id)
	if db:poke_server() then
		if call.json then
			call:print_json { run = id, state = "queued" }
		else
			call:print(("run %d is queued"):format(id))
		end
		return 0
	end
	local code = foreground.attach(db, id, { home = call.home,
		foreground = true, observer = foreground.observer(call, db) })
	if not code then
		error({ code = "busy", message = ("run %d cannot be taken: it"
			.. " has a runner, or it has ended"):format(id) }, 0)
	end
	return code
end

return foreground
