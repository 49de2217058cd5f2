--- The database and directories of a test, gone when it ends.

local home = {}

local current = setmetatable({}, { __mode = "k" })

--- In memory where there is such a place: nobody needs these after a crash.
local function make_dir()
	local fs = require("fs")
	local memory = "/dev/shm"

	if fs.exists(memory) then
		local name = ("%s/tidemill-test.%d.%d"):format(memory,
			require("proc").pid(), math.random(1, 1 << 40))
		if pcall(fs.mkdir, name, 448) then return name end
	end
	return fs.temp_dir()
end

---@class testing.Home
---@field dir string
---@field db store.Db
---@field count integer directories made

--- Returns the running test's home.
---@return testing.Home
function home.get()
	local fs = require("fs")
	local cleanups = require("task").context().cleanups

	if not cleanups then
		error("recipes are run in tests only: 'tidemill test FILE'", 0)
	end
	if current[cleanups] then return current[cleanups] end
	local dir = make_dir()
	local self = { dir = dir, count = 0,
		db = require("store").open { home = dir } }

	current[cleanups] = self
	cleanups[#cleanups + 1] = function()
		self.db:close()
		fs.remove(dir)
	end
	return self
end

--- Returns a new, empty directory in the home.
---@param self testing.Home
---@param name string
---@return string
function home.place(self, name)
	self.count = self.count + 1
	local dir = ("%s/%s/%d"):format(self.dir, name, self.count)

	require("fs").mkdir(dir)
	return dir
end

return home
