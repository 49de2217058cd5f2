--- What a running program says of its configuration, over HTTP.
---
--- A file of a project may have `live = { url = …, values = { … } }`: the
--- program answers with JSON. Every value that it and the applied file both
--- have must be the same; with `values`, those paths are compared, and must be
--- in the answer.

local endpoint = {}

local TIMEOUT <const> = "10s"
local ANSWER_MAX <const> = 4 << 20

--- The values of a text by path, nil when it is no document.
local function flat(text, format, name)
	local files = require("config.files")
	local ok, document = pcall(files.parse, text, format, name)

	return ok and type(document.value) == "table" and
		require("config.scan.flatten").document(document.value).values
		or nil
end

local function shown(value)
	return value == nil and "nothing" or require("json").encode(value)
end

--- The paths that are compared: those named, or those that both have.
local function compared(names, applied, live)
	local list = {}

	if names then
		for i, name in ipairs(names) do
			list[i] = require("config.path").pointer(
				require("config.path").parse(name))
		end
		return list
	end
	for path in pairs(applied) do
		if live[path] ~= nil then list[#list + 1] = path end
	end
	table.sort(list)
	return list
end

local function ask(url)
	local ok, answer = pcall(require("http").get, url, { check = false,
		timeout = TIMEOUT, max = ANSWER_MAX })

	if not ok then
		return nil, type(answer) == "table" and answer.message
			or tostring(answer)
	end
	if answer.status ~= 200 then
		return nil, ("it answered %d"):format(answer.status)
	end
	return answer.body
end

--- Compares what was applied with what the program says.
---@async
---@param live { url: string, values?: string[] }
---@param text string what was applied
---@param format string of the applied text
---@param hide fun(text: string): string
---@return "same"|"changed"|"missing" state
---@return string? why
function endpoint.compare(live, text, format, hide)
	local body, problem = ask(live.url)
	if not body then return "missing", problem end
	local applied, says = flat(text, format, "what was applied"),
		flat(body, "json", live.url)
	if not applied then
		return "missing", "what was applied is no " .. format
	elseif not says then
		return "missing", "the answer is no JSON object"
	end
	local lines = {}
	for _, path in ipairs(compared(live.values, applied, says)) do
		if not require("config.value").same(applied[path],
			says[path]) then
			lines[#lines + 1] = hide(("-%s: %s"):format(path,
				shown(applied[path])))
			lines[#lines + 1] = hide(("+%s: %s"):format(path,
				shown(says[path])))
		end
	end
	if #lines == 0 then return "same" end
	return "changed", table.concat(lines, "\n") .. "\n"
end

return endpoint
