--- Secrets that stand in a file in clear.

local clear = {}

--- What the names of keys with secrets have in them.
local NAMES <const> = { "password", "passwd", "secret", "token", "api_?key",
	"private_?key", "access_?key", "credential", "passphrase" }

--- Names that speak of secrets, but hold none.
local ABOUT <const> = { "name$", "path$", "file$", "ref$", "url$", "uri$",
	"_id$", "ttl$", "expir", "length", "policy", "enabled", "secrets?/",
	"secretref", "keyref", "header", "endpoint", "issuer", "lifetime",
	"timeout", "type$" }

--- How well-known secrets begin, whatever the key is called.
local MARKS <const> = { "^AKIA%u%u", "^ghp_%w+", "^gho_%w+", "^github_pat_",
	"^glpat%-", "^xox[baprs]%-", "^sk_live_", "^SG%.[%w_-]+%.",
	"%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY" }

local function any(text, patterns)
	for _, pattern in ipairs(patterns) do
		if text:find(pattern) then return true end
	end
	return false
end

--- Is this the path of something that is kept secret?
---@param path string
---@return boolean
function clear.is_secret(path)
	local name = path:lower():match("[^/]+/?[^/]*$") or ""

	return any(name:gsub("-", "_"), NAMES) and not any(name, ABOUT)
end

--- A value that only says where the secret is: a reference, a name.
local function is_reference(value)
	return value:find("^%$") or value:find("{{", 1, true)
		or value:find("^<.*>$") or value:find("^%w+:[%w/]")
		or value:find("^/") or value:find("^[%u_%d-]+$")
		or value:find("^%l[%l-]*$") or value:find("^%*+$")
		or value:find("^[%l%d]+[-_/][%l%d/_-]+$")
end

--- Returns what is wrong with keeping this value in a file, or nil.
---@param path string
---@param value any
---@return string?
function clear.judge(path, value)
	if type(value) ~= "string" or #value < 6 then return nil end
	if any(value, MARKS) or (clear.is_secret(path)
		and not value:find("%s") and not is_reference(value)) then
		return "a secret in clear: keep it with 'tidemill secret set'"
			.. " and name it in config.lua"
	end
	return nil
end

return clear
