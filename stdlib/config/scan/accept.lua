--- Findings that people accepted: lines of a file that is committed.
---
---     prod /db/pool 500 # load test of May
---     * /db/port *

local accept = {}

accept.FILE = "config.accept"

local HEAD <const> = [[
# Findings of 'tidemill config scan' that are meant so, a line each:
# ENVIRONMENT PATH VALUE # why. A * stands for any environment or value.
]]

local function encode(value)
	return value == nil and "*" or (require("json").encode(value))
end

--- What is accepted; no file is no rules. Raises `invalid` at a wrong line.
---@param dir string
---@return table[]
function accept.read(dir)
	local fs, path = require("fs"), require("path")
	local name, rules, number = path.join(dir, accept.FILE), {}, 0

	if not fs.exists(name) then return rules end
	for line in (fs.read(name) .. "\n"):gmatch("(.-)\r?\n") do
		number = number + 1
		if line:find("%S") and not line:find("^%s*#") then
			local environment, key, rest = line:match(
				"^(%S+)%s+(/%S*)%s+(.-)%s*$")
			if not environment then
				error({ code = "invalid", message =
					("%s:%d: expected ENVIRONMENT /PATH"
					.. " VALUE # why"):format(
					accept.FILE, number) }, 0)
			end
			rules[#rules + 1] = { environment = environment,
				path = key, value = rest }
		end
	end
	return rules
end

--- Is the finding accepted?
---@param rules table[]
---@param finding table with environment, path and value
---@return boolean
function accept.covers(rules, finding)
	local value = encode(finding.value)

	for _, rule in ipairs(rules) do
		if (rule.environment == "*"
			or rule.environment == finding.environment)
			and rule.path == finding.path
			and (rule.value == "*" or rule.value == value
			or rule.value:sub(1, #value + 2) == value .. " #"
			or rule.value:sub(1, 3) == "* #") then
			return true
		end
	end
	return false
end

--- Writes a rule for a finding; returns its line.
---@param dir string
---@param finding table with environment, path and value
---@param why? string
---@return string
function accept.write(dir, finding, why)
	local fs, path = require("fs"), require("path")
	local name = path.join(dir, accept.FILE)
	local line = ("%s %s %s%s"):format(finding.environment, finding.path,
		encode(finding.value), why and " # " .. why:gsub("%s+", " ")
		or "")

	if not fs.exists(name) then fs.write(name, HEAD) end
	fs.append(name, line .. "\n")
	return line
end

return accept
