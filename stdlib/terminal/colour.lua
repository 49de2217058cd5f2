--- Colours, on terminals only.

local colour = {}

local CODES <const> = { bold = 1, dim = 2, italic = 3, underline = 4, red = 31,
	green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36, grey = 90 }

---@alias terminal.Paint fun(style: string, text: any): string

--- Leaves text as it is.
---@type terminal.Paint
function colour.plain(_, text)
	return tostring(text)
end

--- Returns `text` in `style`: names such as "bold red".
---@type terminal.Paint
function colour.paint(style, text)
	local codes = {}

	for name in style:gmatch("%a+") do codes[#codes + 1] = CODES[name] end
	if #codes == 0 or text == "" then return tostring(text) end
	return ("\27[%sm%s\27[0m"):format(table.concat(codes, ";"), text)
end

local function is_terminal(stream)
	local fd = stream == io.stdout and 1 or stream == io.stderr and 2
	return fd and require("tty").is_terminal(fd)
end

--- Returns the function that paints for `stream`: plain when it is no terminal,
--- when NO_COLOR is set or when the user asked for it.
---@param stream file*
---@param unwanted? boolean
---@return terminal.Paint
function colour.of(stream, unwanted)
	local no = os.getenv("NO_COLOR")

	if unwanted or no and no ~= "" or os.getenv("TERM") == "dumb"
		or not is_terminal(stream) then
		return colour.plain
	end
	return colour.paint
end

local STATES <const> = { passed = "green", failed = "red", running = "cyan",
	queued = "grey", waiting = "yellow", cancelled = "magenta",
	timed_out = "red", superseded = "grey", skipped = "grey" }

--- Returns the style of a run's or step's state.
---@param state string
---@return string
function colour.of_state(state)
	return STATES[state] or ""
end

return colour
