-- Cases of the readers of documents, from files in tests/data:
--
--	=== a title
--	the text
--	----> JSON of what it is, or ----! the error
--
-- In texts ␉ is a tab, ␠ a blank, ␍ a carriage return, ␀ a zero byte, ␤ no
-- line end here, and ␡XX the byte with this hexadecimal number.

local fs = require("fs")
local json = require("json")
local test = require("test")

local cases = {}

local MARKS <const> = { ["␉"] = "\t", ["␠"] = " ", ["␍"] = "\r", ["␀"] = "\0" }

local function unmark(text)
	for mark, byte in pairs(MARKS) do text = text:gsub(mark, byte) end
	text = text:gsub("␤\n", "")
	return (text:gsub("␡(%x%x)", function(hex)
		return string.char(tonumber(hex, 16))
	end))
end

--- The cases of a file: a list of { title, text, wanted, error }.
local function load_cases(file)
	local list, lines = {}, nil

	for line in (fs.read(file) .. "\n"):gmatch("(.-)\n") do
		local title = line:match("^=== (.*)$")
		local kind, wanted = line:match("^%-%-%-%-([>!]) (.*)$")
		if title then
			lines = {}
			list[#list + 1] = { title = title }
		elseif kind then
			local case = list[#list]
			lines[#lines + 1] = ""
			case.text = unmark(table.concat(lines, "\n"))
			case[kind == ">" and "wanted" or "error"] = wanted
			lines = nil
		elseif lines then
			lines[#lines + 1] = line
		end
	end
	return list
end

--- Calls `fn` for each case of a file; all that fail are told at once. Returns
--- how many there are.
function cases.each(file, fn)
	local list, failures = load_cases(file), {}

	for _, case in ipairs(list) do
		local ok, problem = pcall(fn, case)
		if not ok then
			failures[#failures + 1] = case.title .. ": "
				.. (type(problem) == "table" and problem.message
					or tostring(problem))
		end
	end
	if #failures > 0 then
		test.fail("%d of %d cases of %s:\n%s", #failures, #list, file,
			table.concat(failures, "\n"))
	end
	return #list
end

--- Checks a case: `read` raises its error, or returns its value.
function cases.check(read, case)
	local ok, value = pcall(read, case.text)

	if case.error then
		test.ok(not ok, "nothing was raised")
		test.equal(value.message, case.error)
	elseif not ok then
		error(value, 0)
	else
		test.equal(json.encode(value),
			json.encode(json.decode(case.wanted)))
	end
end

return cases
