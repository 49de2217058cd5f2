--- What the subverbs of `tidemill model` share: files and options.

local files = {}

--- Bytes of a file of data or of a model, at most.
local FILE_MAX <const> = 16 << 30

files.MODEL = { name = "model", argument = "FILE", complete = "file",
	help = "a model: of Tidemill, LightGBM's text or XGBoost's JSON" }
files.DATA = { name = "data", argument = "FILE", complete = "file",
	replaces = true,
	help = "CSV with a header; a column for each feature" }
files.LABEL = { name = "label", argument = "COLUMN",
	help = "the column that holds what is to be predicted" }

--- The value of an option that must be there.
function files.need(call, name, argument)
	local value = call.options[name]

	if not value then
		call:misused("--%s %s is missing", name, argument or "FILE")
	end
	return value
end

function files.read(name)
	return require("fs").read(name, FILE_MAX)
end

function files.model(name)
	return require("model").read(files.read(name), { file = name })
end

return files
