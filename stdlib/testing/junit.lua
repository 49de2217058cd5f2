--- Results of tests as a JUnit file, which other tools read.

local xml = require("reports.xml")

local escape, body = xml.attribute, xml.text

local function case(result)
	local head = ('  <testcase classname="%s" name="%s" time="%.3f"'):format(
		escape(result.file), escape(result.name), result.ms / 1000)

	if result.state == "passed" then return head .. "/>" end
	local message = result.message or ""
	if result.state == "skipped" then
		return ('%s><skipped message="%s"/></testcase>'):format(head,
			escape(message))
	end
	return ('%s><failure message="%s">%s</failure></testcase>'):format(head,
		escape(message:match("^[^\n]*")), body(message
		.. (result.traceback and "\n" .. result.traceback or "")))
end

--- Returns the text of the file.
---@param results suite.Result[]
---@return string
return function(results)
	local suites, order = {}, {}

	for _, result in ipairs(results) do
		local suite = suites[result.file]
		if not suite then
			suite = { failed = 0, skipped = 0, passed = 0, ms = 0 }
			suites[result.file] = suite
			order[#order + 1] = result.file
		end
		suite[result.state] = suite[result.state] + 1
		suite.ms = suite.ms + result.ms
		suite[#suite + 1] = case(result)
	end
	local out = { '<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>" }
	for _, file in ipairs(order) do
		local suite = suites[file]
		out[#out + 1] = ('<testsuite name="%s" tests="%d" failures="%d"'
			.. ' skipped="%d" time="%.3f">'):format(escape(file),
			#suite, suite.failed, suite.skipped, suite.ms / 1000)
		out[#out + 1] = table.concat(suite, "\n")
		out[#out + 1] = "</testsuite>"
	end
	out[#out + 1] = "</testsuites>\n"
	return table.concat(out, "\n")
end
