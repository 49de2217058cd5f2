--- Where the workspace of a run of a repository is.

--- Returns its directory, and the one that holds all workspaces of a home.
---@param home string
---@param id integer the run's
---@return string dir
---@return string all
return function(home, id)
	local all = require("path").join(home, "work")

	return all .. "/" .. id, all
end
