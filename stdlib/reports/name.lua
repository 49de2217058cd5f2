--- How a test is called on the command line: SUITE::NAME.

---@param test { suite: string, name: string }
---@return string
return function(test)
	if test.suite == "" then return test.name end
	return test.suite .. "::" .. test.name
end
