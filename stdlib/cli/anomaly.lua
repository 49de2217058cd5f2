--- tidemill anomaly: what is unusual in a series of numbers.

--- The names of the two columns: time first, wherever they stand.
local function read_header(file, header)
	local names = require("csv").decode(header, { file = file,
		header = false })[1] or {}
	local time, value

	for i, name in ipairs(names) do
		local lower = name:lower()
		if lower == "timestamp" or lower == "time" or lower == "date"
			then
			time = time or i
		elseif lower == "value" then
			value = i
		end
	end
	if not value and #names == 2 and time then value = 3 - time end
	if value then return names, names[time or 0], names[value] end
	error({ code = "invalid", message = ("%s:1: the columns are '%s',"
		.. " expected timestamp,value"):format(file,
		table.concat(names, ",")) }, 0)
end

--- Seconds since 1970 of "2026-05-01 10:00:00" or a number; nil otherwise.
local function seconds(text)
	local number = tonumber(text)
	if number then return number end
	local ok, ms = pcall(require("time").parse, (text:gsub(" ", "T", 1)))
	return ok and ms / 1000 or nil
end

local function number(value)
	if not value then return "" end
	return ("%.10g"):format(value)
end

local function csv_writer(call)
	call:print("timestamp,value,score,lower,upper,alert")
	return function(time, value, point)
		call:print(("%s,%s,%.6f,%s,%s,%d"):format(time, number(value),
			point.score or 0, number(point.lower),
			number(point.upper), point.alert and 1 or 0))
	end, function() end
end

local function json_writer(call)
	local json, points, alerts = require("json"), {}, 0
	local former = false

	return function(time, value, point)
		point.timestamp, point.value = time, value
		if point.alert and not former then alerts = alerts + 1 end
		former = point.alert
		points[#points + 1] = point
	end, function()
		call:print_json { alerts = alerts, points = json.array(points) }
	end
end

local function judge_rows(file, log, write)
	local csv = require("csv")
	local detector = require("anomaly").new()
	local header = log:read("L")
	if not header then
		error({ code = "invalid", message = file .. ":1: the file is"
			.. " empty, expected timestamp,value" }, 0)
	end
	local _, time, value = read_header(file, header)
	local line = 1
	local texts = time and { time } or {}

	for block in require("command.input").blocks(log) do
		local _, columns = csv.columns(header .. block, { file = file,
			line = line, text = texts })
		local times = time and columns[time]
		for i, number_of in ipairs(columns[value]) do
			local at = times and times[i] or tostring(line + i)
			write(at, number_of == number_of and number_of or nil,
				detector:add(number_of, times and seconds(at)))
		end
		line = line + select(2, block:gsub("\n", ""))
	end
end

---@type cli.Verb
return {
	summary = "find anomalies in a series of numbers",
	description = "FILE is CSV with a header and the columns timestamp and"
		.. " value. Each row is judged by those before it alone, with"
		.. " the same settings for every series. Prints timestamp,"
		.. "value,score,lower,upper,alert; a score of 0.5 and more is"
		.. " an alert.",
	arguments = {
		{ name = "FILE", complete = "file", help = "CSV; - is stdin" },
	},
	examples = {
		{ "tidemill anomaly latency.csv" },
		{ "tidemill anomaly latency.csv --json", "with reasons" },
	},
	run = function(call)
		local file = call.args[1]
		local input = require("command.input")
		local log = input.open(file)
		local write, finish = (call.json and json_writer
			or csv_writer)(call)

		judge_rows(file, log, write)
		finish()
		input.close(log)
		return 0
	end,
}
