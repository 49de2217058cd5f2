--- tidemill model export: a model as LightGBM's text.

local files = require("learn.model_files")

---@type cli.Verb
return {
	summary = "write a model as LightGBM's text",
	options = {
		files.MODEL,
		{ name = "format", argument = "NAME", default = "lightgbm",
			choices = { "lightgbm", "tidemill" },
			help = "what to write" },
		{ name = "out", argument = "FILE", complete = "file",
			help = "where it goes; standard output without it" },
	},
	examples = { { "tidemill model export --model m --out lgb.txt" } },
	run = function(call)
		local name = files.need(call, "model")
		local bytes = files.model(name):export(call.options.format)

		if call.options.out then
			require("fs").write(call.options.out, bytes)
		else
			call:write(bytes)
		end
		return 0
	end,
}
