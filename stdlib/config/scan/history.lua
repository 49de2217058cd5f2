--- Learns a configuration from its commits.

local files = require("config.files")
local flatten = require("config.scan.flatten")

local history = {}

local LIMIT <const> = 2000
--- How many of the newest commits say what a usual change scores.
local REVIEWED <const> = 200

--- A text as values; a file that cannot be read says nothing new.
local function values_of(text, source, before)
	local ok, document = pcall(files.parse, text,
		files.format(source.file), source.file)

	return ok and flatten.document(document.value).values or before
end

--- The folders that files of `list` are in.
local function folders_of(list)
	local seen, folders = {}, {}

	for _, source in ipairs(list) do
		local folder = source.git:match("^(.*)/[^/]*$") or ""
		if not seen[folder] then
			seen[folder] = true
			folders[#folders + 1] = folder
		end
	end
	return folders
end

--- Paths to oids of all files in the folders, as they are in a commit.
local function oids_of(repo, commit, folders)
	local oids = {}

	for _, folder in ipairs(folders) do
		local ok, entries = pcall(repo.tree, repo, commit, {
			path = folder ~= "" and folder or nil })
		for _, entry in ipairs(ok and entries or {}) do
			oids[entry.path] = entry.oid
		end
	end
	return oids
end

--- The changes of one commit by environment; `state` goes on to it.
local function step(repo, commit, list, state)
	local changes, some = {}, false
	local oids = oids_of(repo, commit, state.folders)

	for _, source in ipairs(list) do
		local last, oid = state[source.file], oids[source.git]
		if oid ~= last.oid then
			local values = oid and values_of(repo:read(commit,
				source.git), source, last.values) or {}
			local delta, differs = flatten.delta(last.values,
				values)
			if differs then
				some = true
				history.add(changes, source.environment, delta)
			end
			last.oid, last.values = oid, values
		end
	end
	return some and changes
end

--- Adds the changes of a file to those of its environment.
---@param changes table<string, table>
---@param environment string
---@param delta table
function history.add(changes, environment, delta)
	local into = changes[environment]

	if not into then
		into = { set = {}, del = {} }
		changes[environment] = into
	end
	for path, new in pairs(delta.set) do into.set[path] = new end
	table.move(delta.del, 1, #delta.del, #into.del + 1, into.del)
end

local function highest(rows)
	local score = 0

	for _, row in ipairs(rows) do score = math.max(score, row.score) end
	return score
end

--- Oldest first; the first commit is the state that all begins with.
local function commits(repo, list, from)
	local paths = {}

	for i, source in ipairs(list) do paths[i] = source.git end
	local log = repo:log { from = from, limit = LIMIT, paths = paths }
	local oldest = {}
	for i = #log, 1, -1 do oldest[#oldest + 1] = log[i].oid end
	return oldest
end

---@class config.Past
---@field scan config_scan.Scan
---@field scores number[] of the newest commits, each before it was learned
---@field commits integer
---@field values table<string, table<string, any>> by file, at the end

--- Learns the files of `list` (with `git`: their paths in the repository) up
--- to the commit `from`.
---@async
---@param repo git.Repo
---@param list config.Source[]
---@param from string
---@param judge config_scan.Score
---@return config.Past
function history.learn(repo, list, from, judge)
	local scan = require("config_scan").new(
		require("config.scan.learned").world())
	local state, oids = { folders = folders_of(list) },
		commits(repo, list, from)
	local past = { scan = scan, scores = {}, commits = #oids, values = {} }

	for _, source in ipairs(list) do
		state[source.file] = { values = {} }
	end
	for i, oid in ipairs(oids) do
		local changes = step(repo, oid, list, state)
		if changes then
			if i > 1 and i > #oids - REVIEWED then
				past.scores[#past.scores + 1] = highest(
					scan:review(changes, judge))
			end
			scan:learn(changes)
		end
	end
	for _, source in ipairs(list) do
		past.values[source.file] = state[source.file].values
	end
	return past
end

return history
