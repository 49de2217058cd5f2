--- tidemill wrap: any command as a run with one step.

local function run(call)
	local name = call.args[1]
	local words = { table.unpack(call.args, 2) }

	if #words == 0 then
		call:misused("'wrap' wants a command: wrap %s -- CMD…", name)
	end
	local recipes = require("recipe.load")
	local status = 0
	local path = require("fs").current_dir() .. "/" .. name
	local recipe = recipes.read({ name = name, run = function(ctx)
		local ok, why = pcall(ctx.step, ctx, name, { words })
		if ok then return end
		status = why.status or 1
		error(why, 0)
	end }, { file = "wrap" })
	recipe.path, recipe.hash = path, require("recipe.hash").text(
		table.concat(words, "\0"))
	local db = call:store("write")
	local runner = require("run.open").new(db, recipe, {}, {
		home = call.home, foreground = true,
		workspace = require("fs").current_dir(),
		observer = require("run.observer").passing() })
	local code = runner:main()
	return status ~= 0 and status or code
end

---@type cli.Verb
return {
	summary = "run any command under history",
	description = "For crontab lines and scripts: the command's output is"
		.. " shown and recorded, its exit status passed on, and 'ls',"
		.. " 'show' and 'logs' know it as a run named NAME.",
	usage = "wrap NAME -- CMD…",
	stop_early = true,
	arguments = {
		{ name = "NAME", help = "of the run" },
		{ name = "CMD", many = true, help = "the command" },
	},
	examples = {
		{ "tidemill wrap backup -- rsync -a /srv /backup",
			"a crontab line whose failures can be looked at" },
	},
	run = run,
}
