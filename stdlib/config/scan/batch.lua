--- Judges a folder of recorded changes and snapshots, for measuring.
---
--- projects.json holds projects with their commits; cases.json changes that
--- stand for one of them; audit_cases.json and population_cases.json hold
--- snapshots without a past. A case is judged by its own project's commits
--- before it, and by what other projects' keys are like.

local learned = require("config.scan.learned")

local batch = {}

--- As much of a project as makes it one voice among others.
local VOICE <const> = 4000
--- Findings of a snapshot that are told.
local TOLD <const> = 100

local function read(dir, name)
	local fs = require("fs")
	local file = require("path").join(dir, name)

	if not fs.exists(file) then return nil end
	local ok, value = pcall(require("json").decode, fs.read(file, 1 << 30))
	if not ok then
		error({ code = "invalid", message = ("%s: %s"):format(file,
			value.message or value) }, 0)
	end
	return value
end

local function add_project(world, project)
	local count = 0

	for _, commit in ipairs(project.commits) do
		for _, delta in pairs(commit.delta) do
			for path, value in pairs(delta.set or {}) do
				world:add(path, value)
				count = count + 1
			end
		end
		if count > VOICE then return end
	end
end

--- What all projects but one are like; alone, what the program knows.
local function world_without(projects, id)
	if #projects < 8 then return learned.world() end
	local world = require("config_scan").world()

	for _, project in ipairs(projects) do
		if project.id ~= id then add_project(world, project) end
	end
	return world
end

local function add_rows(result, id, rows, most)
	local list = {}

	table.sort(rows, function(a, b)
		if a.score ~= b.score then return a.score > b.score end
		if a.path ~= b.path then return a.path < b.path end
		return a.environment < b.environment
	end)
	for i = 1, math.min(#rows, most) do
		local row = rows[i]
		list[i] = { row.environment, row.path, row.score }
	end
	result[id] = require("json").array(list)
end

--- Cases by the project and the commit that they stand for.
local function by_place(cases)
	local places = {}

	for _, case in ipairs(cases) do
		local project = places[case.project] or {}
		places[case.project] = project
		project[case.after] = project[case.after] or {}
		table.insert(project[case.after], case)
	end
	return places
end

local function judge_changes(projects, cases, result)
	local judge, places = learned.judge("change"), by_place(cases)

	for _, project in ipairs(projects) do
		local own = places[project.id]
		local scan = own and require("config_scan").new(
			world_without(projects, project.id))
		for i, commit in ipairs(own and project.commits or {}) do
			for _, case in ipairs(own[i - 1] or {}) do
				add_rows(result, case.id,
					scan:review(case.delta, judge),
					math.huge)
			end
			scan:learn(commit.delta)
		end
	end
end

local function judge_snapshots(world_of, cases, result)
	local judge = learned.judge("audit")

	for _, case in ipairs(cases) do
		local scan = require("config_scan").new(world_of(case))
		local all = {}
		for environment, values in pairs(case.files) do
			all[environment] = { set = values }
		end
		scan:learn(all)
		add_rows(result, case.id, scan:audit(judge), TOLD)
	end
end

--- The world of the public files, whichever projects there are.
local function population(dir)
	local given = read(dir, "population.json")
	local world = learned.world()

	for _, file in ipairs(given and given.files or {}) do
		for path, value in pairs(file.values) do
			world:add(path, value)
		end
	end
	return function() return world end
end

--- Returns the findings of every case: { id = { { env, key, score } … } }.
---@param dir string
---@return table<string, table>
function batch.run(dir)
	local given = read(dir, "projects.json")
	local projects, result = given and given.projects or {}, {}
	local cases, worlds = read(dir, "cases.json"), {}
	local audits = read(dir, "audit_cases.json")
	local files = read(dir, "population_cases.json")

	if not (cases or audits or files) then
		error({ code = "not_found", message = ("%s: there is no"
			.. " cases.json, audit_cases.json or"
			.. " population_cases.json"):format(dir) }, 0)
	end
	if cases then judge_changes(projects, cases.cases, result) end
	if audits then
		judge_snapshots(function(case)
			local id = case.project
			worlds[id] = worlds[id]
				or world_without(projects, id)
			return worlds[id]
		end, audits.cases, result)
	end
	if files then judge_snapshots(population(dir), files.cases, result) end
	return result
end

return batch
