--- Files that verbs read block by block.

local input = {}

--- Opens a file for reading; "-" is standard input. Raises `not_found`,
--- and `invalid` on a directory.
---@param file string
---@return file*
function input.open(file)
	if file == "-" then return io.stdin end
	local fs = require("fs")
	if fs.exists(file) and fs.stat(fs.real(file)).kind == "dir" then
		error({ code = "invalid", message = ("%s is a directory,"
			.. " expected a file"):format(file) }, 0)
	end
	local log, problem = io.open(file, "rb")
	if log then return log end
	error({ code = "not_found", message = problem }, 0)
end

--- Closes what `open` returned, but for standard input.
---@param log file*
function input.close(log)
	if log ~= io.stdin then log:close() end
end

--- Iterates over a file in blocks of about `size` bytes that end with a line.
---@param log file*
---@param size? integer [256 KiB]
---@return fun(): string?
function input.blocks(log, size)
	return function()
		local block, rest = log:read(size or 256 << 10, "L")
		return block and block .. (rest or "")
	end
end

return input
