--- The commits between a good and a bad one.

local commits = {}

local MOST <const> = 100000
local EARLIER <const> = 500 -- runs that are looked at for a good one

--- Returns the repository of a run.
---@param db store.Db
---@param home string
---@param run table
---@return git.Repo
function commits.repo(db, home, run)
	local row = run.repo > 0 and db:row("SELECT * FROM repos WHERE id = ?",
		run.repo)

	if not row or not run.oid then
		error({ code = "invalid", message = ("run %d is of no"
			.. " repository: there are no commits to look through")
			:format(run.id) }, 0)
	end
	return require("git").open(row.remote == 1
		and ("%s/repos/%d.git"):format(home, row.id) or row.url)
end

local function reaches(repo, from, oid)
	return #repo:log { from = oid, to = from, limit = 1 } == 0
end

--- Returns the commit of the last run before that was good.
---@async
---@param db store.Db
---@param repo git.Repo
---@param failure bisect.Failure
---@return string oid
function commits.last_good(db, repo, failure)
	local run, seen = failure.run, {}

	for _, row in ipairs(db:query("SELECT * FROM runs WHERE name = ? AND"
		.. " repo = ? AND path = ? AND id < ? AND oid <> ? ORDER BY id"
		.. " DESC LIMIT ?", run.name, run.repo, run.path, run.id,
		run.oid, EARLIER)) do
		if not seen[row.oid] and require("bisect.verdict").of(db,
			failure, row) == "good" then
			local ok, before = pcall(reaches, repo, run.oid, row.oid)
			if ok and before then return row.oid end
			seen[row.oid] = true
		end
	end
	error({ code = "not_found", message = ("no run of '%s' before run %d"
		.. " was good; name a good commit with --good"):format(
		run.name, run.id) }, 0)
end

--- Returns the commits from the one after `good` to `bad`, along first parents:
--- a merge stands for all that it brought.
---@async
---@param repo git.Repo
---@param good string
---@param bad string
---@return git.Commit[]
function commits.between(repo, good, bad)
	if not reaches(repo, bad, good) then
		error({ code = "invalid", message = ("the good commit %s is no"
			.. " ancestor of the bad one, %s"):format(good:sub(1,
			12), bad:sub(1, 12)) }, 0)
	end
	local by, list = {}, {}
	for _, commit in ipairs(repo:log { from = bad, to = good,
		limit = MOST }) do
		by[commit.oid] = commit
	end
	local commit = by[bad]
	while commit do
		table.insert(list, 1, commit)
		commit = by[commit.parents[1] or ""]
	end
	return list
end

return commits
