-- Learns which lines of a log say why a build failed: `make learn-triage`.

local fs = require("fs")
local model_train = require("model_train")
local test = require("test")
local time = require("time")
local triage = require("triage")

local failures = assert(load(fs.read("tests/quality/failures.lua"),
	"@tests/quality/failures.lua"))()

local OUT <const> = "stdlib/learn/triage/lines.model"

return { judge_of_lines_is_learned = function()
	if not fs.exists(failures.DATA) then test.skip("no data") end
	local cases = failures.read(test.temp_dir())
	local rows = failures.rows(cases, function() return true end)

	time.sleep(1) -- a script must wait now and then
	local model = model_train.train(failures.table(triage.features(), rows),
		failures.OPTIONS)
	fs.write(OUT, model:export())
	print(("lines: %d rows, %d trees"):format(#rows, model:info().trees))
end }
