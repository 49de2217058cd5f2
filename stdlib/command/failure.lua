--- What was raised, as a message on stderr and an exit code.

local failure = {}

local EXITS <const> = { not_found = 3, invalid = 2, cancelled = 4, timeout = 5,
	bug = 70 }

--- What a script raises may refuse to be shown.
local function shown(value)
	local fine, text = pcall(tostring, value)

	return fine and text
		or ("an error (a %s) that cannot be shown"):format(type(value))
end

--- Returns "message: cause: its cause" of an error table; any other value as
--- text.
---@param problem any
---@return string
function failure.text(problem)
	local parts = {}

	while type(problem) == "table" and #parts < 20 do
		if problem.message then
			parts[#parts + 1] = shown(problem.message)
		end
		problem = problem.cause
	end
	if problem ~= nil and type(problem) ~= "table" then
		parts[#parts + 1] = shown(problem)
	end
	return #parts > 0 and table.concat(parts, ": ") or "unknown error"
end

---@param problem any
---@return integer
function failure.exit_code(problem)
	if type(problem) ~= "table" then return EXITS.bug end
	return math.tointeger(problem.exit_code) or EXITS[problem.code] or 1
end

local function print_json(problem, code)
	local json = require("json")

	io.stderr:write(json.encode { error = {
		code = problem.code, message = failure.text(problem), exit = code,
	} }, "\n")
end

--- Prints `problem` to stderr; returns the exit code.
---@param problem any
---@param state { name?: string, options: table }
---@return integer
function failure.report(problem, state)
	local code = failure.exit_code(problem)
	if type(problem) == "table" and problem.quiet then return code end
	local paint = require("terminal.colour").of(io.stderr,
		state.options.no_color)

	if state.options.json and type(problem) == "table" then
		print_json(problem, code)
		return code
	end
	io.stderr:write(paint("bold red", "tidemill:"), " ",
		failure.text(problem), "\n")
	if type(problem) ~= "table" then return code end
	if problem.usage and state.name then
		io.stderr:write("Try 'tidemill ", state.name, " --help'.\n")
	elseif problem.advice then
		io.stderr:write(problem.advice, "\n")
	end
	if code == EXITS.bug then
		io.stderr:write("This is a bug in tidemill",
			" (TIDEMILL_DEBUG=1 shows where).",
			problem.traceback or "", "\n")
	elseif state.options.verbose and problem.traceback then
		io.stderr:write(problem.traceback, "\n")
	end
	return code
end

return failure
