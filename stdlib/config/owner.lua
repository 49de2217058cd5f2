--- Whose files are: as names and as numbers.

local owner = {}

---@class config.Owner
---@field names string user:group
---@field numbers string

--- Returns whose a file is; nil when nobody can tell.
---@param path string
---@return config.Owner?
function owner.of(path)
	local result = require("proc").run { "stat", "-L", "-c", "%U:%G %u:%g",
		"--", path, check = false }
	local names, numbers = result.stdout:match("^(%S+) (%d+:%d+)")

	return names and { names = names, numbers = numbers } or nil
end

--- Is a file whose it should be? `wanted` is user:group, user or :group, by
--- name or number; nil: whoever has it.
---@param is? config.Owner
---@param wanted? string
---@return boolean
function owner.fits(is, wanted)
	if not wanted or not is then return wanted == nil end
	local user, group = wanted:match("^([^:]*):?(.*)$")
	local name, group_name = is.names:match("^(.*):(.*)$")
	local number, group_number = is.numbers:match("^(.*):(.*)$")

	return (user == "" or user == name or user == number)
		and (group == "" or group == group_name or group == group_number)
end

--- Makes a file somebody's, unless it is already. Raises `exit`.
---@param path string
---@param wanted? string
function owner.set(path, wanted)
	if not wanted or owner.fits(owner.of(path), wanted) then return end
	require("proc").run { "chown", "--", wanted, path }
end

return owner
