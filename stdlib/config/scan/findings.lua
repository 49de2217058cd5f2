--- What a scan found: hard mistakes, secrets in clear, and unusual values.

local accept = require("config.scan.accept")
local clear = require("config.scan.clear")
local flatten = require("config.scan.flatten")
local learned = require("config.scan.learned")

local findings = {}

--- Scores of values without a past say less than those of changes.
local AUDIT_LEAST <const> = .93
--- More than these nobody reads.
local MOST <const> = 50

---@class config.Finding: config.Violation
---@field environment string
---@field blocks boolean plan and apply refuse it
---@field score? number how likely it is a mistake, 0 to 1
---@field value any nil: the key is not there

---@class config.Scanned: config.Source
---@field document config.Document
---@field flat config.Flat

--- Reads the files.
---@param list config.Source[]
---@return config.Scanned[]
function findings.read(list)
	for _, source in ipairs(list) do
		source.document = require("config.files").read(source.path,
			source.file)
		source.flat = flatten.document(source.document.value)
	end
	return list
end

--- What is wrong beyond doubt, and secrets.
---@param list config.Scanned[]
---@return config.Finding[]
function findings.hard(list)
	local found, hard = {}, require("config.hard")

	for _, source in ipairs(list) do
		for _, one in ipairs(hard.document(source.document)) do
			one.environment, one.blocks = source.environment, true
			found[#found + 1] = one
		end
		for path, value in pairs(source.flat.values) do
			local message = clear.judge(path, value)
			local pointer = source.flat.pointers[path]
			found[#found + 1] = message and { path = path,
				keyword = "clear", message = message,
				file = source.file, blocks = false,
				line = source.document.lines[pointer],
				environment = source.environment } or nil
		end
	end
	return found
end

--- The nearest line that is known: of the value, or of what would hold it.
local function line_of(source, path)
	local pointer = source.flat.pointers[path]

	if pointer then return source.document.lines[pointer] end
	while path ~= "" do
		path = path:match("^(.*)/") or ""
		local line = source.document.lines[path]
		if line then return line end
	end
	return nil
end

--- The file that has the key, or would have it.
local function place(list, row)
	local first

	for _, source in ipairs(list) do
		if source.environment == row.environment then
			first = first or source
			if source.flat.values[row.path] ~= nil then
				return source
			end
		end
	end
	return first
end

local function describe(list, row)
	local source = place(list, row)
	local reason = row.reason

	if clear.is_secret(row.path) then
		reason = "a secret that is not as such values are"
	end
	return { path = row.path, keyword = "unusual", blocks = false,
		environment = row.environment, score = row.score,
		message = ("%s %s %s"):format(row.environment, row.path,
			reason), file = source and source.file,
		line = source and line_of(source, row.path),
		value = not clear.is_secret(row.path) and source
			and source.flat.values[row.path] or nil }
end

--- The rows that count, the likeliest first.
local function told(list, rows, least)
	local found = {}

	for _, row in ipairs(rows) do
		if row.score >= least then
			found[#found + 1] = describe(list, row)
		end
	end
	table.sort(found, function(a, b)
		if a.score ~= b.score then return a.score > b.score end
		return a.environment .. a.path < b.environment .. b.path
	end)
	for i = #found, MOST + 1, -1 do found[i] = nil end
	return found
end

--- Judges the values as they are, by each other.
---@param list config.Scanned[]
---@return config.Finding[]
function findings.audit(list)
	local history = require("config.scan.history")
	local scan = require("config_scan").new(learned.world())
	local all = {}

	for _, source in ipairs(list) do
		history.add(all, source.environment, {
			set = source.flat.values, del = {} })
	end
	scan:learn(all)
	return told(list, scan:audit(learned.judge("audit"), AUDIT_LEAST),
		AUDIT_LEAST)
end

local function within(repo, source)
	local full = require("fs").real(source.path)
	local root = require("fs").real(repo.path)

	return full:sub(1, #root + 1) == root .. "/" and full:sub(#root + 2)
		or nil
end

--- Judges what differs from the commit `since`, by the commits up to it.
---@async
---@param list config.Scanned[]
---@param dir string in the repository
---@param since string
---@param budget number false alarms per change, 0 to 1
---@return config.Finding[]
---@return { commits: integer, threshold: number, own: boolean } about
function findings.change(list, dir, since, budget)
	local repo = require("git").open(dir)
	local history, judge = require("config.scan.history"),
		learned.judge("change")
	local tracked, changes, some = {}, {}, false

	for _, source in ipairs(list) do
		source.git = within(repo, source)
		if source.git then tracked[#tracked + 1] = source end
	end
	local past = history.learn(repo, tracked, since, judge)
	local threshold, own = learned.threshold(past.scores, budget)
	for _, source in ipairs(tracked) do
		local delta, differs = flatten.delta(
			past.values[source.file], source.flat.values)
		if differs then
			some = true
			history.add(changes, source.environment, delta)
		end
	end
	local rows = some and past.scan:review(changes, judge, threshold)
		or {}
	return told(list, rows, threshold), { commits = past.commits,
		threshold = threshold, own = own }
end

--- Leaves out what was accepted.
---@param found config.Finding[]
---@param dir string
---@return config.Finding[]
---@return integer accepted
function findings.open(found, dir)
	local rules, rest = accept.read(dir), {}

	for _, one in ipairs(found) do
		if one.blocks or not accept.covers(rules, one) then
			rest[#rest + 1] = one
		end
	end
	return rest, #found - #rest
end

return findings
