--- What a run knows of secrets, and how it hides them: nothing that holds one
--- gets into the record, a log, a note or an error.

local masking = {}

--- Takes values among the secrets of a run, at once: logs that are open hide
--- them from here on.
---@param run run.Runner
---@param values string[]
function masking.learn(run, values)
	local known = run.secret_values or {}
	local new = false

	run.secret_values = known
	for _, value in ipairs(values) do
		if not known[value] then
			known[value] = true
			known[#known + 1] = value
			new = true
		end
	end
	if not new then return end
	run.mask = require("steplog").mask(known)
	for log in pairs(run.open_logs or {}) do log:remask(run.mask) end
end

--- Returns a text with the secrets of the run hidden; nil stays nil.
---@param run run.Runner
---@param text? string
---@return string?
function masking.text(run, text)
	if not run.mask or not text then return text end
	return run.mask:apply(text)
end

local function hide(run, value)
	local kind = type(value)

	if kind == "string" then return masking.text(run, value) end
	if kind == "number" then
		local text = tostring(value)
		return masking.text(run, text) == text and value or "***"
	elseif kind ~= "table" then
		return value
	end
	local copy = {}
	for key, item in pairs(value) do
		copy[hide(run, key)] = hide(run, item)
	end
	local metatable = getmetatable(value)
	return type(metatable) == "table" and setmetatable(copy, metatable)
		or copy
end

--- Returns a value with the secrets hidden in all its strings and numbers: the
--- value itself when there are none.
---@param run run.Runner
---@param value any what JSON can hold
---@return any
function masking.value(run, value)
	if not run.mask or value == nil then return value end
	local ok, text = pcall(require("json").encode, value)
	if ok and run.mask:apply(text) == text then return value end
	return hide(run, value)
end

return masking
