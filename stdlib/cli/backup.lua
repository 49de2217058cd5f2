--- tidemill backup: a consistent copy of the database, made while it is used.

local function run(call)
	local path = call.args[1]
	local existing = io.open(path, "rb")

	if existing then
		existing:close()
		if not call.options.force then
			error { code = "invalid", message = ("'%s' is there"
				.. " already (--force replaces it)"):format(
				path) }
		end
	end
	-- A home without a database has nothing to copy: do not make one.
	call:store("read")
	call:store():backup(path)
	local file = assert(io.open(path, "rb"))
	local bytes = file:seek("end")
	file:close()
	if call.json then
		call:print_json { path = path, bytes = bytes }
	else
		call:print(("wrote %s (%s)"):format(path,
			require("terminal.format").bytes(bytes)))
	end
end

---@type cli.Verb
return {
	summary = "copy the database, while everything goes on",
	description = "The copy is one consistent moment, checked, and put in"
		.. " place at once. To restore it, stop the server and put it"
		.. " in the place of HOME/tidemill.db, without the -wal and"
		.. " -shm files. Logs and workspaces are plain files beside"
		.. " the database.",
	arguments = {
		{ name = "FILE", complete = "file", help = "where to" },
	},
	options = {
		{ name = "force", short = "f",
			help = "replace a file that is there" },
	},
	examples = {
		{ "tidemill backup /var/backups/tidemill.db" },
		{ "tidemill backup --force weekly.db",
			"for a cron job (or a recipe)" },
	},
	run = run,
}
