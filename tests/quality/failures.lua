-- Logs of failed builds with the lines that say why: how they are read, and
-- how the judge of lines is learned and measured.

local archive = require("archive")
local fs = require("fs")
local json = require("json")
local path = require("path")
local time = require("time")
local triage = require("triage")

local failures = {}

failures.DATA = (os.getenv("TIDEMILL_DATA") or "../shared/data") .. "/logchunks"
failures.OPTIONS = { label = "telling", weight = "weight", time = "at",
	trees = 150, leaves = 16, rate = .08, min_data = 30, l2 = 5,
	feature_share = .5, blend = true }

local NEAR <const> = 12 -- lines around those that are right
local SHARE <const> = .02 -- of other lines
local BAD_SHARE <const> = .15 -- of others with a word that sounds bad
local LONG <const> = 40000 -- lines: of such logs half as many
local OTHERS <const> = 60 -- what others of a log count, together

local function squeezed(text)
	return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

--- Is a line of the log one of the chunk's, or a part of one?
local function fits(text, chunk)
	if chunk.set[text] then return true end
	if #chunk.list > 400 then return false end
	for _, one in ipairs(chunk.list) do
		if one:find(text, 1, true) or text:find(one, 1, true) then
			return true
		end
	end
	return false
end

local function chunk_of(lines)
	local chunk = { set = {}, list = {} }

	for _, line in ipairs(lines) do
		line = squeezed(line)
		if line ~= "" then
			chunk.set[line] = true
			table.insert(chunk.list, line)
		end
	end
	return chunk
end

--- The lines (from 1) that say why, by where they were found or by their text.
local function telling(case, texts)
	local found = {}
	local from, to = math.tointeger(case.first_line),
		math.tointeger(case.last_line)

	for i = from or 1, math.min(to or #texts, #texts) do
		local text = squeezed(texts[i] or "")
		if text ~= "" and (from and fits(text, case.chunk)
			or case.chunk.set[text]) then
			found[i] = true
		end
	end
	return found
end

--- The cases, unpacked into `dir`: log, repo, chunk, class.
---@async
function failures.read(dir)
	local cases = {}

	archive.extract(path.join(failures.DATA, "logs.tar.xz"), dir)
	for line in fs.read(path.join(failures.DATA, "chunks.jsonl")):gmatch(
		"[^\n]+") do
		local case = json.decode(line)
		case.file = path.join(dir, "LogChunks", "logs", case.log)
		case.chunk = chunk_of(case.chunk_lines)
		if fs.exists(case.file) then cases[#cases + 1] = case end
	end
	table.sort(cases, function(a, b) return a.log < b.log end)
	return cases
end

local function is_bad(text)
	local low = text:lower()

	return low:find("error", 1, true) or low:find("fail", 1, true)
		or low:find("exception", 1, true)
end

--- Which lines of a log are learned from, and how much each counts: of all
--- logs the others count the same together.
local function sample(texts, right)
	local near, list, shares, count, others = {}, {}, {}, 0, 0

	for i in pairs(right) do
		count = count + 1
		for at = i - NEAR, i + NEAR do near[at] = true end
	end
	for i, text in ipairs(texts) do
		local share = near[i] and 1 or is_bad(text) and BAD_SHARE
			or SHARE
		if #texts > LONG then share = share * .5 end
		if right[i] or math.random() < share then
			list[#list + 1], shares[#list + 1] = i, share
			others = others + (right[i] and 0 or 1 / share)
		end
	end
	local weights = {}
	for n, i in ipairs(list) do
		weights[n] = right[i] and 3 / math.sqrt(count)
			or OTHERS / shares[n] / others
	end
	return list, weights
end

--- Rows of CSV of the logs whose repository `wanted` returns true for.
---@async
function failures.rows(cases, wanted)
	local rows, last = {}, time.monotonic()

	math.randomseed(3)
	for number, case in ipairs(cases) do
		if wanted(case.repo) then
			local log = fs.read(case.file)
			local texts = triage.texts(log)
			local right = telling(case, texts)
			local list, weights = sample(texts, right)
			for n, row in ipairs(triage.rows(log, list)) do
				rows[#rows + 1] = ("%s,%d,%.4g,%d\n"):format(
					row, right[list[n]] and 1 or 0,
					weights[n], number)
			end
		end
		if time.monotonic() - last > 4 then
			time.sleep(1) -- a script must wait now and then
			last = time.monotonic()
		end
	end
	return rows
end

function failures.table(features, rows)
	return table.concat(features, ",") .. ",telling,weight,at\n"
		.. table.concat(rows)
end

local function share(list, fit)
	local count = 0

	for _, one in ipairs(list) do count = count + (fit(one) and 1 or 0) end
	return #list > 0 and count / #list or 0
end

--- F1 of the lines that were found, and whether any is right.
function failures.score(case, excerpt)
	local found = chunk_of((function()
		local list = {}
		for line in excerpt:gmatch("[^\n]+") do
			list[#list + 1] = line
		end
		return list
	end)())
	local precision = share(found.list, function(line)
		return fits(line, case.chunk)
	end)
	local recall = share(case.chunk.list, function(line)
		return fits(line, found)
	end)
	return precision + recall > 0 and 2 * precision * recall
		/ (precision + recall) or 0, precision > 0
end

--- What the data's classes are called here.
local CLASSES <const> = { test_failure = { test_failure = true },
	compile_build = { compile_error = true },
	lint_style_check = { lint = true },
	dependency_env = { dependency_network = true },
	infra_network = { dependency_network = true, infrastructure = true,
		disk_memory = true, permission = true },
	timeout = { timeout = true },
	ci_script_config = { configuration = true, permission = true } }

--- Counts whether the class is right, when somebody said which it is.
function failures.count_class(totals, case, class)
	local wanted = CLASSES[case.failure_class]

	if not wanted then return end
	local counts = totals.kinds[case.failure_class] or {}
	totals.kinds[case.failure_class] = counts
	counts[class] = (counts[class] or 0) + 1
	totals.known = totals.known + 1
	totals.right = totals.right + (wanted[class] and 1 or 0)
end

return failures
