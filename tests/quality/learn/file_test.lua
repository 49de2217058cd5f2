-- Learns the judge of single files anew: a part of `make learn-config`.

local fs = require("fs")
local test = require("test")

local files = assert(load(fs.read("tests/quality/files.lua"),
	"@tests/quality/files.lua"))()

return { judge_of_files_is_learned = function()
	if not fs.exists(files.FILE) then test.skip("no data") end
	local model = files.learn(files.read())

	fs.write("stdlib/config/scan/file.model", model:export())
	print(("file: %d trees"):format(model:info().trees))
end }
