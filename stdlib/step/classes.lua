--- Classes of failures: what `retry.on.class` can name.

local classes = {}

classes.NAMES = { "transient", "timeout", "killed", "not_found", "permission",
	"script", "failed" }

--- Exit codes, by program, that speak of the network or of a busy resource.
--- docs/recipes.md has the same table.
local TRANSIENT <const> = {
	curl = { [5] = true, [6] = true, [7] = true, [18] = true, [28] = true,
		[35] = true, [52] = true, [55] = true, [56] = true },
	wget = { [4] = true },
	git = { [128] = true },
	ssh = { [255] = true },
	scp = { [255] = true },
	rsync = { [10] = true, [12] = true, [30] = true, [35] = true,
		[255] = true },
	apt = { [100] = true },
	["apt-get"] = { [100] = true },
}

--- EX_TEMPFAIL of sysexits.h: any program may say "try again later" with it.
local TEMPFAIL <const> = 75

local function program(command)
	local word = command and command:match("^%s*([^%s;|&]+)") or ""

	return word:match("[^/]+$") or word
end

--- Returns the class of a result that is no success.
---@param result table what proc.run returned
---@param command? string
---@return string
function classes.of(result, command)
	if result.timed_out then return "timeout" end
	if result.signal == "KILL" then return "killed" end
	if result.signal then return "failed" end
	if result.status == 127 then return "not_found" end
	if result.status == 126 then return "permission" end
	local codes = TRANSIENT[program(command)]
	if result.status == TEMPFAIL or codes and codes[result.status] then
		return "transient"
	end
	return "failed"
end

--- Returns whether a failure of class `class` is meant by `wanted`:
--- "transient" means timeouts and killed programs, too.
---@param wanted string
---@param class string
---@return boolean
function classes.matches(wanted, class)
	return wanted == class or wanted == "transient"
		and (class == "timeout" or class == "killed")
end

return classes
