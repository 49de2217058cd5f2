--- tidemill repo: the repositories whose pushes start runs.

local FORMER <const> = "post-receive.before-tidemill"

local function find(call, db, name)
	local row = db:row("SELECT * FROM repos WHERE name = ?1 OR url = ?1",
		name) or db:row("SELECT * FROM repos WHERE url = ?",
		require("path").absolute(name))

	if row then return row end
	local names = {}
	for one in db:each("SELECT name FROM repos") do
		names[#names + 1] = one.name
	end
	local near = require("nearest")(name, names)
	error({ code = "not_found", message = ("no repository '%s'%s"):format(
		name, near and (" (did you mean '%s'?)"):format(near)
		or ""), hint = call.verb }, 0)
end

--- The three files of a hook in a hooks' directory.
local function hook_files(url)
	local _, dir = require("engine").locate(url)

	return { dir = dir, hook = dir .. "/post-receive",
		socket = dir .. "/tidemill.sock", former = dir .. "/" .. FORMER }
end

local function is_ours(path)
	local fs = require("fs")

	return fs.exists(path)
		and fs.read(path) == require("embedded").read("hook")
end

--- Where a symbolic link leads, nil when there is none.
local function target_of(path)
	local ok, target = pcall(require("fs").target, path)

	return ok and target or nil
end

--- Another hook that is there goes on working: ours runs it afterwards.
local function install_hook(call, url)
	local fs = require("fs")
	local files = hook_files(url)
	local socket = require("path").absolute(call.home) .. "/server.sock"
	local target = target_of(files.socket)

	if target and target ~= socket
		and fs.exists(require("path").dir(target)) then
		error({ code = "busy", message = ("'%s' tells another home: %s")
			:format(files.hook, target) }, 0)
	end
	fs.mkdir(files.dir)
	if fs.exists(files.hook) and not is_ours(files.hook) then
		fs.rename(files.hook, files.former)
	end
	if target then fs.remove(files.socket) end
	fs.link(socket, files.socket)
	fs.write(files.hook, require("embedded").read("hook"), 493) -- 0755
end

--- Whether another registered repository has its hook in the same directory:
--- core.hooksPath may lead many there.
local function is_shared(db, row, dir)
	local others = db:query("SELECT url FROM repos WHERE hooked = 1"
		.. " AND remote = 0 AND id <> ?", row.id)

	for _, other in ipairs(others) do
		local ok, files = pcall(hook_files, other.url)
		if ok and files.dir == dir then return true end
	end
	return false
end

local function remove_hook(db, row)
	local fs = require("fs")
	local ok, files = pcall(hook_files, row.url)

	if not ok or is_shared(db, row, files.dir) then return end
	if is_ours(files.hook) then fs.remove(files.hook) end
	if target_of(files.socket) then fs.remove(files.socket) end
	if fs.exists(files.former) and not fs.exists(files.hook) then
		fs.rename(files.former, files.hook)
	end
end

local function tell_server(call)
	return require("engine").ask(call.home, "reload")
end

--- Forgets the tip of the default branch, so that it counts as pushed.
local function fire(db, id, url)
	local branch = require("git").open(url):default_branch()

	if branch then
		db:run("DELETE FROM refs WHERE repo = ? AND ref = ?", id,
			branch.name)
	end
end

local function insert(call, db, repo)
	local now = require("time").now()

	local taken = db:row("SELECT name, url FROM repos WHERE name = ?1 OR"
		.. " url = ?2", repo.name, repo.url)
	if taken then
		error({ code = "invalid", message = taken.url == repo.url
			and ("'%s' is registered already, as '%s'"):format(
				repo.url, taken.name)
			or ("there is a repository '%s' already: %s"):format(
				taken.name, taken.url),
			hint = call.verb }, 0)
	end
	local _, id = db:run("INSERT INTO repos (name, url, remote, recipe,"
		.. " hooked, added) VALUES (?, ?, ?, ?, ?, ?)", repo.name,
		repo.url, repo.remote, repo.recipe, repo.hook, now)
	return id
end

local function add(call)
	local server_config = require("server_config")
	local given = call.args[1]
	local remote = server_config.is_remote(given)
	local url = remote and given or require("path").absolute(given)
	local repo = { url = url, remote = remote,
		name = call.options.name or server_config.repo_name(url),
		recipe = call.options.recipe,
		hook = call.options.hook == true }

	if remote and repo.hook then
		call:misused("--hook wants a repository on this machine")
	end
	if not remote then require("engine").locate(url) end
	local db = call:store()
	if repo.hook then install_hook(call, url) end
	local id = insert(call, db, repo)
	local tips = not remote and require("engine").record_tips(call.home,
		id) or nil
	if call.options.run and not remote then fire(db, id, url) end
	local served = tell_server(call)
	if call.json then
		call:print_json { id = id, name = repo.name, url = url,
			remote = remote, hook = repo.hook, tips = tips,
			server = served ~= nil }
	else
		call:print(("repository '%s' is registered%s"):format(
			repo.name, repo.hook and ", with a hook"
			or remote and ", it will be asked now and then"
			or ", it will be watched"))
		if not served then
			call:say("no server runs: 'tidemill serve' starts one")
		end
	end
	return 0
end

local function list(call)
	local db = call:store("read")
	local rows = db:query("SELECT * FROM repos ORDER BY name")

	if call.json then
		call:print_json(require("json").array(rows))
		return 0
	end
	local lines = {}
	for i, row in ipairs(rows) do
		local how = row.remote == 1 and "polled"
			or row.hooked == 1 and "hook" or "watched"
		if row.failures > 0 then
			how = ("down since %d tries"):format(row.failures)
		end
		lines[i] = { row.name, how, row.recipe, row.url }
	end
	call:table({ { title = "NAME" }, { title = "HOW" },
		{ title = "RECIPE" }, { title = "WHERE" } }, lines)
	return 0
end

local function show(call)
	local db = call:store("read")
	local row = find(call, db, call.args[1])

	row.refs = require("json").array(db:query("SELECT ref, oid, seq, seen"
		.. " FROM refs WHERE repo = ? ORDER BY ref", row.id))
	if call.json then
		call:print_json(row)
		return 0
	end
	local date = require("time").format
	call:print(("%s  %s"):format(row.name, row.url))
	call:print(("  recipe     %s"):format(row.recipe))
	call:print(("  noticed by %s"):format(row.remote == 1 and "polling"
		or row.hooked == 1 and "hook and watching" or "watching"))
	if row.next_poll then
		call:print(("  next poll  %s"):format(date(row.next_poll)))
	end
	if row.error then
		call:print(("  %d failures in a row: %s"):format(row.failures,
			row.error))
	end
	for _, ref in ipairs(row.refs) do
		call:print(("  %s %s"):format(ref.oid and ref.oid:sub(1, 10)
			or "(deleted)", ref.ref))
	end
	return 0
end

local function remove(call)
	local db = call:store()
	local row = find(call, db, call.args[1])

	if row.remote == 0 then remove_hook(db, row) end
	db:transaction(function()
		db:run("DELETE FROM recipes WHERE repo = ?", row.id)
		db:run("DELETE FROM repos WHERE id = ?", row.id)
	end)
	tell_server(call)
	if call.json then
		call:print_json { id = row.id, name = row.name, removed = true }
	else
		call:print(("repository '%s' is not registered any more; its"
			.. " runs are kept"):format(row.name))
	end
	return 0
end

local NAME <const> = { { name = "REPO", complete = "repo",
	help = "its name, path or URL" } }

---@type cli.Verb
return {
	summary = "Register repositories, so that pushes run their recipes",
	examples = {
		{ "tidemill repo add /srv/git/shop.git --hook",
			"pushes to it start runs" },
		{ "tidemill repo ls", "what is registered" },
	},
	subverbs = {
		add = {
			summary = "Register a repository",
			description = [[
What is in the repository now does not count as new: only what is pushed (or
committed) later starts runs. A local repository is watched; with --hook a
post-receive hook tells the server at once, too. A hook that is there already
goes on working, after ours. Remote ones are asked now and then.]],
			arguments = { { name = "PATH", complete = "dir",
				help = "a repository, or a URL" } },
			options = {
				{ name = "hook",
					help = "install a post-receive hook" },
				{ name = "name", argument = "NAME",
					help = "what to call it" },
				{ name = "recipe", argument = "FILE",
					default = "tidemill.lua",
					help = "the recipe in it" },
				{ name = "run", help = "run its default"
					.. " branch now" },
			},
			examples = {
				{ "tidemill repo add /srv/git/shop.git --hook",
					"a bare repository" },
				{ "tidemill repo add https://example.org/x.git",
					"a remote one" },
			},
			run = add,
		},
		ls = { summary = "List repositories", arguments = {},
			run = list },
		show = { summary = "Show a repository and its tips as last"
			.. " seen", arguments = NAME, run = show },
		rm = { summary = "Forget a repository, restore its hook",
			arguments = NAME, run = remove },
	},
}
