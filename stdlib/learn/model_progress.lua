--- How far a training is, on standard error.

local progress = {}

local PAUSE <const> = 100 -- ms between two lines of a terminal

local function text(trees, all, loss)
	return ("tree %d of %d"):format(trees, all)
		.. (loss and (", held-out loss %.6g"):format(loss) or "")
end

--- A line that is written again and again.
local function on_terminal()
	local time = require("time")
	local before = -PAUSE

	return function(trees, all, loss)
		local now = time.monotonic()
		if now - before < PAUSE and trees < all then return end
		before = now
		io.stderr:write("\r\27[K", text(trees, all, loss))
		io.stderr:flush()
	end
end

--- A line for each tenth of the trees.
local function in_lines(trees, all, loss)
	if trees * 10 // all > (trees - 1) * 10 // all then
		io.stderr:write(text(trees, all, loss), "\n")
	end
end

--- The option `progress` of a training, or nil: neither is standard error a
--- terminal, nor is it wanted. `done` is to be called after the training.
function progress.new(wanted)
	if require("tty").is_terminal(2) then
		return on_terminal(), function() io.stderr:write("\r\27[K") end
	end
	return wanted and in_lines or nil, function() end
end

return progress
