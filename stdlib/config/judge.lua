--- Schemas of a project: what is wrong, at the file and line that says so.

local paths = require("config.path")

local judge = {}

---@class config.Violation
---@field path string JSON pointer
---@field keyword string
---@field message string
---@field file? string
---@field line? integer

--- The nearest known line of a pointer: its own, or that of what holds it.
local function line_of(lines, keys)
	for i = #keys, 1, -1 do
		local line = lines[paths.pointer(table.move(keys, 1, i, 1, {}))]
		if line then return line end
	end
	return nil
end

--- Messages that begin with a value, or a part of it when it is long, are not
--- for secrets.
local function withheld(problem)
	if not problem.message:find('^[%[{"%d%-]')
		and problem.keyword ~= "uniqueItems" then
		return nil
	end
	return ("does not fit '%s'; a secret is in it"):format(problem.keyword)
end

--- Checks a document that was read from a file.
---@param schema table of config.schema
---@param document config.Document
---@param is_secret? fun(value: any, line?: integer): boolean
---@return config.Violation[]
function judge.document(schema, document, is_secret)
	local found = {}

	for i, problem in ipairs(schema:check(document.value)) do
		local line = line_of(document.lines, problem.path)
		local secret = is_secret and is_secret(paths.get(
			document.value, problem.path), line) and withheld(
			problem)
		found[i] = { path = paths.pointer(problem.path),
			keyword = problem.keyword, message = secret
			or problem.message,
			file = document.file, line = line }
	end
	return found
end

--- Is the value at this path a secret, in one, or does it hold one?
local function near_secret(values, keys)
	local path = paths.text(keys)

	for name in pairs(values.secrets) do
		if path == "" or name == path
			or name:find("^[.%[]", #path + 1)
			and name:sub(1, #path) == path
			or path:find("^[.%[]", #name + 1)
			and path:sub(1, #name) == name then
			return true
		end
	end
	return false
end

--- Checks merged values: told at the layer that set them.
---@param schema table
---@param values config.Values
---@return config.Violation[]
function judge.values(schema, values)
	local found = {}

	for i, problem in ipairs(schema:check(values.value)) do
		local origin = {}
		for n = #problem.path, 1, -1 do
			local list = values.origins[paths.text(table.move(
				problem.path, 1, n, 1, {}))]
			if list then
				origin = list[#list]
				break
			end
		end
		found[i] = { path = paths.pointer(problem.path),
			keyword = problem.keyword,
			message = near_secret(values, problem.path)
				and withheld(problem)
				or require("config.layers").hide(values,
					problem.message),
			file = origin.file or origin.layer,
			line = origin.line }
	end
	return found
end

--- A violation as a line for people.
---@param one config.Violation
---@return string
function judge.text(one)
	local place = one.file and (one.line and ("%s:%d: "):format(one.file,
		one.line) or one.file .. ": ") or ""

	return ("%s%s%s"):format(place, one.path ~= "" and one.path .. ": "
		or "", one.message)
end

--- Raises when there are violations.
---@param found config.Violation[]
---@param what string
function judge.demand(found, what)
	local lines = {}

	if #found == 0 then return end
	for i, one in ipairs(found) do lines[i] = judge.text(one) end
	error({ code = "invalid", message = ("%s:\n  %s"):format(what,
		table.concat(lines, "\n  ", 1, math.min(#lines, 20))) }, 0)
end

return judge
