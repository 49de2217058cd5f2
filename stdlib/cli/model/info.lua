--- tidemill model info: what a model is, and what it looks at.

local files = require("learn.model_files")

local SHOWN <const> = 30

local PARTS <const> = { "trees", "linear", "rates", "constant" }

local function shares_text(shares)
	local parts = {}

	for _, part in ipairs(PARTS) do
		parts[#parts + 1] = ("%s %.1f %%"):format(part,
			100 * (shares[part] or 0))
	end
	return "blend: " .. table.concat(parts, ", ")
end

local function print_text(call, info)
	call:print(("%s, %d trees, %d leaves, depth %d, %d features%s"):format(
		info.objective, info.trees, info.leaves, info.depth,
		#info.features, info.outputs > 1
			and (", %d outputs"):format(info.outputs) or ""))
	if info.calibration ~= "none" then
		call:print("calibrated: " .. info.calibration)
	end
	if info.shares then call:print(shares_text(info.shares)) end
	for _, note in ipairs(info.about) do
		if note:sub(1, 6) ~= "share." then call:print(note) end
	end

	local lines, total = {}, 0
	for _, feature in ipairs(info.features) do
		total = total + feature.gain
	end
	table.sort(info.features, function(a, b)
		if a.gain ~= b.gain then return a.gain > b.gain end
		return a.name < b.name
	end)
	for i = 1, math.min(SHOWN, #info.features) do
		local feature = info.features[i]
		if feature.splits > 0 then
			lines[#lines + 1] = { feature.name,
				("%.1f %%"):format(100 * feature.gain
					/ math.max(total, 1e-300)),
				tostring(feature.splits), feature.loss
				and ("%+.5f"):format(feature.loss) or nil }
		end
	end
	local columns = { { title = "FEATURE" }, { title = "GAIN" },
		{ title = "SPLITS" } }
	if info.loss then columns[4] = { title = "LOSS" } end
	call:table(columns, lines)
end

--- What shuffling each feature costs, when there are rows with labels.
local function add_importance(call, model, info)
	local data = call.options.data

	if not data then return end
	local worth, loss = model:importance(data, { read = true,
		label = files.need(call, "label", "COLUMN") })
	info.loss = loss
	for _, feature in ipairs(info.features) do
		feature.loss = worth[feature.name]
	end
end

---@type cli.Verb
return {
	summary = "say what a model is and which features matter",
	description = [[
Gain is what a feature's splits gained in training. With --data and --label it
is also said how much the loss grows when the feature is shuffled among the
rows: log loss of classes, else the mean squared error.]],
	options = { files.MODEL, files.DATA, files.LABEL },
	examples = { { "tidemill model info --model m --json" } },
	run = function(call)
		local name = files.need(call, "model")
		local model = files.model(name)
		local info = model:info()

		add_importance(call, model, info)
		if call.json then
			local json = require("json")
			for _, list in ipairs { "features", "classes", "about" } do
				json.array(info[list])
			end
			call:print_json(info)
		else
			print_text(call, info)
		end
		return 0
	end,
}
