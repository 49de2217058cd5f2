-- Single files of known programs, some with a wrong parameter: how they are
-- read, how more mistakes are made for learning, and how a judge is measured.

local config_scan = require("config_scan")
local csv = require("csv")
local fs = require("fs")
local learned = require("config.scan.learned")
local model_train = require("model_train")
local parameters = require("config.scan.parameters")

local files = {}

files.FILE = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/config_params/ciri_params.csv"
--- From this score on a file is told.
files.THRESHOLD = .6

local COPIES <const> = 6 -- of each good file, with a mistake made in it
local REAL <const> = 4 -- so much a mistake that is known counts

--- Systems to lists of files, each with values and the wrong parameters.
function files.read()
	local _, columns = csv.columns(fs.read(files.FILE), {
		file = files.FILE, text = { "system", "kind", "parameter",
			"value", "category" } })
	local systems, by = {}, {}

	for i = 1, #columns.system do
		local key = columns.system[i] .. columns.kind[i]
			.. columns.file[i]
		local file = by[key]
		if not file then
			file = { good = columns.kind[i] == "correct",
				number = columns.file[i], values = {},
				wrong = {} }
			by[key] = file
			local list = systems[columns.system[i]] or {}
			systems[columns.system[i]] = list
			list[#list + 1] = file
		end
		local path = parameters.path(columns.parameter[i])
		file.values[path] = columns.value[i]:match("^%s*['\"]?(.-)"
			.. "['\"]?%s*$")
		if columns.misconfigured[i] == 1 then
			file.wrong[path] = true
		end
	end
	return systems
end

--- A scan that knows the good files whose number is even (0) or odd (1).
local function scan_of(list, half)
	local scan = config_scan.new(learned.world())

	for _, file in ipairs(list) do
		if file.good and file.number % 2 == half then
			scan:learn { file = { set = file.values } }
		end
	end
	return scan
end

local function any(list) return list[math.random(#list)] end

local WORDS <const> = { "nonono", "abc", "localhost1", "default_x",
	"somevalue", "hello" }

--- What people write by mistake, by the form of the right value.
local forms = {
	{ "^-?%d+$", function(value)
		return { "9.9", "1.5", "-1.5", value .. "nounit", "-" .. value,
			"-100", "4000000000", "-1", value .. "x", "0x",
			"file://", "1.1", value .. "000000000" }
	end, function(value)
		return { "70000", "65536", "99999", "-1", "-100", "1.1",
			"file://", "80x", value .. "00" }
	end },
	{ "^%d+%.%d+$", function(value)
		return { "-" .. value, value .. "nounit", "100000", "abc",
			"1.5.5" }
	end },
	{ "^%d[%d.]*%s?[%a%%]+$", function(value)
		local number = value:match("^[%d.]+")
		local unit = value:sub(#number + 1)
		return { number .. "nounit", number .. "zz", "-" .. value,
			number .. ".5.5" .. unit, number .. "xb", "abc" }
	end },
	{ "^%d+%.%d+%.%d+%.%d+", function(value)
		return { "256.256.256.256", "2.2.2.2.2.2", "127.0.0", "0.0.0",
			"localhost//", "x.0.0.1", "-1.0.0.0", "999.-1.0.0",
			value .. ":99999", "300.1.1.1", "0.0.256.0" }
	end },
	{ "^%a[%w+.-]*://", function(value)
		return { "file://", "file:/", "file//", "file:::",
			(value:gsub("://", ":/")), (value:gsub("://", "//")),
			(value:gsub("^%a[%w+.-]*://", "")) }
	end },
	{ "^[%w.-]+:%d+$", function(value)
		local host = value:match("^[^:]+")
		return { "file://", value .. ":80", host, host .. ":99999",
			host .. ":abc", "256.256.256.256:80" }
	end },
	{ "^[./~]", function(value)
		local bare = value:gsub("^[./~]+", "")
		return { "/\\" .. bare, "//" .. bare, (bare:gsub("/", "////")),
			"tmp////staging", (value:gsub("/", "//")),
			(bare:gsub("/", "\\")), "dev/urandom///x",
			"/hello//file" }
	end },
	{ "^[%w_-]+$", function(value)
		return { value .. "x", #value > 3 and value:sub(1, -2) or "zz",
			"10", "-1", "1.5" }
	end },
}

local SWITCHES <const> = { ["true"] = true, ["false"] = true, yes = true,
	no = true, on = true, off = true }

local function slip(path, value)
	if SWITCHES[value:lower()] then
		return any { "10", "10000", "-1", "maybe", "tru", "nonono",
			"1.5", "TRUEE", "2" }
	end
	for _, form in ipairs(forms) do
		if value:find(form[1]) then
			local port = form[3] and path:find("[pP]ort$")
			local list = (port and form[3] or form[2])(value)
			return math.random() < .12 and any(WORDS) or any(list)
		end
	end
	return any { "nonono", "somevalue", "10", "///" }
end

--- A word says nothing where the key was never seen.
local function can_tell(seen, path, value)
	return seen[path] or SWITCHES[value:lower()]
		or not value:find("^%a[%w_-]*$")
end

--- A copy of the good file with one wrong value.
local function spoiled(file, seen)
	local paths = {}

	for path, value in pairs(file.values) do
		if can_tell(seen, path, value) then paths[#paths + 1] = path end
	end
	if #paths == 0 then return nil end
	table.sort(paths)
	local path = any(paths)
	local new = { values = {}, wrong = { [path] = true } }
	for at, value in pairs(file.values) do new.values[at] = value end
	new.values[path] = slip(path, file.values[path])
	return new.values[path] ~= file.values[path] and new or nil
end

local function add_row(into, row, wrong, weight)
	local line = {}

	for i, name in ipairs(config_scan.features()) do
		local value = row.features[name]
		line[i] = value and ("%.6g"):format(value) or ""
	end
	line[#line + 1] = wrong and "1" or "0"
	line[#line + 1] = tostring(weight)
	into[#into + 1] = table.concat(line, ",") .. "\n"
end

local function add_rows(into, scan, file, weight)
	for _, row in ipairs(scan:review { file = { set = file.values } }) do
		local wrong = file.wrong[row.path] or false
		add_row(into, row, wrong, wrong and weight or 1)
	end
end

--- Rows of a system: with one half of the good files known, the other half
--- and copies of it that were spoiled; with the wrong files that are known.
local function add_system(into, list)
	for half = 0, 1 do
		local scan, seen = scan_of(list, half), {}
		for _, file in ipairs(list) do
			if file.good and file.number % 2 == half then
				for path in pairs(file.values) do
					seen[path] = true
				end
			end
		end
		for _, file in ipairs(list) do
			local other = file.good and file.number % 2 ~= half
			if other or (not file.good and half == 0) then
				add_rows(into, scan, file, REAL)
			end
			for _ = 1, other and COPIES or 0 do
				local new = spoiled(file, seen)
				if new then add_rows(into, scan, new, 1) end
			end
		end
	end
end

--- A judge learned from all systems but one.
---@param systems table as files.read returns them
---@param without? string
---@return model.Model
function files.learn(systems, without)
	local names, lines = {}, {
		table.concat(config_scan.features(), ",")
			.. ",mistake,weight\n" }

	for name in pairs(systems) do
		if name ~= without then names[#names + 1] = name end
	end
	table.sort(names)
	math.randomseed(7)
	for _, name in ipairs(names) do add_system(lines, systems[name]) end
	return model_train.train(table.concat(lines), { label = "mistake",
		weight = "weight", trees = 150, leaves = 8, rate = .06,
		min_data = 15, l2 = 5 })
end

local function top_of(scan, judge, file)
	local best

	for _, row in ipairs(scan:review({ file = { set = file.values } },
		judge)) do
		if not best or row.score > best.score then best = row end
	end
	return best
end

local function f1(hit, false_alarms, missed)
	return 2 * hit / (2 * hit + false_alarms + missed)
end

--- F1 of files told, and of the right parameter named; good and wrong files
--- count alike.
function files.measure(list, judge)
	local scan = scan_of(list, 0)
	local bad, good, alarms, told, right = 0, 0, 0, 0, 0

	for _, file in ipairs(list) do
		local top = top_of(scan, judge, file)
		local flagged = top.score > files.THRESHOLD
		if not file.good then
			bad = bad + 1
			told = told + (flagged and 1 or 0)
			right = right + (flagged and file.wrong[top.path]
				and 1 or 0)
		elseif file.number % 2 == 1 then
			good = good + 1
			alarms = alarms + (flagged and 1 or 0)
		end
	end
	alarms = alarms * bad / good
	return f1(told, alarms, bad - told),
		f1(right, alarms + told - right, bad - right)
end

return files
