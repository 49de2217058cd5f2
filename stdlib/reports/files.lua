--- Finds the reports that a step wrote, and reads them.

local files = {}

local FILES <const> = 2000
local TESTS <const> = 100000
local BYTES <const> = 64 << 20 -- of all reports of a step

---@class reports.Wanted
---@field files? string[] globs, relative to the step's directory
---@field output boolean the step's own output is a report
---@field format? reports.Format
---@field label? string the name under which the tests' history is kept

--- Returns what the option `reports` of a step says.
---@param option string|table
---@return reports.Wanted
function files.wanted(option)
	if type(option) == "string" then option = { option } end
	local list = option.files or {}

	if type(list) == "string" then list = { list } end
	list = table.move(list, 1, #list, 1, {})
	table.move(option, 1, #option, #list + 1, list)
	return { files = #list > 0 and list or nil, format = option.format,
		label = option.as, output = option.output == true }
end

--- Adds the tests of a text to `found`.
local function read(found, what, text, format)
	local ok, list = pcall(require("reports").read, text,
		{ format = format })

	if not ok then
		found.problems[#found.problems + 1] = ("%s is no report: %s")
			:format(what, require("command.failure").text(list))
		return
	end
	found.read = found.read + 1
	local room = TESTS - #found.tests
	if #list > room then
		found.problems[#found.problems + 1] = ("%s: only the first %d"
			.. " tests of the step are kept"):format(what, TESTS)
	end
	table.move(list, 1, math.min(#list, room), #found.tests + 1,
		found.tests)
end

--- A file that is older than the step is another's report.
local function read_file(found, wanted, dir, name, since)
	local path = dir .. "/" .. name
	local stat = require("fs").stat(path)

	if not stat or stat.kind ~= "file" then return end
	if stat.modified < since then
		found.old = found.old + 1
		return
	end
	local ok, text = pcall(require("fs").read, path, BYTES - found.bytes)
	if ok then
		found.bytes = found.bytes + #text
		read(found, name, text, wanted.format)
	else
		found.problems[#found.problems + 1] = ("%s cannot be read: %s")
			:format(name, require("command.failure").text(text))
	end
end

local function read_files(found, wanted, dir, since)
	local names = require("fs").glob(wanted.files, dir)

	for i, name in ipairs(names) do
		if i > FILES then
			found.problems[#found.problems + 1] = ("only the first"
				.. " %d of %d reports are read"):format(FILES,
				#names)
			break
		end
		read_file(found, wanted, dir, name, since)
	end
	if found.read + #found.problems == 0 then
		found.problems[1] = ("no report: %s matches %s"):format(
			table.concat(wanted.files, ", "), found.old == 0
			and "nothing" or "only files that are older than the"
			.. " step")
	end
end

--- The log has the output of all attempts. A step that printed nothing has
--- none.
local function read_output(found, wanted, log, from)
	local file <close> = io.open(log, "rb")

	if file then file:seek("set", from or 0) end
	local text = file and file:read(BYTES + 1) or ""
	if #text > BYTES then
		found.problems[1] = "its output is longer than 64 MiB and no"
			.. " report"
		return
	end
	found.bytes = #text
	read(found, "its output", text, wanted.format)
end

---@class reports.Found
---@field tests reports.Test[]
---@field problems string[] what could not be read, for people
---@field read integer reports
---@field old integer files that were there before
---@field bytes integer that were read of files

--- Reads all that is wanted. Never raises: a report that cannot be read is a
--- problem that is told.
---@async
---@param wanted reports.Wanted
---@param place table dir, log, log_from (offset), since (ms)
---@return reports.Found
function files.read(wanted, place)
	local found = { tests = {}, problems = {}, read = 0, old = 0,
		bytes = 0 }

	if wanted.output then
		read_output(found, wanted, place.log, place.log_from)
	end
	if wanted.files then
		local ok, why = pcall(read_files, found, wanted, place.dir,
			place.since)
		if not ok and require("run.failure").is_cancel(why) then
			error(why, 0)
		elseif not ok then
			found.problems[#found.problems + 1] =
				require("command.failure").text(why)
		end
	end
	return found
end

return files
