-- Hard checks of configuration on real changes: clean ones raise no alarm.

local fs = require("fs")
local hard = require("config.hard")
local json = require("json")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/config_history"

local tests = {}

local function alarm(case)
	for _, delta in pairs(case.delta) do
		for key, value in pairs(delta.set or {}) do
			local found = hard.judge(key, value)
			if found then return found, key, value end
		end
	end
end

function tests.clean_changes_raise_no_alarm()
	if not fs.exists(DATA) then test.skip("no data") end
	local labels = json.decode(fs.read(DATA .. "/labels.json"))
	local clean, false_alarms, seen, types = 0, 0, {}, {}

	local cases = json.decode(fs.read(DATA .. "/cases.json"))
	for _, case in ipairs(cases.cases) do
		local label = labels[case.id]
		local found, key, value = alarm(case)
		if label.label == "clean" then
			clean = clean + 1
			if found then
				false_alarms = false_alarms + 1
				if os.getenv("SHOW") then
					print("false", key, value,
						found.message)
				end
			end
		elseif label.label == "injected" then
			types[label.type] = (types[label.type] or 0) + 1
			if found then
				seen[label.type] = (seen[label.type] or 0) + 1
			elseif os.getenv("SHOW") == label.type then
				print("missed", label.type, json.encode(
					label.new), json.encode(label.keys))
			end
		end
	end
	print(("config  hard checks: false alarms %d of %d clean changes")
		:format(false_alarms, clean))
	for name, count in pairs(types) do
		print(("config  hard checks: %-14s %d of %d seen"):format(name,
			seen[name] or 0, count))
	end
	test.ok(false_alarms / clean <= .01)
end

return tests
