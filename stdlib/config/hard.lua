--- Mistakes in single values that need no history to be seen.

local hard = {}

---@class config.HardFinding
---@field rule string
---@field message string

local function short(value)
	return #value > 60 and value:sub(1, 57) .. "..." or value
end

local PLACEHOLDERS <const> = { CHANGEME = true, CHANGE_ME = true,
	REPLACEME = true, REPLACE_ME = true, TBD = true, PLACEHOLDER = true,
	["TO" .. "DO"] = true, ["FIX" .. "ME"] = true, ["X" .. "XX"] = true }

--- Values in which braces and the like are what they are for.
local function is_template(key)
	return key:find("template") or key:find("format") or key:find("regex")
		or key:find("pattern") or key:find("expr") or key:find("query")
		or key:find("message") or key:find("command") or key:find("args")
		or key:find("script") or key:find("summary")
		or key:find("description") or key:find("title")
		or key:find("rewrite") or key:find("annotation")
		or key:find("conf")
end

local rules = {}

function rules.placeholder(key, value)
	if is_template(key) or value:find("\n") then return end
	if PLACEHOLDERS[value:upper()] then
		return ("'%s' is a placeholder"):format(value)
	end
	if value:find("^<%a[%w _%-]*>$") or value:find("^{{[^{}]*}}$")
		or value:find("^%${[^{}]*}$") then
		return ("%s was not filled in"):format(short(value))
	end
end

--- Blanks that nobody sees: at the end, or at both ends.
function rules.blank(_, value)
	if value:find("\n") or not value:find("%S") then return end
	if value:find("%S[ \t]+$") then
		return ("'%s' ends with a blank"):format(short(value))
	end
end

--- "512mi", "750M i", and memory where CPU is meant.
function rules.unit(key, value, path)
	local number, unit = value:match("^(%d+%.?%d*)%s*(%a+%s*%a*)$")

	if not number then return end
	if path:find("memory") and (unit:find("%s") or unit:find("^[kmgt]i$")
		or unit:find("^[KMGT]I$")) then
		return ("'%s' is no amount of memory, expected one such as"
			.. " 512Mi"):format(value)
	end
	if key == "cpu" and unit:find("^[KMGT]i?$") then
		return ("'%s' is no amount of CPU, expected one such as 500m")
			:format(value)
	end
end

function rules.quote(_, value)
	local quote, rest = value:match("^(['\"])(.*)$")

	if not quote or value:find("\n") or #value > 200 then return end
	if rest:sub(-1) ~= quote and not rest:find(quote, 1, true) then
		return ("%s begins with a quote that is not closed"):format(
			short(value))
	end
end

function rules.closing_quote(_, value)
	local before, quote = value:match("^(.*)([\"'])$")

	if before and #value <= 200 and not value:find("\n")
		and not before:find(quote, 1, true) and before ~= ""
		and (quote == '"' or not before:find("s$")) then
		return ("%s ends with a quote that was never opened"):format(
			short(value))
	end
end

function rules.scheme(_, value)
	local scheme, rest = value:match("^(%a[%w+.-]*)(:/+.*)$")

	if value:find("[%s,{$]") or not scheme then return end
	scheme = scheme:lower()
	local known = scheme:find("^https?$") or scheme == "ftp"
		or scheme:find("^postgres") or scheme == "redis"
		or scheme == "mysql" or scheme == "amqp"
	if known and not rest:find("^://[^/]") then
		return ("'%s' wants %s://HOST"):format(short(value), scheme)
	end
	local twice = value:match("^%a+://%a+://")
	if twice then return ("'%s' has two schemes"):format(short(value)) end
end

local TYPOS <const> = { htp = "http", htpp = "http", htttp = "http",
	hhtp = "http", hhttp = "http", htps = "https", htpps = "https",
	httpss = "https", htttps = "https", httsp = "https", hhttps = "https",
	hppts = "https", postgress = "postgres" }

function rules.scheme_typo(_, value)
	local scheme = value:match("^(%a+)://")
	local right = scheme and TYPOS[scheme:lower()]

	return right and ("'%s' is not %s"):format(scheme, right) or nil
end

function rules.port(key, value)
	local number = value:match("^%-?%d+$") and tonumber(value)

	if number and (key:find("port$") or key:find("_port")
		or key:find("port%]?$")) and not key:find("report")
		and not key:find("support") and not key:find("import")
		and not key:find("export") and not key:find("transport")
		and (number < 0 or number > 65535) then
		return ("%s is no port, expected 0 to 65535"):format(value)
	end
	local port = value:match("^%a[%w+]*://[%w.-]+:(%d+)[/%s]*$")
		or value:match("^[%w-]+%.[%w.-]+:(%d+)$")
	if port and tonumber(port) > 65535 then
		return (":%s is no port, expected 0 to 65535"):format(port)
	end
end

function rules.cidr(_, value)
	local a, b, c, d, bits = value:match(
		"^(%d+)%.(%d+)%.(%d+)%.(%d+)/(%d+)$")

	if not a then return end
	for _, part in ipairs { a, b, c, d } do
		if #part > 3 or tonumber(part) > 255 then
			return ("'%s' is no network: %s is over 255"):format(
				value, part)
		end
	end
	if tonumber(bits) > 32 then
		return ("'%s' is no network: /%s is over 32"):format(value, bits)
	end
end

function rules.cron(key, value)
	if not (key:find("cron") or key:find("schedule")) then return end
	local fields = select(2, value:gsub("%S+", ""))
	if fields ~= 5 or not value:find("^[%d%*/,%-%s%a]+$")
		or not value:find("[%d%*]") then
		return
	end
	local ok, problem = pcall(require("text").cron_next, value, "UTC", 0, 1)
	return not ok and ("'%s' is no schedule: %s"):format(short(value),
		tostring(problem.message or problem)) or nil
end

local ORDER <const> = { "placeholder", "blank", "quote", "closing_quote",
	"unit", "scheme", "scheme_typo", "port", "cidr", "cron" }

--- Returns what is wrong with a value beyond doubt, or nil.
---@param path string
---@param value any
---@return config.HardFinding?
function hard.judge(path, value)
	if type(value) == "number" then
		value = math.type(value) == "integer" and tostring(value) or nil
	end
	if type(value) ~= "string" or value == "" or #value > 4096 then
		return nil
	end
	local key = path:lower():match("[^./]+$") or ""
	for _, rule in ipairs(ORDER) do
		local message = rules[rule](key, value, path:lower())
		if message then return { rule = rule, message = message } end
	end
	return nil
end

local function walk(value, keys, visit)
	if type(value) ~= "table" then return visit(keys, value) end
	local list = require("config.value").is_list(value)

	for key, item in pairs(value) do
		keys[#keys + 1] = tostring(list and key - 1 or key)
		walk(item, keys, visit)
		keys[#keys] = nil
	end
end

--- Judges every value of a document; findings have its lines.
---@param document config.Document
---@return config.Violation[]
function hard.document(document)
	local paths, found = require("config.path"), {}

	walk(document.value, {}, function(keys, value)
		local pointer = paths.pointer(keys)
		local finding = hard.judge(pointer, value)
		if finding then
			found[#found + 1] = { path = pointer,
				keyword = finding.rule,
				message = finding.message,
				file = document.file,
				line = document.lines[pointer] }
		end
	end)
	table.sort(found, function(a, b)
		return (a.line or 0) < (b.line or 0)
	end)
	return found
end

return hard
