--- Testing recipes like code: a virtual clock, fakes of programs, servers and
--- repositories, runs that crash and go on, and claims whose failures say what
--- differs. See docs/modules/testing.md.

local test = require("test")

---@class testing: test
local testing = {}

for name, value in pairs(test) do testing[name] = value end

testing.matches = test.match

--- Returns the recipe in a file, a directory with a tidemill.lua, or one that
--- is given as { text = "return { … }", name = "shop" }.
---@param given string|table
---@return testing.Recipe
function testing.recipe(given)
	return require("testing.recipe").new(given)
end

--- Returns a world: `world:call(fn, …)` calls any code with its clock and its
--- fakes.
---@param options? testing.WorldOptions
---@return testing.World
function testing.world(options)
	return require("testing.world").new(options)
end

--- Returns fakes of programs and servers (`processes =`, `http =`) from a file.
--- With `record`, or when TIDEMILL_RECORD is set, programs run and servers are
--- asked for real, and the file is written.
---@param path string
---@param options? { record?: boolean, secrets?: string[] }
---@return testing.Fixture
function testing.fixture(path, options)
	return require("testing.fixture")(path, options)
end

--- Returns a text that says where two values differ, nil when they do not.
---@param got any
---@param wanted any
---@return string?
function testing.diff(got, wanted)
	return require("testing.diff").of(got, wanted)
end

return testing
