-- Anomalies in public series (Numenta's benchmark): one configuration, online.

local anomaly = require("anomaly")
local csv = require("csv")
local fs = require("fs")
local json = require("json")
local proc = require("proc")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data") .. "/nab"

local tests = {}

--- The benchmark's reward of a detection at `place`: 1 early in a window, 0 at
--- its end, below 0 behind it.
local function reward(place)
	return place > 3 and -1 or 2 / (1 + math.exp(5 * place)) - 1
end

local function clean(time)
	return (time:gsub("%..*", ""):gsub("T", " "))
end

--- Adds { score, reward, window } for each row that counts.
local function rate(rows, scores, windows, name, points)
	local index, list, former, at = {}, {}, nil, 1

	for i, row in ipairs(rows) do
		index[row.timestamp] = index[row.timestamp] or i
	end
	for i, window in ipairs(windows) do
		list[i] = { index[clean(window[1])], index[clean(window[2])] }
	end
	local probation = math.min(math.floor(.15 * #rows), 750)
	local current
	for i = 1, #rows do
		if list[at] and i == list[at][1] then
			current, at = list[at], at + 1
		end
		local value, window
		if current then
			local width = current[2] - current[1] + 1
			value = reward(-(current[2] - i + 1) / width)
				/ reward(-1)
			window = name .. ":" .. current[1]
		else
			value = .11 * (former and reward((i - former[2])
				/ (former[2] - former[1])) or -1)
		end
		if i > probation then
			points[#points + 1] = { scores[i], value, window }
		end
		if current and i == current[2] then
			former, current = current, nil
		end
	end
end

--- The best sum over all thresholds, and that of the threshold 0.5.
local function sweep(points)
	local parts, total, outside, ours = {}, 0, 0, nil

	for _, point in ipairs(points) do
		if point[3] and not parts[point[3]] then
			parts[point[3]], total = -1, total - 1
		end
	end
	local missed = total
	local best = total
	table.sort(points, function(a, b) return a[1] > b[1] end)
	for i, point in ipairs(points) do
		if not ours and point[1] < .5 then ours = total + outside end
		if not point[3] then
			outside = outside + point[2]
		elseif point[2] > parts[point[3]] then
			total = total + point[2] - parts[point[3]]
			parts[point[3]] = point[2]
		end
		local following = points[i + 1]
		if not following or following[1] ~= point[1] then
			best = math.max(best, total + outside)
		end
	end
	return best, ours or total + outside, missed
end

function tests.numentas_benchmark()
	if not fs.exists(DATA) then test.skip("no data") end
	local points, count = {}, 0

	for name, windows in pairs(json.decode(fs.read(DATA
		.. "/combined_windows.json"))) do
		local rows = csv.decode(proc.run { "gzip", "-dc",
			("%s/data/%s.gz"):format(DATA, name) }.stdout)
		local detector, scores = anomaly.new(), {}
		for i, row in ipairs(rows) do
			scores[i] = detector:add(tonumber(row.value)).score
		end
		count = count + #windows
		rate(rows, scores, windows, name, points)
	end
	local best, ours, base = sweep(points)
	local function percent(sum)
		return 100 * (sum - base) / (count - base)
	end
	print(("anomaly NAB, half of the corpus    %.1f (at its own threshold"
		.. " %.1f)  ARTime 74.9, HTM 70.1"):format(percent(best),
		percent(ours)))
	test.ok(percent(best) >= 70.2)
end

return tests
