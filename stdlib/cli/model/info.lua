--- tidemill model info: what a model is, and what it looks at.

local files = require("learn.model_files")

local SHOWN <const> = 30

local function print_text(call, info)
	call:print(("%s, %d trees, %d leaves, depth %d, %d features%s"):format(
		info.objective, info.trees, info.leaves, info.depth,
		#info.features, info.outputs > 1
			and (", %d outputs"):format(info.outputs) or ""))
	if info.calibration ~= "none" then
		call:print("calibrated: " .. info.calibration)
	end
	for _, note in ipairs(info.about) do call:print(note) end

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
				tostring(feature.splits) }
		end
	end
	call:table({ { title = "FEATURE" }, { title = "GAIN" },
		{ title = "SPLITS" } }, lines)
end

---@type cli.Verb
return {
	summary = "say what a model is and which features matter",
	options = { files.MODEL },
	examples = { { "tidemill model info --model m --json" } },
	run = function(call)
		local name = files.need(call, "model")
		local info = files.model(name):info()

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
