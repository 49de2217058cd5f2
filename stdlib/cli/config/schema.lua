--- tidemill config schema: files, or the values of a project, against a schema.

local options = require("config.options")

local function check_files(call, found)
	local schemas, files = require("config.schema"), require("config.files")
	local schema = schemas.read(call.options.schema)

	for _, file in ipairs(call.args) do
		for _, one in ipairs(require("config.judge").document(schema,
			files.read(file))) do
			found[#found + 1] = one
		end
	end
	return #call.args
end

local function check_project(call, found)
	local project, given = options.open(call)

	if not project.schema then
		error({ code = "invalid", message = ("%s names no schema; or"
			.. " give --schema and files"):format(project.file) }, 0)
	end
	local values = require("config.layers").values(project, given)
	local schema = require("config.schema").read(require("path").join(
		project.dir, project.schema), project.schema)
	table.move(require("config.judge").values(schema, values), 1, 1000, 1,
		found)
	return 1
end

---@type cli.Verb
return {
	summary = "check values or files against a JSON Schema",
	description = "JSON Schema 2020-12 without remote references. With"
		.. " --schema the FILEs are checked (YAML, JSON, TOML, INI,"
		.. " dotenv, properties), else the merged values of the"
		.. " project; each violation at its file and line.",
	arguments = { { name = "FILE", many = true, optional = true,
		complete = "file", help = "what to check" } },
	options = options.list {
		{ name = "schema", argument = "FILE", complete = "file",
			help = "the schema" },
	},
	exits = { [0] = "all fits", [1] = "something does not" },
	examples = {
		{ "tidemill config schema --schema app.schema.json prod.yaml" },
		{ "tidemill config schema --env prod", "the project's values" },
	},
	run = function(call)
		local found = {}
		local count

		if call.options.schema then
			if #call.args == 0 then
				call:misused("--schema wants files to check")
			end
			count = check_files(call, found)
		else
			if #call.args > 0 then
				call:misused("files want --schema")
			end
			count = check_project(call, found)
		end
		if call.json then
			call:print_json(require("json").array(found))
		else
			for _, one in ipairs(found) do
				call:print(require("config.judge").text(one))
			end
			if #found == 0 then
				call:print(count == 1 and "it fits"
					or ("all %d fit"):format(count))
			end
		end
		return #found > 0 and 1 or 0
	end,
}
