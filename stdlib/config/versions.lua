--- What was applied: versions in the database, contents by hash beside it.

local fs = require("fs")

local versions = {}

--- How many versions of a target are kept.
local KEEP <const> = 50

local function objects(home)
	return home .. "/config"
end

--- Keeps a content; returns its hash. The directory is private, as the home.
---@param home string
---@param text string
---@return string
function versions.keep(home, text)
	local hash = require("hash").sha256(text)
	local file = ("%s/%s"):format(objects(home), hash)

	fs.mkdir(objects(home), 448)
	fs.write(file, text, 384)
	return hash
end

--- Returns the content of a hash. Raises when it is gone or damaged.
---@param home string
---@param hash string
---@return string
function versions.content(home, hash)
	local text = fs.read(("%s/%s"):format(objects(home), hash))

	if require("hash").sha256(text) == hash then return text end
	error({ code = "io", message = ("the kept content %s is damaged")
		:format(hash:sub(1, 12)) }, 0)
end

--- The name of what is configured: one environment, host and tree.
---@param options config.Options
---@return string
function versions.target(options)
	return ("env=%s host=%s root=%s"):format(options.env or "",
		options.host or "", options.root or "")
end

--- Returns the rows of files of a version, by path.
---@param db store.Store
---@param id integer
---@return table[]
function versions.files(db, id)
	return db:query([[SELECT * FROM configuration_files
		WHERE configuration = ? ORDER BY path]], id)
end

--- Returns the newest version that was applied, or the one of that number.
---@param db store.Store
---@param project string
---@param target string
---@param number? integer
---@return table?
function versions.find(db, project, target, number)
	return db:query([[SELECT * FROM configurations WHERE project = ?1
		AND target = ?2 AND state = 'applied'
		AND (?3 IS NULL OR version = ?3)
		ORDER BY version DESC LIMIT 1]], project, target, number)[1]
end

--- Returns the versions of a target, the newest first.
---@param db store.Store
---@param project string
---@param target string
---@return table[]
function versions.list(db, project, target)
	return db:query([[SELECT * FROM configurations WHERE project = ?
		AND target = ? ORDER BY version DESC]], project, target)
end

--- Returns a version whose process died while it applied, and raises `busy`
--- when it lives.
---@param db store.Store
---@param project string
---@param target string
---@return table?
function versions.unfinished(db, project, target)
	local row = db:query([[SELECT * FROM configurations WHERE project = ?
		AND target = ? AND state = 'applying']], project, target)[1]

	if not row then return nil end
	if require("proc").alive(row.pid, row.pid_start) then
		error({ code = "busy", message = ("process %d applies this"
			.. " configuration just now"):format(row.pid) }, 0)
	end
	return row
end

--- Writes down, durably, what is about to be replaced by what.
---@param db store.Db
---@param fields { project: string, target: string, note?: string }
---@param changes config.Change[]
---@return integer id
---@return integer version
function versions.begin(db, fields, changes)
	local proc = require("proc")
	local pid = proc.pid()

	return db:transaction(function()
		versions.unfinished(db, fields.project, fields.target)
		local version = db:row([[SELECT coalesce(max(version), 0) + 1
			AS n FROM configurations WHERE project = ?
			AND target = ?]], fields.project, fields.target).n
		local _, id = db:run([[INSERT INTO configurations (project,
			target, version, state, started, applied_by, note, pid,
			pid_start) VALUES (?, ?, ?, 'applying', ?, ?, ?, ?, ?)]],
			fields.project, fields.target, version,
			require("time").now(), os.getenv("USER")
			or os.getenv("LOGNAME") or "somebody", fields.note, pid,
			proc.start_time(pid))
		for _, change in ipairs(changes) do
			db:run([[INSERT INTO configuration_files (configuration,
				path, hash, mode, before, before_mode, reload, shown,
				owner, before_owner)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]], id,
				change.to,
				change.hash, change.mode, change.before,
				change.before_mode, change.changed
				and change.reload or nil, change.shown,
				change.owner, change.before_owner)
		end
		return { id, version }
	end)
end

--- Ends a version, and forgets the oldest ones: of those that were applied and
--- of those that were not, each for themselves.
---@param db store.Db
---@param id integer
---@param state "applied"|"rolled_back"
---@param note? string
function versions.finish(db, id, state, note)
	db:transaction(function()
		db:run([[UPDATE configurations SET state = ?, finished = ?,
			note = coalesce(?, note) WHERE id = ?]], state,
			require("time").now(), note, id)
		db:run([[DELETE FROM configurations WHERE id IN (SELECT c.id
			FROM configurations c JOIN configurations n
			ON n.id = ? AND c.project = n.project
			AND c.target = n.target
			AND (c.state = 'applied') = (n.state = 'applied')
			ORDER BY c.version DESC LIMIT -1 OFFSET ?)]], id, KEEP)
		db:run([[DELETE FROM configuration_files WHERE configuration
			NOT IN (SELECT id FROM configurations)]])
	end)
end

--- Another process keeps contents before it says what for.
local YOUNG <const> = 3600000

--- Removes contents that no version needs any more.
---@param db store.Store
---@param home string
function versions.sweep(db, home)
	local needed = {}

	if not fs.exists(objects(home)) then return end
	for _, row in ipairs(db:query([[SELECT hash AS h FROM
		configuration_files UNION SELECT before FROM
		configuration_files UNION SELECT shown FROM
		configuration_files]])) do
		if row.h then needed[row.h] = true end
	end
	for _, name in ipairs(fs.list(objects(home))) do
		local file = objects(home) .. "/" .. name
		local stat = #name == 64 and not needed[name] and fs.exists(file)
			and fs.stat(file)
		if stat and require("time").now() - stat.modified > YOUNG then
			fs.remove(file)
		end
	end
end

return versions
