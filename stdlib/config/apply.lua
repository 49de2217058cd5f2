--- Putting files in force: journal, atomic writes, reload, health, and the way
--- back when one of them fails.

local fs = require("fs")
local owner = require("config.owner")
local versions = require("config.versions")

local apply = {}

local function command(line, what)
	local result = require("proc").run { shell = line, check = false,
		timeout = "120s" }

	if result.status == 0 then return end
	-- what it printed may hold secrets: it is shown by who can hide them
	error({ code = "exit", message = ("%s failed with %s: %s"):format(
		what, result.timed_out and "a time-out"
		or tostring(result.status), line),
		output = result.stdout .. result.stderr }, 0)
end

--- A link stays a link: what it leads to is replaced.
local function real(path)
	return fs.exists(path) and fs.real(path) or path
end

local function put(change)
	local path = real(change.to)

	fs.mkdir(require("path").dir(path))
	fs.write(path, change.text, change.mode)
	fs.chmod(path, change.mode)
	-- replacing a file makes it ours: give it back to whose it was
	owner.set(path, change.owner or change.before_owner)
end

--- Runs each reload command once.
local function reload(changes)
	local done = {}

	for _, change in ipairs(changes) do
		if change.reload and change.changed
			and not done[change.reload] then
			done[change.reload] = true
			command(change.reload, "the reload")
		end
	end
end

local function is_healthy(health)
	if health.command then
		local result = require("proc").run { shell = health.command,
			check = false, timeout = "10s" }
		if result.status ~= 0 then
			return false, ("'%s' exited with %s"):format(
				health.command, tostring(result.status))
		end
	end
	if health.url then
		local ok, answer = pcall(require("http").get, health.url,
			{ timeout = "5s" })
		if not ok then
			return false, tostring(answer.message or answer)
		elseif answer.status >= 400 then
			return false, ("%s answered %d"):format(health.url,
				answer.status)
		end
	end
	return true
end

--- Waits until what was changed is healthy.
local function check_health(changes)
	local time = require("time")

	for _, change in ipairs(changes) do
		local health = change.changed and change.health
		local limit = health and require("recipe.duration")(
			health.within or "10s")
		local till = limit and time.now() + limit
		while health do
			local ok, why = is_healthy(health)
			if ok then break end
			if time.now() >= till then
				error({ code = "exit", message = ("%s is not"
					.. " healthy within %s: %s"):format(
					change.to, time.describe(limit), why) },
					0)
			end
			time.sleep(100)
		end
	end
end

--- Puts back what a version replaced, as its journal says. Returns what went
--- wrong, and whether all files are the former ones.
local function restore(db, home, id)
	local reloads, problems, whole = {}, {}, true

	for _, row in ipairs(versions.files(db, id)) do
		local path = real(row.path)
		local ok, why = pcall(function()
			if row.before then
				local text = versions.content(home, row.before)
				if not fs.exists(path)
					or fs.read(path) ~= text then
					fs.write(path, text, row.before_mode)
				end
				fs.chmod(path, row.before_mode)
				owner.set(path, row.before_owner)
			elseif fs.exists(path) then
				fs.remove(path)
			end
		end)
		if not ok then
			whole = false
			problems[#problems + 1] = tostring(why.message or why)
		end
		if row.reload then reloads[row.reload] = true end
	end
	for line in pairs(reloads) do
		local ok, why = pcall(command, line, "the reload")
		if not ok then problems[#problems + 1] = why.message end
	end
	return problems, whole
end

--- While a former file could not be put back the version stays unfinished: the
--- next command tries again.
local function undo(db, home, id, why)
	local problems, whole = restore(db, home, id)

	if whole then versions.finish(db, id, "rolled_back", why) end
	if #problems == 0 then return "the former configuration is in force" end
	return "putting the former configuration back met problems: "
		.. table.concat(problems, "; ")
end

--- Goes back from what a killed process left half done. Returns a sentence, or
--- nil when there was nothing.
---@param db store.Db
---@param home string
---@param project string
---@param target string
---@return string?
function apply.repair(db, home, project, target)
	local row = versions.unfinished(db, project, target)

	if not row then return nil end
	return ("version %d was interrupted while it was applied: %s"):format(
		row.version, undo(db, home, row.id, "interrupted"))
end

--- Puts changes in force. Returns the number of the version; nil when there was
--- nothing to do. Raises with what failed and what is in force now.
---@async
---@param db store.Db
---@param home string
---@param fields { project: string, target: string, note?: string,
---hide: fun(text: string): string, values?: config.Values }
---@param changes config.Change[]
---@return integer?
function apply.all(db, home, fields, changes)
	local any = false

	for _, change in ipairs(changes) do any = any or change.changed end
	if not any and versions.find(db, fields.project, fields.target) then
		return nil
	end
	for _, change in ipairs(changes) do
		versions.keep(home, change.text)
		change.shown = versions.keep(home, change.masked
			or change.text)
		if change.live then versions.keep(home, change.live) end
	end
	local began = versions.begin(db, fields, changes)
	local id, version = began[1], began[2]
	local ok, problem = pcall(function()
		for _, change in ipairs(changes) do
			if change.changed then put(change) end
		end
		reload(changes)
		check_health(changes)
	end)
	if ok then
		versions.finish(db, id, "applied")
		versions.sweep(db, home)
		return version
	end
	local why = tostring(type(problem) == "table" and problem.message
		or problem)
	if type(problem) == "table" and problem.output then
		why = why .. "\n" .. problem.output
	end
	why = fields.hide(why)
	local what = require("task").shield(undo, db, home, id, why)
	local healthy, ill = pcall(check_health, changes)
	if not healthy then what = what .. ", but " .. ill.message end
	why = why:gsub("%s+$", "") .. "\n"
	for _, change in ipairs(fields.values and changes or {}) do
		why = why .. require("config.spot").of_output(change, why,
			change.to, fields.values, true)
	end
	error({ code = type(problem) == "table" and problem.code or "io",
		exit_code = 1, message = why .. fields.hide(what) }, 0)
end

return apply
