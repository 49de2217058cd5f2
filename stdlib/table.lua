--- Tables of text for people: aligned columns, cut to the terminal's width; and
--- the same as Markdown or CSV. `require("table")` also has the functions of
--- Lua's own `table`, so that it may take that name.

local format = require("terminal.format")

local text_table = {}
for name, fn in pairs(table) do text_table[name] = fn end

---@class table.Column
---@field title string
---@field key? any of rows that have names (default: the title)
---@field right? boolean to the right (default: when all cells are numbers)
---@field shrink? boolean may be cut when there is too little room
---@field max? integer cut to this many columns in any case
---@field style? fun(cell: string): string a style for colour.paint

---@class table.Options
---@field width? integer|false columns in all (default: the terminal's)
---@field header? boolean whether titles are written (default true)
---@field gap? integer blanks between columns (default 2)
---@field paint? terminal.Paint (default: no colours)

---@class table.CsvOptions
---@field separator? string (default ",")
---@field header? boolean whether titles are written (default true)

local LEAST <const> = 6 -- columns of what is cut to fit
local CELL_MAX <const> = 1 << 20

local function invalid(message, ...)
	error({ code = "invalid", message = message:format(...) }, 3)
end

--- Columns as tables; a name alone is a title.
local function read_columns(columns)
	local result = {}

	if type(columns) ~= "table" then invalid("columns must be a list") end
	for i, column in ipairs(columns) do
		if type(column) == "string" then column = { title = column } end
		if type(column) ~= "table" or type(column.title) ~= "string" then
			invalid("column %d has no title", i)
		end
		local copy = {}
		for key, value in pairs(column) do copy[key] = value end
		if copy.key == nil then copy.key = copy.title end
		result[i] = copy
	end
	if #result == 0 then invalid("a table needs at least one column") end
	return result
end

local function is_missing(value)
	return value == nil or type(value) == "userdata"
end

--- Has a row names? Lists have whole numbers alone.
local function is_named(row)
	for key in pairs(row) do
		if math.type(key) ~= "integer" then return true end
	end
	return false
end

--- The cells of a row: by position, or by the columns' keys.
local function read_row(columns, row, number)
	local cells = {}

	if type(row) ~= "table" then invalid("row %d is no table", number) end
	local named = is_named(row)
	for i, column in ipairs(columns) do
		local value = row[i]
		if named then value = row[column.key] end
		cells[i] = is_missing(value) and "" or value
	end
	return cells
end

local function read_rows(columns, rows)
	local result = {}

	if type(rows) ~= "table" then invalid("rows must be a list") end
	for i, row in ipairs(rows) do result[i] = read_row(columns, row, i) end
	return result
end

--- Columns whose cells are all numbers stand to the right.
local function align(columns, rows)
	for i, column in ipairs(columns) do
		local numbers = #rows > 0
		for _, row in ipairs(rows) do
			if row[i] ~= "" and type(row[i]) ~= "number" then
				numbers = false
				break
			end
		end
		if column.right == nil then column.right = numbers end
	end
end

--- What a terminal shows of a cell, in one line.
local function show(cell, column)
	local text = format.clean(tostring(cell):sub(1, CELL_MAX))

	return column.max and format.fit(text, column.max) or text
end

local function measure(columns, rows, header)
	local widths = {}

	for i, column in ipairs(columns) do
		widths[i] = header and format.width(column.title) or 0
		for _, row in ipairs(rows) do
			widths[i] = math.max(widths[i], format.width(row[i]))
		end
	end
	return widths
end

--- Takes from the widest column that may be cut until the rest fits.
local function shrink(columns, widths, limit, gap)
	local total = gap * (#columns - 1)

	for _, width in ipairs(widths) do total = total + width end
	while total > limit do
		local widest, second
		for i, column in ipairs(columns) do
			if column.shrink and widths[i] > LEAST then
				if not widest or widths[i] > widths[widest] then
					widest, second = i, widest
				elseif not second or widths[i] > widths[second] then
					second = i
				end
			end
		end
		if not widest then return end
		local least = second and widths[second] or LEAST
		local cut = math.min(total - limit,
			math.max(1, widths[widest] - least))
		widths[widest], total = widths[widest] - cut, total - cut
	end
end

local function line(columns, widths, row, options)
	local cells = {}

	for i, column in ipairs(columns) do
		local text = format.fit(row[i], widths[i])
		local pad = (" "):rep(widths[i] - format.width(text))
		local style = not options.title and column.style
			and column.style(row[i])
		if style then text = options.paint(style, text) end
		if column.right then
			text = pad .. text
		elseif i < #columns then
			text = text .. pad
		end
		cells[i] = text
	end
	return (table.concat(cells, (" "):rep(options.gap)):gsub("%s+$", ""))
end

--- The terminal's width, or nil when there is none to fit.
local function terminal_width()
	local tty = require("tty")

	return tty.is_terminal(1) and (tty.size(1)) or nil
end

local function titles(columns)
	local row = {}

	for i, column in ipairs(columns) do row[i] = column.title end
	return row
end

local function check_options(options, known)
	for name in pairs(options or {}) do
		local found = false
		for _, other in ipairs(known) do found = found or name == other end
		if not found then
			local near = type(name) == "string"
				and require("nearest")(name, known)
			invalid("unknown option '%s' of a table%s", tostring(name),
				near and (" (did you mean '%s'?)"):format(near) or "")
		end
	end
	return options or {}
end

--- Returns the text of a table: a line for the titles, then one a row. Rows are
--- lists of cells, or have the columns' keys. Cells may be of any type; nil and
--- json.null are empty. Columns with `shrink` are cut to fit the width.
---@param columns (string|table.Column)[]
---@param rows table[]
---@param options? table.Options
---@return string
function text_table.render(columns, rows, options)
	options = check_options(options, { "width", "header", "gap", "paint" })
	local header = options.header ~= false
	local gap = options.gap or 2
	local limit = options.width
	local paint = options.paint or require("terminal.colour").plain
	local lines = {}

	columns = read_columns(columns)
	rows = read_rows(columns, rows)
	align(columns, rows)
	for _, row in ipairs(rows) do
		for i, column in ipairs(columns) do row[i] = show(row[i], column) end
	end
	local widths = measure(columns, rows, header)
	if limit == nil then limit = terminal_width() end
	if limit then shrink(columns, widths, limit, gap) end
	if header then
		lines[1] = paint("bold", line(columns, widths, titles(columns),
			{ paint = paint, gap = gap, title = true }))
	end
	for _, row in ipairs(rows) do
		lines[#lines + 1] = line(columns, widths, row,
			{ paint = paint, gap = gap })
	end
	return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

local function markdown_cell(cell)
	return (tostring(cell):gsub("\\", "\\\\"):gsub("|", "\\|")
		:gsub("\r?\n", "<br>"):gsub("%c", " "))
end

--- Returns the same as a table of Markdown, columns of numbers to the right.
---@param columns (string|table.Column)[]
---@param rows table[]
---@return string
function text_table.markdown(columns, rows)
	local rules, lines = {}, {}

	columns = read_columns(columns)
	rows = read_rows(columns, rows)
	align(columns, rows)
	table.insert(rows, 1, titles(columns))
	for _, row in ipairs(rows) do
		for i in ipairs(columns) do row[i] = markdown_cell(row[i]) end
	end
	local widths = measure(columns, rows, false)
	for i, column in ipairs(columns) do
		widths[i] = math.max(3, widths[i])
		rules[i] = ("-"):rep(widths[i] - 1) .. (column.right and ":" or "-")
	end
	table.insert(rows, 2, rules)
	for number, row in ipairs(rows) do
		local cells = {}
		for i, column in ipairs(columns) do
			local pad = (" "):rep(widths[i] - format.width(row[i]))
			cells[i] = column.right and pad .. row[i] or row[i] .. pad
		end
		lines[number] = "| " .. table.concat(cells, " | ") .. " |\n"
	end
	return table.concat(lines)
end

local function check_separator(options)
	local separator = options.separator or ","

	if type(separator) ~= "string" or #separator ~= 1
		or separator:find('["\r\n]') then
		invalid("the separator must be one character, and no quote")
	end
	return separator
end

--- Returns the same as CSV (RFC 4180), with "\n" at the end of lines. Fields
--- are quoted where they must be.
---@param columns (string|table.Column)[]
---@param rows table[]
---@param options? table.CsvOptions
---@return string
function text_table.csv(columns, rows, options)
	options = check_options(options, { "separator", "header" })
	local separator = check_separator(options)
	local lines = {}

	columns = read_columns(columns)
	rows = read_rows(columns, rows)
	if options.header ~= false then table.insert(rows, 1, titles(columns)) end
	for number, row in ipairs(rows) do
		for i in ipairs(columns) do
			local text = tostring(row[i])
			if text:find('["\r\n]') or text:find(separator, 1, true)
				or text:find("^%s") or text:find("%s$")
				or text == "" and #columns == 1 then
				text = '"' .. text:gsub('"', '""') .. '"'
			end
			row[i] = text
		end
		lines[number] = table.concat(row, separator) .. "\n"
	end
	return table.concat(lines)
end

--- Returns how many columns of a terminal a text takes.
---@type fun(text: string): integer
text_table.width = format.width

--- Returns `text` cut to `columns`, ending in "…" if something was lost.
---@type fun(text: string, columns: integer): string
text_table.fit = format.fit

return text_table
