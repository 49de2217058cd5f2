--- tidemill serve: the server.

--- --config, else TIDEMILL_CONFIG, else server.lua in the home, which need not
--- be there. Returns the path and whether it was named.
local function find_config(call)
	local name = call.options.config or os.getenv("TIDEMILL_CONFIG")

	if name and name ~= "" then return name, true end
	return call.home .. "/server.lua", false
end

local DEFAULT <const> = "127.0.0.1:8420"

--- Listens before anything else is done, so that a wrong address is told at
--- once; a default that is in use is no reason not to serve runs.
local function listen(call)
	local address = call.options.listen

	if address == "none" then return nil end
	local ok, result = pcall(require("web.server"), { home = call.home,
		address = address or DEFAULT, hosts = call.options.host })
	if ok then return result end
	if address or type(result) ~= "table" or not result.code then
		error(result, 0)
	end
	require("log").warn("no HTTP: another '--listen' would be needed",
		{ error = result.message })
	return nil
end

--- Waits until the engine answers: it has the home then, and only now may
--- others see our address.
local function answer(call, web)
	local task, time = require("task"), require("time")
	local wanted = ("^ok %d%%f[%%D]"):format(require("proc").pid())
	local deadline = time.monotonic() + 30000

	repeat
		time.sleep(5)
		local asked, said = pcall(require("engine").ask, call.home,
			"ping")
		if asked and said and said:find(wanted) then break end
	until time.monotonic() > deadline
	web:writer():setting("listen", web.address)
	require("log").info("listening", { address = web.address })
	task.spawn(web.run, web):await()
end

local function serve_both(call, options)
	local web = listen(call)
	local answering = web and require("task").spawn(answer, call, web)

	if not web then return require("engine").serve(options) end
	answering:observe()
	local ok, result = pcall(require("engine").serve, options)
	if ok then web:writer():setting("listen", nil) end
	require("task").shield(web.stop, web)
	answering:cancel()
	if not ok then error(result, 0) end
	return result
end

local function serve(call)
	local server_config = require("server_config")
	local path, named = find_config(call)
	local exists = named or require("fs").exists(path)
	local config = server_config.read(exists and path or nil)

	if call.options.print_config then
		call:print(config)
		return 0
	end
	require("log").level(call.verbose and "debug" or "info")
	local ok, problem = pcall(serve_both, call, {
		home = call.home,
		config = config,
		path = require("path").absolute(path),
		optional = not named,
	})
	if ok then return 0 end
	if type(problem) == "table" and problem.code == "busy" then
		problem.hint = "tidemill serve"
		call:say("tidemill: " .. problem.message)
		return 2
	end
	error(problem, 0)
end

---@type cli.Verb
return {
	summary = "Run the server: notice pushes and times, run recipes",
	description = [[
Serves the home directory until SIGTERM or SIGINT. Runners live on when the
server stops or dies; the next one watches them again. SIGHUP and a change of
the file, also its first appearance in the home, make it read its configuration
again; a bad one is reported and the old one kept.

The configuration is a Lua file that returns a table; every key has a default:

  return {
    limit = 4,                            -- runs at the same time
    recipes = { "/etc/tidemill/*.lua" },  -- recipes that are files
    repos = { "/srv/git/shop.git", { "https://a.org/x.git", name = "x" } },
    retention = { days = 90, runs = 1000, workspaces = 7 },
    env = { LANG = "C.UTF-8" },           -- for steps
    secrets = { TOKEN = { file = "/etc/tidemill/token" } },
    socket = { mode = "0600" },
    poll = { min = "15s", max = "5m" },   -- of remote repositories
  }]],
	arguments = {},
	options = {
		{ name = "config", argument = "FILE", complete = "file",
			help = "a Lua file (default: TIDEMILL_CONFIG,"
				.. " else server.lua in the home, if any)" },
		{ name = "listen", argument = "ADDRESS", help = "of the API and"
			.. " dashboard: HOST:PORT, unix:PATH or none"
			.. " (default: " .. DEFAULT .. ", if it is free)" },
		{ name = "host", argument = "NAME", many = true,
			help = "a name by which it may be asked" },
		{ name = "print-config",
			help = "check the file, print it as JSON, and end" },
	},
	examples = {
		{ "tidemill serve", "serve the default home" },
		{ "tidemill serve --config server.lua",
			"with a configuration" },
	},
	exits = { [2] = "a server of this home is running already" },
	run = serve,
}
