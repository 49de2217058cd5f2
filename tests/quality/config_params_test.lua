-- Single files of known programs: which parameter is wrong?
--
-- For each system a judge is learned from the other systems alone, so that the
-- row tells what a program that nobody studied can expect (value shapes: file
-- F1 .828 and parameter F1 .733, Claude-3-Opus: .757 and .568).

local config_scan = require("config_scan")
local fs = require("fs")
local test = require("test")
local time = require("time")

local files = assert(load(fs.read("tests/quality/files.lua"),
	"@tests/quality/files.lua"))()

local tests = {}

function tests.single_files_are_judged()
	if not fs.exists(files.FILE) then test.skip("no data") end
	local systems = files.read()
	local file, named, count = 0, 0, 0

	for system, list in pairs(systems) do
		local judge = config_scan.score(files.learn(systems, system)
			:export())
		local told, right = files.measure(list, judge)
		print(("config  single files of %-10s file F1 %.3f parameter"
			.. " F1 %.3f"):format(system, told, right))
		file, named, count = file + told, named + right, count + 1
		time.sleep(1) -- a script must wait now and then
	end
	print(("config  single files, other systems: file F1 %.3f parameter"
		.. " F1 %.3f (shapes .828 .733)"):format(file / count,
		named / count))
	test.ok(file / count > .75)
end

return tests
