--- Where two values differ, for people: tables deeply, texts line by line.

local diff = {}

local SHOWN <const> = 200
local MOST <const> = 12 --- differences that are told
local CONTEXT <const> = 3
local LINES_MAX <const> = 2000 --- longer texts show their first difference

--- Returns a short text for any value.
---@param value any
---@param depth? integer how many levels of tables are written out [1]
---@return string
function diff.show(value, depth)
	depth = depth or 1
	if type(value) == "string" then
		local text = ("%q"):format(value):gsub("\\\n", "\\n")
		return #text > SHOWN and text:sub(1, SHOWN) .. "…" or text
	elseif type(value) ~= "table" or getmetatable(value) then
		return tostring(value)
	end
	local parts, length = {}, #value
	for key, item in pairs(value) do
		local shown = type(item) == "table" and depth < 1 and "{…}"
			or diff.show(item, depth - 1)
		parts[#parts + 1] = math.type(key) == "integer"
			and key >= 1 and key <= length and { key, shown }
			or { tostring(key), ("%s = %s"):format(key, shown) }
	end
	table.sort(parts, function(a, b)
		if type(a[1]) ~= type(b[1]) then
			return type(a[1]) == "number"
		end
		return a[1] < b[1]
	end)
	for i, part in ipairs(parts) do parts[i] = part[2] end
	if #parts == 0 then return "{}" end
	if #parts > 8 then parts = { table.unpack(parts, 1, 8), "…" } end
	return ("{ %s }"):format(table.concat(parts, ", "))
end

local function lines_of(text)
	local list = {}

	for line in (text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
	if list[#list] == "" then
		list[#list] = nil
	else
		list[#list] = list[#list] .. "  (no newline at the end)"
	end
	return list
end

--- The lengths of common subsequences of the rests of two lists.
local function common(a, b)
	local lengths = {}

	for i = #a + 1, 1, -1 do
		local row, below = {}, lengths[i + 1]
		for j = #b + 1, 1, -1 do
			if i > #a or j > #b then
				row[j] = 0
			elseif a[i] == b[j] then
				row[j] = below[j + 1] + 1
			else
				row[j] = math.max(below[j], row[j + 1])
			end
		end
		lengths[i] = row
	end
	return lengths
end

--- The lines of both: { sign, text }, signs " ", "-" (wanted), "+" (got).
local function edits(wanted, got)
	local lengths, list = common(wanted, got), {}
	local i, j = 1, 1

	while i <= #wanted or j <= #got do
		if i <= #wanted and wanted[i] == got[j] then
			list[#list + 1] = { " ", wanted[i] }
			i, j = i + 1, j + 1
		elseif j > #got or i <= #wanted
			and lengths[i + 1][j] >= lengths[i][j + 1] then
			list[#list + 1] = { "-", wanted[i] }
			i = i + 1
		else
			list[#list + 1] = { "+", got[j] }
			j = j + 1
		end
	end
	return list
end

--- Returns a unified diff from `wanted` to `got`.
---@param wanted string
---@param got string
---@return string
function diff.unified(wanted, got)
	local list = edits(lines_of(wanted), lines_of(got))
	local near, out = {}, { "--- wanted", "+++ got" }

	for i, edit in ipairs(list) do
		if edit[1] ~= " " then
			for k = i - CONTEXT, i + CONTEXT do near[k] = true end
		end
	end
	local old, new = 1, 1
	for i, edit in ipairs(list) do
		if near[i] and (i == 1 or not near[i - 1]) then
			out[#out + 1] = ("@@ -%d +%d @@"):format(old, new)
		end
		if near[i] then out[#out + 1] = edit[1] .. edit[2] end
		if edit[1] ~= "+" then old = old + 1 end
		if edit[1] ~= "-" then new = new + 1 end
	end
	return table.concat(out, "\n")
end

local function first_difference(wanted, got)
	for i = 1, math.max(#wanted, #got) do
		if wanted:byte(i) ~= got:byte(i) then return i end
	end
end

local function of_strings(got, wanted, at)
	local _, old = wanted:gsub("\n", "")
	local _, new = got:gsub("\n", "")

	if old + new > 1 and old < LINES_MAX and new < LINES_MAX
		and not wanted:find("[%z\1-\8]") then
		return ("%s differs:\n%s"):format(at, diff.unified(wanted, got))
	end
	local position = first_difference(wanted, got)
	if #wanted <= 60 and #got <= 60 then
		return ("%s is %s, not %s"):format(at, diff.show(got),
			diff.show(wanted))
	end
	local from = math.max(1, position - 20)
	return ("%s differs at byte %d: …%s, not …%s"):format(at, position,
		diff.show(got:sub(from, from + 80)),
		diff.show(wanted:sub(from, from + 80)))
end

local function join(at, key)
	if type(key) == "string" and key:find("^[%a_][%w_]*$") then
		return at == "it" and key or at .. "." .. key
	end
	return ("%s[%s]"):format(at == "it" and "" or at, diff.show(key))
end

local function sorted_keys(got, wanted)
	local list, seen = {}, {}

	for _, source in ipairs { wanted, got } do
		for key in pairs(source) do
			if not seen[key] then list[#list + 1] = key end
			seen[key] = true
		end
	end
	table.sort(list, function(a, b)
		if type(a) == type(b) and (type(a) == "number"
			or type(a) == "string") then
			return a < b
		end
		return type(a) .. tostring(a) < type(b) .. tostring(b)
	end)
	return list
end

local function advice(key, other)
	local near = type(key) == "string"
		and require("nearest")(key, other) or nil

	return near and near ~= key and (" (there is '%s')"):format(near) or ""
end

local compare

local function of_tables(found, got, wanted, at)
	if found.seen[got] == wanted then return end
	found.seen[got] = wanted
	for _, key in ipairs(sorted_keys(got, wanted)) do
		local mine, theirs = got[key], wanted[key]
		if mine == nil then
			found[#found + 1] = ("%s is missing: %s is wanted%s")
				:format(join(at, key), diff.show(theirs),
				advice(key, got))
		elseif theirs == nil then
			found[#found + 1] = ("%s is %s, which is not wanted")
				:format(join(at, key), diff.show(mine))
		else
			compare(found, mine, theirs, join(at, key))
		end
	end
end

function compare(found, got, wanted, at)
	if got == wanted and math.type(got) == math.type(wanted) then return end
	if type(got) == "table" and type(wanted) == "table" then
		of_tables(found, got, wanted, at)
	elseif type(got) == "string" and type(wanted) == "string" then
		found[#found + 1] = of_strings(got, wanted, at)
	elseif got ~= got and wanted ~= wanted then
		return
	else
		found[#found + 1] = ("%s is %s, not %s"):format(at,
			diff.show(got), diff.show(wanted))
	end
end

--- Returns a text that says where and how `got` is not `wanted`, nil when they
--- are the same. 1 is not 1.0; NaN is itself; tables may contain themselves.
---@param got any
---@param wanted any
---@return string?
function diff.of(got, wanted)
	local found = { seen = {} }

	compare(found, got, wanted, "it")
	if #found == 0 then return nil end
	if #found > MOST then
		local more = #found - MOST
		found = { table.unpack(found, 1, MOST) }
		found[MOST + 1] = ("and %d more"):format(more)
	end
	return table.concat(found, "\n")
end

return diff
