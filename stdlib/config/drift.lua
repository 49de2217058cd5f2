--- Drift: what is live, against what was applied last and what is wanted now.

local fs = require("fs")
local owner = require("config.owner")
local versions = require("config.versions")

local drift = {}

---@class config.Drift
---@field path string
---@field state "same"|"changed"|"missing"|"pending"
---@field live? string hash
---@field applied string hash
---@field wanted? string hash
---@field diff? string from what was applied to what is live
---@field url? string what was asked, when it is no file
---@field why? string why it could not be asked

local function look(home, row, wanted, hide)
	local live = fs.exists(row.path) and fs.read(row.path)
	local hash = live and require("hash").sha256(live)
	local mode = live and fs.stat(fs.real(row.path)).mode
	local want = wanted[row.path]
	local entry = { path = row.path, live = hash, applied = row.hash,
		wanted = want, state = "same" }

	if not live then
		entry.state = "missing"
	elseif hash ~= row.hash then
		entry.state = "changed"
		local ok, applied = pcall(versions.content, home, row.hash)
		local shown = ok and row.shown and versions.content(home,
			row.shown) or applied
		local cover = require("config.former").cover
		entry.diff = ok and require("diff").unified(hide(shown),
			hide(cover(live, applied, shown)), { old_name = row.path .. " (applied)",
			new_name = row.path .. " (live)" }) or nil
	elseif mode ~= row.mode then
		entry.state = "changed"
		entry.diff = ("%s: mode %04o -> %04o\n"):format(row.path,
			row.mode, mode)
	elseif row.owner and not owner.fits(owner.of(row.path), row.owner) then
		entry.state = "changed"
		entry.diff = ("%s: owner %s -> %s\n"):format(row.path,
			row.owner, owner.of(row.path).names)
	elseif want and want ~= row.hash then
		entry.state = "pending"
	end
	return entry
end

--- Compares what programs say with what was applied for them.
local function ask_all(home, project, options, rows, hide, found)
	local projects, files = require("config.project"),
		require("config.files")
	local applied = {}

	for _, row in ipairs(rows) do applied[row.path] = row end
	for _, file in ipairs(project.files) do
		local to = file.live and projects.fill(file.to, {
			env = options.env, host = options.host,
			root = options.root or "" })
		local row = to and applied[to]
		if row then
			local url = projects.fill(file.live.url, {
				env = options.env, host = options.host })
			local state, text = require("config.endpoint").compare(
				{ url = url, values = file.live.values },
				versions.content(home, row.hash), file.format
				or files.format(to) or "json", hide)
			found[#found + 1] = { path = url, url = url,
				state = state, applied = row.hash,
				diff = state == "changed" and text or nil,
				why = state == "missing" and text or nil }
		end
	end
end

--- Compares every file of the version that was applied last. Raises
--- `not_found` when nothing was.
---@param db store.Store
---@param home string
---@param project config.Project
---@param options config.Options
---@return config.Drift[]
---@return table version
---@return fun(text: string): string hide
function drift.find(db, home, project, options)
	local target = versions.target(options)
	local version = versions.find(db, project.dir, target)
	if not version then
		error({ code = "not_found", message = ("nothing of %s was"
			.. " applied for %s yet"):format(project.file, target) },
			0)
	end
	local rendered, values = require("config.render").all(project, options)
	local wanted, found = {}, {}
	local hide = require("config.former").hider(db, home, project.dir,
		target, values)

	for _, one in ipairs(rendered) do
		wanted[one.to] = require("hash").sha256(one.text)
	end
	local rows = versions.files(db, version.id)
	for i, row in ipairs(rows) do
		found[i] = look(home, row, wanted, hide)
	end
	ask_all(home, project, options, rows, hide, found)
	return found, version, hide
end

--- How many of the entries are not as they were applied.
---@param found config.Drift[]
---@return integer
function drift.count(found)
	local drifted = 0

	for _, entry in ipairs(found) do
		if entry.state == "changed" or entry.state == "missing" then
			drifted = drifted + 1
		end
	end
	return drifted
end

--- The changes that put a version back in force: its contents, and the commands
--- that the project names for these files now.
---@param home string
---@param project config.Project
---@param options config.Options
---@param rows table[] of configuration_files
---@return config.Change[]
function drift.changes(home, project, options, rows)
	local projects, plan = require("config.project"), require("config.plan")
	local commands, changes = {}, {}

	for _, file in ipairs(project.files) do
		local to = projects.fill(file.to, { env = options.env,
			host = options.host, root = options.root or "" })
		if to then commands[to] = file end
	end
	for i, row in ipairs(rows) do
		changes[i] = plan.change { to = row.path, mode = row.mode,
			text = versions.content(home, row.hash),
			masked = row.shown and versions.content(home,
				row.shown),
			file = commands[row.path] or { reload = row.reload,
				owner = row.owner } }
	end
	return changes
end

return drift
