--- tidemill version: of the program and of what is inside it.

local function libraries()
	return require("about").libraries()
end

local function run(call)
	local version = require("about").VERSION

	if call.json then
		call:print_json { version = version, libraries = libraries() }
		return
	end
	call:print("tidemill " .. version)
	if not call.verbose then return end
	local rows = {}
	for name, text in pairs(libraries()) do
		rows[#rows + 1] = ("  %-10s %s"):format(name, text)
	end
	table.sort(rows)
	call:print(table.concat(rows, "\n"))
end

---@type cli.Verb
return {
	summary = "print the version",
	arguments = {},
	examples = {
		{ "tidemill version" },
		{ "tidemill version --json", "with those of the libraries" },
	},
	run = run,
}
