--- Judges single files by good ones of the same kind.

local learned = require("config.scan.learned")
local parameters = require("config.scan.parameters")

local params = {}

--- The values of a file by path, and the names that the paths have in it.
local function read_file(name)
	local fs, files = require("fs"), require("config.files")
	local format = files.format(name)
	local values, names = {}, {}

	if format == "yaml" or format == "json" or format == "toml" then
		local document = files.read(name)
		values = require("config.scan.flatten").document(
			document.value).values
		return values, names
	end
	for key, value in pairs(parameters.read(fs.read(name))) do
		local path = parameters.path(key)
		values[path], names[path] = value, key
	end
	return values, names
end

--- A folder's files, all below it; or the file itself.
local function files_of(name)
	local fs, path = require("fs"), require("path")

	if not fs.exists(name) then
		error({ code = "not_found", message = ("there is no '%s'")
			:format(name) }, 0)
	end
	if fs.stat(fs.real(name)).kind ~= "dir" then return { name } end
	local found = {}
	for _, below in ipairs(fs.glob({ "**/*" }, name)) do
		local full = path.join(name, below)
		if fs.stat(full).kind == "file" then
			found[#found + 1] = full
		end
	end
	table.sort(found)
	return found
end

local function judge_file(scan, judge, name)
	local values, names = read_file(name)
	local rows = scan:review({ file = { set = values } }, judge)
	local list = {}

	table.sort(rows, function(a, b)
		if a.score ~= b.score then return a.score > b.score end
		return a.path < b.path
	end)
	for _, row in ipairs(rows) do
		if row.what == "set" then
			list[#list + 1] = { "file", names[row.path]
				or row.path, row.score }
		end
	end
	return require("json").array(list)
end

--- Returns { file = { { "file", parameter, score } … } }, the likeliest
--- mistake first. From a score of 0.6 on a file is better looked at.
---@param corpus string good files: a folder, or one file
---@param names string[] the files to judge
---@return table<string, table>
function params.run(corpus, names)
	local scan = require("config_scan").new(learned.world())
	local judge, result = learned.judge("file"), {}

	if #names == 0 then
		error({ code = "invalid", usage = true, message =
			"--params wants a CORPUS, and the FILEs to judge" }, 0)
	end
	for _, name in ipairs(files_of(corpus)) do
		scan:learn { file = { set = (read_file(name)) } }
	end
	for _, name in ipairs(names) do
		for _, file in ipairs(files_of(name)) do
			result[file] = judge_file(scan, judge, file)
		end
	end
	return result
end

return params
