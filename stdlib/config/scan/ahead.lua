--- What is unusual about a configuration before it is put in force.

local ahead = {}

--- A plan is read by people: what they will not read helps nobody.
local MOST <const> = 5
local BUDGET <const> = .05

--- The commit that what is there now is judged against: the last one when
--- something of it is not committed, else the one before it. nil: no history.
local function since(dir, list)
	local ok, repo = pcall(require("git").open, dir)
	local fs = require("fs")

	if not ok or not pcall(repo.resolve, repo, "HEAD") then return nil end
	local changed, root = {}, fs.real(repo.path)
	for _, one in ipairs(repo:status()) do
		changed[root .. "/" .. one.path] = true
	end
	for _, source in ipairs(list) do
		if changed[fs.real(source.path)] then return "HEAD" end
	end
	return pcall(repo.resolve, repo, "HEAD~1") and "HEAD~1" or nil
end

--- Values of this environment, and of what all have, that are unlike what was
--- seen of them; those that were accepted are left out. What cannot be looked
--- at, such as a folder without history, has no findings of this kind.
---@async
---@param project config.Project
---@param given config.Options
---@return config.Finding[]
function ahead.findings(project, given)
	local findings = require("config.scan.findings")
	local list = findings.read(require("config.scan.sources").project(
		project, given))
	local from = since(project.dir, list)
	local ok, found = pcall(function()
		return from and findings.change(list, project.dir, from, BUDGET)
			or findings.audit(list)
	end)
	local near = {}

	for _, one in ipairs(ok and findings.open(found, project.dir) or {}) do
		local here = one.environment == (given.env or "base")
			or one.environment == "base"
		if here and #near < MOST then near[#near + 1] = one end
	end
	return near
end

--- Says them as warnings, unless told not to look; returns them.
---@async
---@param call cli.Call
---@param project config.Project
---@param given config.Options
---@return config.Finding[]
function ahead.warn(call, project, given)
	local found = {}

	if not call.options.no_scan then
		found = ahead.findings(project, given)
	end
	for _, one in ipairs(found) do
		call:say(("warning: %s: %s (%.2f)"):format(one.line
			and ("%s:%d"):format(one.file, one.line) or one.file,
			one.message, one.score))
	end
	return found
end

return ahead
