--- Metrics in a CSV file: a column each, a row a time.

local metrics_file = {}

--- Columns that say when, not how much.
local TIMES <const> = { time = true, timestamp = true, t = true, date = true,
	datetime = true }

---@class learn.MetricsFile
---@field names string[] of the metrics
---@field values table<string, number[]>
---@field times? string[] what the column of the time says

--- Reads the file. Raises `invalid` with its line.
---@param file string
---@return learn.MetricsFile
function metrics_file.read(file)
	local text = require("fs").read(file)
	local times, found = {}, { names = {} }

	for name in (text:match("^[^\r\n]*") or ""):gmatch('[^,"]+') do
		if TIMES[name:lower()] then times[#times + 1] = name end
	end
	local all, columns = require("csv").columns(text, { file = file,
		text = times })
	for _, name in ipairs(all) do
		if not TIMES[name:lower()] then
			table.insert(found.names, name)
		end
	end
	found.values, found.times = columns, times[1] and columns[times[1]]
	return found
end

return metrics_file
