-- Learns the judges of `tidemill config scan` anew: `make learn-config`.
--
-- Real changes of real projects are the good ones. For each, one mistake is
-- made on purpose, of the kinds that people make; mistakes that are known are
-- added. Every fourth project (p03, p07, …) is left out: `make quality-config`
-- tells by them what other teams can expect.

local config_scan = require("config_scan")
local fs = require("fs")
local json = require("json")
local model_train = require("model_train")
local test = require("test")
local time = require("time")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data")
	.. "/config_history"
local OUT <const> = "stdlib/config/scan/"
local PER_PROJECT <const> = 250 -- changes
local SNAPSHOTS <const> = 10 -- of a project
local GOOD_ROWS <const> = 120 -- of a snapshot
local WORLD_LEAST <const> = 6 -- what fewer keys said is not shipped

local function read(name) return json.decode(fs.read(DATA .. "/" .. name)) end

local function held_out(id) return tonumber(id:sub(2)) % 4 == 3 end

local function any(list) return list[math.random(#list)] end

local function sorted_keys(map)
	local list = {}

	for key in pairs(map) do list[#list + 1] = key end
	table.sort(list)
	return list
end

--- A slip of the pen: a letter left out, put in, swapped or replaced.
local function typo(text)
	local places = {}

	for at in text:gmatch("()%a") do places[#places + 1] = at end
	if #places < 4 or #text > 200 then return nil end
	local at, letter = any(places), string.char(math.random(97, 122))
	local before, here, after = text:sub(1, at - 1), text:sub(at, at),
		text:sub(at + 1)
	return any { before .. after, before .. letter .. here .. after,
		before .. after:sub(1, 1) .. here .. after:sub(2),
		before .. letter .. after }
end

local function amount(value)
	local text = tostring(value)
	local number, unit = text:match("^(%-?%d+%.?%d*)%s*([%a%%]*)$")

	return tonumber(number), unit
end

local function other_unit(unit)
	local near = { Mi = { "Gi", "M", "mi", "" }, Gi = { "Mi", "G", "gi" },
		m = { "Mi", "", "M", "h" }, s = { "ms", "m", "" },
		ms = { "s", "" }, h = { "m", "s", "d" } }

	return any(near[unit] or { "", unit:upper() ~= unit and unit:upper()
		or unit:lower() })
end

--- The kinds of mistakes: what a value becomes, or nil.
local kinds = {}

function kinds.typo(value)
	return type(value) == "string" and not value:find("\n")
		and typo(value) or nil
end

function kinds.placeholder(_, path)
	local name = path:match("[^/]+$"):gsub("[%[%]]", "")

	return any { "TO" .. "DO", "changeme", "xxx", "<environment>",
		"{{ " .. name .. " }}", "${" .. name .. "}", "example.com",
		"<" .. name .. ">", "TBD", "replace-me" }
end

function kinds.format(value)
	if type(value) ~= "string" or #value < 4 then return nil end
	local list = { value .. '"', "'" .. value, value .. " ", value .. ".",
		value .. ",", (value:gsub("%.", "..", 1)),
		(value:gsub("://", ":/")), (value:gsub("^%a+://", "")),
		(value:gsub("^http", "htp")), value:lower() }
	local changed = any(list)
	return changed ~= value and changed or nil
end

function kinds.unit(value)
	local number, unit = amount(value)

	if number and unit ~= "" then
		return value:sub(1, #value - #unit) .. other_unit(unit)
	end
end

function kinds.range(value)
	local number, unit = amount(value)

	if not number or number == 0 then return nil end
	local new = any { number * 10, number * 100, -number, 0, number / 10,
		number * 1000, number / 100 }
	new = math.tointeger(new) or new
	return type(value) == "string" and new .. unit or new
end

function kinds.type(value)
	return any(type(value) == "string" and { 0, true, "n/a", json.null,
		"" } or { "n/a", "true", json.null, "", "auto" })
end

function kinds.reference(value, _, others)
	if type(value) ~= "string" or #others == 0 then return nil end
	local other = any(others)
	return other ~= value and other or nil
end

function kinds.swapped(value, path, _, siblings)
	for _, environment in ipairs(sorted_keys(siblings)) do
		local there = siblings[environment][path]
		if there ~= nil and there ~= value then return there end
	end
end

local NAMES <const> = { "typo", "placeholder", "format", "unit",
	"range", "type", "reference", "swapped", "key", "removed" }

--- What is known at a moment: the values of all environments, and texts.
local function texts_of(state)
	local list = {}

	for _, values in pairs(state) do
		for _, value in pairs(values) do
			if type(value) == "string" and #value > 2 then
				list[#list + 1] = value
			end
		end
	end
	table.sort(list)
	return list
end

local function pairs_of(change)
	local list = {}

	for environment, delta in pairs(change) do
		for path, value in pairs(delta.set or {}) do
			if type(value) ~= "table" then
				list[#list + 1] = { environment, path, value }
			end
		end
	end
	table.sort(list, function(a, b)
		return a[1] .. a[2] < b[1] .. b[2]
	end)
	return list
end

local function copy(change)
	local new = {}

	for environment, delta in pairs(change) do
		local into = { set = {}, del = {} }
		for path, value in pairs(delta.set or {}) do
			into.set[path] = value
		end
		table.move(delta.del or {}, 1, #(delta.del or {}), 1, into.del)
		new[environment] = into
	end
	return new
end

--- Does another environment have the key, or get it?
local function elsewhere(new, state, environment, path)
	for other, values in pairs(state) do
		if other ~= environment and values[path] ~= nil then
			return true
		end
	end
	for other, delta in pairs(new) do
		if other ~= environment and delta.set[path] ~= nil then
			return true
		end
	end
	return false
end

--- Forgets a key here that others get, or removes one that others keep.
local function remove_one(new, state)
	local forget = math.random() < .4

	for _, environment in ipairs(sorted_keys(new)) do
		local delta, list = new[environment], {}
		local here = state[environment] or {}
		for _, path in ipairs(sorted_keys(forget and delta.set
			or here)) do
			local fits = here[path] == nil
			if not forget then fits = delta.set[path] == nil end
			if fits and elsewhere(new, state, environment, path)
				then
				list[#list + 1] = path
			end
		end
		if #list > 0 then
			local path = any(list)
			if forget then
				delta.set[path] = nil
			else
				table.insert(delta.del, path)
			end
			return { [environment .. path] = true }
		end
	end
end

--- Gives a key that is set a wrong name; the right one goes if it was there.
local function misspell(delta, environment, path, was_there)
	local base = path:match("[^/]+$")
	local wrong = base:sub(1, 1) ~= "[" and typo(base)

	if not wrong or wrong == base then return nil end
	local at = path:sub(1, #path - #base) .. wrong
	delta.set[at], delta.set[path] = delta.set[path], nil
	if was_there then table.insert(delta.del, path) end
	return { [environment .. at] = true, [environment .. path] = true }
end

--- The change with a mistake of this kind, and its keys; nil: it cannot be.
local function spoil_by(change, kind, state, texts)
	local new, list = copy(change), pairs_of(change)

	if kind == "removed" then
		local keys = remove_one(new, state)
		return keys and new, keys
	elseif #list == 0 then
		return nil
	end
	for _ = 1, 8 do
		local environment, path, value = table.unpack(any(list))
		local wrong = kind == "key"
			or kinds[kind](value, path, texts, state)
		if kind == "key" then
			local keys = misspell(new[environment], environment,
				path, (state[environment] or {})[path] ~= nil)
			if keys then return new, keys end
		elseif wrong ~= nil and wrong ~= value then
			new[environment].set[path] = wrong
			return new, { [environment .. path] = true }
		end
	end
end

local made = {} -- how often each kind was

--- The change with one mistake in it, rather of a rare kind, and its keys.
local function spoil(change, state, texts)
	local order = {}

	for i, kind in ipairs(NAMES) do
		order[i] = { kind, (made[kind] or 0) * (.5 + math.random()) }
	end
	table.sort(order, function(a, b) return a[2] < b[2] end)
	for i = 1, 6 do
		local kind = order[i][1]
		local new, keys = spoil_by(change, kind, state, texts)
		if new then
			made[kind] = (made[kind] or 0) + 1
			return new, keys
		end
	end
end

local features = config_scan.features()

local function new_table()
	return { table.concat(features, ",") .. ",mistake,weight\n" }
end

local function add_rows(rows, into, keys, weight, wrong_weight)
	wrong_weight = wrong_weight or 3
	for _, row in ipairs(rows) do
		local line = {}
		local wrong = keys[row.environment .. row.path] or false
		for i, name in ipairs(features) do
			local value = row.features[name]
			line[i] = value and ("%.6g"):format(value) or ""
		end
		line[#line + 1] = wrong and "1" or "0"
		line[#line + 1] = ("%.4g"):format(wrong and wrong_weight
			or weight)
		into[#into + 1] = table.concat(line, ",") .. "\n"
	end
end

local function apply(state, change)
	for environment, delta in pairs(change) do
		local values = state[environment] or {}
		state[environment] = values
		for path, value in pairs(delta.set or {}) do
			values[path] = value
		end
		for _, path in ipairs(delta.del or {}) do values[path] = nil end
	end
end

local function add_to_world(world, project)
	local count = 0

	for _, commit in ipairs(project.commits) do
		for _, delta in pairs(commit.delta) do
			for path, value in pairs(delta.set or {}) do
				world:add(path, value)
				count = count + 1
			end
		end
		if count > 4000 then return end
	end
end

local function world_of(projects, without)
	local world = config_scan.world()

	for _, project in ipairs(projects) do
		if project.id ~= without then add_to_world(world, project) end
	end
	return world
end

--- Rows of a snapshot with a mistake: all that are wrong, some that are not.
local function add_snapshot(into, world, state, texts)
	local all = {}

	for environment, values in pairs(state) do
		all[environment] = { set = values }
	end
	local new, keys = spoil(all, state, texts)
	if not new then return end
	for _, delta in pairs(new) do
		for _, path in ipairs(delta.del) do delta.set[path] = nil end
		delta.del = nil
	end
	local scan = config_scan.new(world)
	scan:learn(new)
	local rows, some = scan:audit(), {}
	for _, row in ipairs(rows) do
		if keys[row.environment .. row.path]
			or math.random() < GOOD_ROWS / #rows then
			some[#some + 1] = row
		end
	end
	add_rows(some, into, keys, .3)
end

local function study(project, world, known, changes, snapshots)
	local scan, state = config_scan.new(world), {}
	local count = #project.commits

	for i, commit in ipairs(project.commits) do
		for _, case in ipairs(known[i - 1] or {}) do
			local rows = scan:review(case.delta)
			add_rows(rows, changes, case.keys,
				2 / math.sqrt(#rows + 1), case.undecidable
				and .3 or 6)
		end
		if i > 3 and not known[i - 1]
			and math.random() < PER_PROJECT / count then
			local texts = texts_of(state)
			local rows = scan:review(commit.delta)
			add_rows(rows, changes, {}, 1 / math.sqrt(#rows + 1))
			local new, keys = spoil(commit.delta, state, texts)
			if new and #rows < 200 then
				add_rows(scan:review(new), changes, keys,
					1 / math.sqrt(#rows + 1))
			end
		end
		scan:learn(commit.delta)
		apply(state, commit.delta)
		if i > count // 4 and math.random() < SNAPSHOTS / count then
			for _ = 1, 3 do
				add_snapshot(snapshots, world, state,
					texts_of(state))
			end
		end
	end
end

local function learn(lines, name)
	local model = model_train.train(table.concat(lines), {
		label = "mistake", weight = "weight", trees = 150, leaves = 12,
		rate = .08, min_data = 20, l2 = 5, feature_share = .8 })

	fs.write(OUT .. name .. ".model", model:export())
	print(("%s: %d rows, %d trees"):format(name, #lines - 1,
		model:info().trees))
end

--- Cases with what is wrong in them, by project and commit.
local function known_cases()
	local labels, by = read("labels.json"), {}

	for _, case in ipairs(read("cases.json").cases) do
		local project = by[case.project] or {}
		by[case.project] = project
		project[case.after] = project[case.after] or {}
		case.keys = {}
		case.undecidable = labels[case.id].type == "bool_flip"
		for _, key in ipairs(labels[case.id].keys or {}) do
			case.keys[key[1] .. key[2]] = true
		end
		table.insert(project[case.after], case)
	end
	return by
end

return { judges_are_learned = function()
	if not fs.exists(DATA) then test.skip("no data") end
	local projects, known = {}, known_cases()
	local changes, snapshots = new_table(), new_table()

	math.randomseed(7)
	for _, project in ipairs(read("projects.json").projects) do
		if not held_out(project.id) then
			projects[#projects + 1] = project
		end
	end
	for _, project in ipairs(projects) do
		study(project, world_of(projects, project.id),
			known[project.id] or {}, changes, snapshots)
		time.sleep(1) -- a script must wait now and then
	end
	learn(changes, "change")
	time.sleep(1)
	learn(snapshots, "audit")
	time.sleep(1)
	local world = world_of(projects)
	for _, file in ipairs(read("population.json").files) do
		for path, value in pairs(file.values) do
			world:add(path, value)
		end
	end
	fs.write(OUT .. "names.world", world:write(WORLD_LEAST))
end }
