--- Why a build failed, by its log.

local failure = {}

local judge

--- Returns the lines of a log that say why the build failed, its class and its
--- signature; with `passed` by what is not in the log of a build that was fine.
---@param log string
---@param passed? string
---@return triage.Failure
function failure.of(log, passed)
	local triage = require("triage")

	judge = judge or triage.judge(require("embedded").read(
		"stdlib/learn/triage/lines.model"))
	return triage.read(log, judge, passed)
end

return failure
