-- The page of http has a server to talk to.

local fs = require("fs")

return function()
	local file = os.getenv("DOCS_ROOT") .. "/tests/lua/http_helper.lua"
	local helper = assert(load(fs.read(file), "@" .. file))()

	return { server = (helper.start()) }
end
