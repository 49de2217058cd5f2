--- Errors that runs raise: tables { code, message, step, … } that print well.

local failure = {}

local metatable = { __tostring = function(problem)
	local parts = {}

	while type(problem) == "table" and #parts < 20 do
		if problem.message then parts[#parts + 1] = problem.message end
		problem = problem.cause
	end
	if type(problem) == "string" then parts[#parts + 1] = problem end
	return table.concat(parts, ": ")
end }

--- Makes an error of `fields`; raise it with error(…, 0).
---@param fields table
---@return table
function failure.new(fields)
	return setmetatable(fields, metatable)
end

--- Raises `code` with a formatted message.
function failure.raise(code, format, ...)
	error(failure.new { code = code, message = format:format(...) }, 0)
end

--- Returns any raised value as an error table with a code.
---@param problem any
---@return table
function failure.of(problem)
	if type(problem) == "table" and problem.code then return problem end
	if type(problem) == "table" and problem.message then
		return failure.new { code = "script", message = problem.message }
	end
	return failure.new { code = "script", message = tostring(problem) }
end

local function cause_text(problem)
	local parts, at = {}, problem.cause

	while type(at) == "table" and #parts < 10 do
		parts[#parts + 1] = at.message
		at = at.cause
	end
	if type(at) == "string" then parts[#parts + 1] = at end
	return #parts > 0 and table.concat(parts, ": ") or nil
end

--- Returns what is kept of an error in the database, as JSON.
---@param problem table
---@param run? run.Runner whose secrets are hidden in it
---@return string
function failure.encode(problem, run)
	local cause = cause_text(problem)
	local fields = {
		code = problem.code, message = problem.message,
		step = problem.step, status = problem.status,
		signal = problem.signal, class = problem.class,
		reason = problem.reason,
		cause = cause and { code = problem.code, message = cause }
			or nil,
	}

	if run and run.mask then
		fields = require("run.masking").value(run, fields)
	end
	return require("json").encode(fields)
end

--- Returns the error that `failure.encode` wrote.
---@param text? string
---@return table
function failure.decode(text)
	local ok, problem = pcall(require("json").decode, text or "")

	if not ok or type(problem) ~= "table" then
		problem = { code = "exit", message = text or "failed" }
	end
	return failure.new(problem)
end

--- Is this what a cancelled wait raises?
---@param problem any
---@return boolean
function failure.is_cancel(problem)
	return type(problem) == "table" and problem.code == "cancelled"
end

return failure
