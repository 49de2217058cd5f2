--- tidemill serve: the server.

--- --config, else TIDEMILL_CONFIG, else server.lua in the home, which need not
--- be there. Returns the path and whether it was named.
local function find_config(call)
	local name = call.options.config or os.getenv("TIDEMILL_CONFIG")

	if name and name ~= "" then return name, true end
	return call.home .. "/server.lua", false
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
	local ok, problem = pcall(require("engine").serve, {
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
