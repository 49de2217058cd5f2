--- Where in the recipe a call comes from.

--- Returns the place of the innermost recipe code on the stack.
---@return recipe.Place
return function()
	for level = 2, 200 do
		local info = debug.getinfo(level, "Sl")
		if not info then break end
		if info.source:sub(1, 1) == "@"
			and info.source:sub(1, 8) ~= "@stdlib/" then
			return { file = info.source:sub(2), line = info.currentline }
		end
	end
	return { file = "recipe" }
end
