--- Where the secrets of a project come from: a variable, a file, or a secret
--- that tidemill knows.

local MOST <const> = 65536 --- bytes of one

local function from_variable(name)
	local value = os.getenv(name)

	if value and value ~= "" then return value end
	error({ code = "not_found", message = ("the variable %s is not set")
		:format(name) }, 0)
end

local function from_file(dir, name)
	local path = require("path")
	local file = name:find("^/") and name or path.join(dir, name)
	local value = require("fs").read(file):gsub("[\r\n]+$", "")

	if value == "" or #value > MOST then
		error({ code = "invalid", message = ("'%s' is %s"):format(name,
			value == "" and "empty" or "too large") }, 0)
	end
	return value
end

--- The database: of the run that asks, of the command line, or of the home.
local function database(options)
	local scope = require("run.scope").current()

	if scope and scope.run then return scope.run.db end
	if options.store then return options.store() end
	return require("store").open {}
end

--- Returns a secret; a run that asks hides it from then on.
---@async
---@param project config.Project
---@param place string env:NAME, file:PATH or the name of a secret
---@param options config.Options
---@return string
return function(project, place, options)
	local kind, rest = place:match("^(%l+):(.+)$")
	local value

	if kind == "env" then
		value = from_variable(rest)
	elseif kind == "file" then
		value = from_file(project.dir, rest)
	elseif kind then
		error({ code = "invalid", message = ("'%s' is no source:"
			.. " expected env:NAME, file:PATH or the name of a"
			.. " secret"):format(place) }, 0)
	else
		value = require("secrets").get(database(options), place)
	end
	local scope = require("run.scope").current()
	if scope and scope.run then
		require("run.masking").learn(scope.run, { value })
	end
	return value
end
