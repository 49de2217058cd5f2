--- tidemill sql: questions to the database, read-only.

local function read_statement(call)
	local text = call.args[1]

	if text and text ~= "-" then return text end
	if not text and require("tty").is_terminal(0) then
		call:misused("'sql' wants a statement")
	end
	return io.stdin:read("a")
end

local function csv_field(value)
	local text = value == nil and "" or tostring(value)

	if text:find('[",\r\n]') then
		return '"' .. text:gsub('"', '""') .. '"'
	end
	return text
end

local function csv_line(values, count)
	local fields = {}

	for i = 1, count do fields[i] = csv_field(values[i]) end
	return table.concat(fields, ",") .. "\n"
end

local function pick(row, columns)
	local values = {}

	for i, name in ipairs(columns) do values[i] = row[name] end
	return values
end

local function print_csv(call, rows, columns)
	call:write(csv_line(columns, #columns))
	for row in rows do
		call:write(csv_line(pick(row, columns), #columns))
	end
end

local function print_json(call, rows)
	local json = require("json")
	local separator = "["

	for row in rows do
		call:write(separator, json.encode(row))
		separator = ",\n"
	end
	call:print(separator == "[" and "[]" or "]")
end

local function print_table(call, rows, columns)
	local format = require("terminal.format")
	local heads, lines, numeric = {}, {}, {}

	for row in rows do
		local cells = pick(row, columns)
		for i = 1, #columns do
			local value = cells[i]
			numeric[i] = numeric[i] ~= false
				and (value == nil or type(value) == "number")
			cells[i] = value == nil and "-"
				or format.clean(tostring(value))
		end
		lines[#lines + 1] = cells
	end
	for i, name in ipairs(columns) do
		heads[i] = { title = name, shrink = true, right = numeric[i] }
	end
	call:table(heads, lines)
end

--- Iterates over at most `limit` rows; `state.more` says there were more.
local function limited(limit, state, iterate, cursor)
	local count = 0

	return function()
		local row = iterate(cursor)
		if row and limit > 0 and count >= limit then
			state.more = true
			return nil
		end
		count = count + 1
		return row
	end
end

--- Rows are tables by name: a second column of the same name would be lost.
local function check_names(columns)
	local seen = {}

	for _, name in ipairs(columns) do
		if seen[name] then
			error({ code = "invalid", message = ("two columns are"
				.. " called '%s': name one with AS"):format(
				name) }, 0)
		end
		seen[name] = true
	end
end

local function run(call)
	local sql, state = read_statement(call), {}
	local options = call.options
	local db = require("store").readonly { home = call.home,
		timeout = options.timeout,
		rows = math.max(options.limit + 1, 1) }
	local columns = db:columns(sql)
	check_names(columns)
	local rows = limited(options.limit, state, db:each(sql))

	if call.json then
		print_json(call, rows)
	elseif options.csv then
		print_csv(call, rows, columns)
	else
		print_table(call, rows, columns)
	end
	if state.more then
		call:say(("There are more than %d rows: --limit N."):format(
			options.limit))
	end
end

---@type cli.Verb
return {
	summary = "ask the database, read-only",
	description = "The tables are documented in docs/schema.md: runs,"
		.. " steps, events, decisions, notes, locks, repos, refs,"
		.. " recipes, schedules, settings. Times are milliseconds"
		.. " since 1970 in UTC, durations milliseconds.",
	arguments = {
		{ name = "STATEMENT", optional = true,
			help = "one SELECT; '-' or nothing: from stdin" },
	},
	options = {
		{ name = "csv", help = "print comma-separated values" },
		{ name = "limit", short = "n", argument = "N", type = "integer",
			default = 1000, help = "rows at most" },
		{ name = "timeout", argument = "TIME", type = "duration",
			default = 10000, help = "how long it may take,"
			.. " in milliseconds or with a unit" },
	},
	examples = {
		{ 'tidemill sql "select name, count(*) from runs group by 1"',
			"how often each recipe ran" },
		{ 'tidemill sql --csv "select name, wall from steps where'
			.. ' run = 12"', "for a spreadsheet" },
	},
	run = run,
}
