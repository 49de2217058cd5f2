-- Lines that say why a build failed, given the log of one that was fine.

local archive = require("archive")
local failure = require("learn.failure")
local fs = require("fs")
local path = require("path")
local test = require("test")
local time = require("time")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/cidiff/breakages.tar.xz"

local tests = {}

--- The lines that people marked as an error.
local function marked(text)
	local lines, count = {}, 0

	for from, to in text:gmatch("E (%d+)%-?(%d*)") do
		for i = tonumber(from), tonumber(to) or tonumber(from) do
			lines[i], count = true, count + 1
		end
	end
	return lines, count
end

local function measure(dir)
	local lines, wanted = marked(fs.read(path.join(dir, "groundtruth")))
	local found = failure.of(fs.read(path.join(dir, "fail.log")),
		fs.read(path.join(dir, "pass.log")))
	local right, shown = 0, 0

	for _, range in ipairs(found.lines) do
		for i = range[1], range[2] do
			shown = shown + 1
			right = right + (lines[i] and 1 or 0)
		end
	end
	return shown + wanted > 0 and 2 * right / (shown + wanted) or 0,
		shown / found.count, right / wanted
end

function tests.lines_that_a_passing_log_has_not()
	if not fs.exists(DATA) then test.skip("no data") end
	local dir = test.temp_dir()
	local f1, shown, recall, count = 0, 0, 0, 0

	archive.extract(DATA, dir)
	for _, name in ipairs(fs.glob({ "**/groundtruth" }, dir)) do
		local one, share, found = measure(path.join(dir,
			name:match("^(.*)/")))
		f1, shown, recall = f1 + one, shown + share, recall + found
		count = count + 1
		time.sleep("1ms")
	end
	print(("triage  with a passing log, %d failures: F1 %.3f (CiDiff .716)"
		.. " recall %.3f (.937) at %.1f%% of the log shown (19%%)")
		:format(count, f1 / count, recall / count, shown / count * 100))
	test.ok(f1 / count > .72)
	test.ok(shown / count < .19)
end

return tests
