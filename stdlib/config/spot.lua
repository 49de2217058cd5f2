--- Where a line of a rendered text comes from: its template, and the layer that
--- set the value in it.

local paths = require("config.path")

local spot = {}

--- The layer that set a value, or what holds it: "env/prod.yaml:3".
local function setter(values, name)
	local keys = paths.parse(name)

	for n = #keys, 1, -1 do
		local list = values.origins[paths.text(table.move(keys, 1, n, 1,
			{}))]
		local origin = list and list[#list]
		if origin and origin.file then
			return ("set at %s%s"):format(origin.file, origin.line
				and ":" .. origin.line or "")
		elseif origin then
			return "set by " .. origin.layer
		end
	end
	return nil
end

--- A template's name from the project's directory on; included ones are found
--- beside the template, too.
local function name_of(file, name)
	local path, fs = require("path"), require("fs")
	local beside = path.join(path.dir(file.template), name)

	if name:sub(1, #file.dir + 1) == file.dir .. "/" then
		return name:sub(#file.dir + 2)
	elseif fs.exists(path.join(file.dir, beside)) then
		return beside
	end
	return name
end

--- Returns the template and its line for a line of the rendered text, and a
--- note on the value in it: "value db.pool set at env/prod.yaml:3".
---@param file { map?: template.Map, template: string, dir: string }
---@param line? integer
---@param values config.Values
---@param column? integer
---@return string template
---@return integer? line
---@return string? note
function spot.find(file, line, values, column)
	local found = line and file.map and file.map:line(line, column)

	if not found then return file.template, nil, nil end
	local name = name_of(file, found.file)
	local set = found.value and setter(values, found.value)
	return name, found.line, set and ("value %s %s"):format(found.value, set)
end

--- The lines that a message names: of the mistake, and where what it belongs to
--- began.
---@param message string that begins with "NAME:LINE:"
---@return { line: integer, column?: integer }[]
function spot.lines(message)
	local line, column = message:match("^[^:]*:(%d+):(%d*)")
	local list = { line and { line = tonumber(line),
		column = tonumber(column) } }

	for other in message:gmatch("line (%d+)") do
		list[#list + 1] = { line = tonumber(other) }
	end
	-- what never ends is noticed behind the text
	local first = list[1]
	if first and first.line > 1 and (not first.column
		or first.column == 1) then
		list[#list + 1] = { line = first.line - 1 }
	end
	return list
end

--- Says where the lines come from that a program names as it refuses a file:
--- else of the first.
---@param file { map?: template.Map, template: string, dir: string }
---@param lines { line: integer, column?: integer }[]
---@param values config.Values
---@return string place "templates/app.yaml.j2:3"
---@return string note " (value db.pool set at env/prod.yaml:3)", or ""
---@return integer? line of the rendered text
function spot.text(file, lines, values)
	local name, line, note = file.template, nil, nil
	local of

	for _, one in ipairs(lines) do
		local other, its_line, its_note = spot.find(file, one.line,
			values, one.column)
		if its_line and (not line or its_note) then
			name, line, note = other, its_line, its_note
			of = one.line
		end
		if note then break end
	end
	return line and ("%s:%d"):format(name, line) or name,
		note and (" (%s)"):format(note) or "", of
end

--- Says where the lines come from that a program names when it refuses a file:
--- "/etc/app.conf:12", or "line 12" when it names none.
---@param file { map?: template.Map, template: string, dir: string }
---@param output string
---@param path string of the file as the program was told it
---@param values config.Values
---@param named? boolean only lines of the file that it names
---@return string lines to put behind what the program said, or ""
function spot.of_output(file, output, path, values, named)
	local found, seen = {}, {}
	local function add(line)
		local name, at, note = spot.find(file, tonumber(line), values)
		local text = at and ("  line %s is %s:%d%s\n"):format(line, name,
			at, note and (" (%s)"):format(note) or "")
		if text and not seen[text] and #found < 5 then
			seen[text] = true
			found[#found + 1] = text
		end
	end
	local at = 1

	while file.map do
		local from, to = output:find(path, at, true)
		if not from then break end
		local line = output:match("^[:%s\"',(]+line%s+(%d+)", to + 1)
			or output:match("^[:(](%d+)", to + 1)
		if line then add(line) end
		at = to + 1
	end
	if #found == 0 and not named then
		for line in output:gmatch("line (%d+)") do add(line) end
	end
	return table.concat(found)
end

return spot
