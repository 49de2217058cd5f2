--- A unified diff in colours.

local STYLES <const> = { ["+"] = "green", ["-"] = "red", ["@"] = "cyan" }

---@param diff string
---@param paint terminal.Paint
---@return string
return function(diff, paint)
	return (diff:gsub("[^\n]+", function(line)
		local head = line:sub(1, 3)
		local style = STYLES[line:sub(1, 1)]
		if head == "---" or head == "+++" then style = "bold" end
		return style and paint(style, line) or line
	end))
end
