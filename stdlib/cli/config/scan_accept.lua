--- tidemill config scan accept: this value is meant so.

local options = require("config.options")

---@type cli.Verb
return {
	summary = "say that a finding is meant so",
	description = "Writes a line into config.accept, which is committed with"
		.. " the configuration. It holds for the value that is there"
		.. " now; with --any for every value of the key.",
	arguments = { { name = "ENV", help = "the environment, or *" },
		{ name = "PATH", help = "as 'scan' told it: /db/pool" } },
	options = options.list {
		{ name = "why", argument = "TEXT", help = "for who reads it" },
		{ name = "any", help = "any value of the key" },
	},
	examples = { { "tidemill config scan accept prod /db/pool"
		.. " --why 'load test of May'" } },
	run = function(call)
		local environment, key = call.args[1], call.args[2]
		local fs, sources = require("fs"),
			require("config.scan.sources")
		local dir = call.options.project or "."
		local known, list, value = {}

		if fs.exists(require("path").join(dir, "config.lua")) then
			list = sources.project(options.open(call))
		else
			list = sources.folder(dir)
		end
		for _, source in ipairs(require("config.scan.findings").read(
			list)) do
			for path, one in pairs(source.flat.values) do
				known[path] = true
				if path == key and (environment == "*"
					or source.environment == environment) then
					value = one
				end
			end
		end
		if not known[key] then
			local near = require("nearest")(key, known)
			error({ code = "not_found", message = ("there is no"
				.. " key '%s'%s"):format(key, near and
				(" (did you mean '%s'?)"):format(near) or "") },
				0)
		end
		if call.options.any or require("config.scan.clear")
			.is_secret(key) then
			value = nil
		end
		call:print(require("config.scan.accept").write(dir, {
			environment = environment, path = key,
			value = value }, call.options.why))
		return 0
	end,
}
