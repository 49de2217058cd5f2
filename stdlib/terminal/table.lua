--- Tables of text: aligned columns, the last ones cut to the terminal's width.

local format = require("terminal.format")

---@class terminal.Column
---@field title string
---@field right? boolean aligned to the right
---@field shrink? boolean may be cut when the terminal is too narrow
---@field style? fun(cell: string): string a style for colour.paint

local function measure(columns, rows)
	local widths = {}

	for i, column in ipairs(columns) do
		widths[i] = format.width(column.title)
		for _, row in ipairs(rows) do
			widths[i] = math.max(widths[i], format.width(row[i]))
		end
	end
	return widths
end

local function shrink(columns, widths, limit)
	local total = 2 * (#columns - 1)

	for _, width in ipairs(widths) do total = total + width end
	while total > limit do
		local widest
		for i, column in ipairs(columns) do
			if column.shrink and widths[i] > 6
				and (not widest or widths[i] > widths[widest]) then
				widest = i
			end
		end
		if not widest then return end
		widths[widest], total = widths[widest] - 1, total - 1
	end
end

local function line(columns, widths, row, paint)
	local cells = {}

	for i, column in ipairs(columns) do
		local text = format.fit(row[i], widths[i])
		local pad = (" "):rep(widths[i] - format.width(text))
		local style = column.style and column.style(row[i])
		if style then text = paint(style, text) end
		if column.right then
			text = pad .. text
		elseif i < #columns then
			text = text .. pad
		end
		cells[i] = text
	end
	return (table.concat(cells, "  "):gsub("%s+$", ""))
end

--- Returns the text of a table. Cells are strings.
---@param columns terminal.Column[]
---@param rows string[][]
---@param options? { paint?: terminal.Paint, width?: integer }
---@return string
local function render(columns, rows, options)
	options = options or {}
	local paint = options.paint or require("terminal.colour").plain
	local widths = measure(columns, rows)
	local lines, titles = {}, {}

	if options.width then shrink(columns, widths, options.width) end
	for i, column in ipairs(columns) do titles[i] = column.title end
	local plain = {}
	for i, column in ipairs(columns) do
		plain[i] = { title = column.title, right = column.right }
	end
	lines[1] = paint("bold", line(plain, widths, titles, paint))
	for _, row in ipairs(rows) do
		lines[#lines + 1] = line(columns, widths, row, paint)
	end
	return table.concat(lines, "\n") .. "\n"
end

return render
