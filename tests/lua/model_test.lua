-- The module model and `tidemill model`: other libraries' models, CSV, errors.

local fs = require("fs")
local json = require("json")
local model = require("model")
local path = require("path")
local proc = require("proc")
local test = require("test")

local HERE <const> = path.dir(debug.getinfo(1, "S").source:match("^@(.*)$"))
local DATA <const> = path.absolute(path.join(HERE, "../data/gbt"))

local tests = {}

local function tidemill(dir, ...)
	return proc.run { "/proc/self/exe", check = false, cwd = dir, ... }
end

local function read(name)
	return model.read(fs.read(DATA .. "/" .. name), { file = name })
end

--- A tree of LightGBM's: left of 1.5 -1, right of it 2.
local STUMP <const> = [[
tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=age size
feature_infos=none none

Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=3
threshold=1.5
decision_type=10
left_child=-1
right_child=-2
leaf_value=-1 2
leaf_count=30 10
internal_count=40
is_linear=0
shrinkage=1


end of trees
]]

local function near(got, wanted)
	if math.abs(got - wanted) > 1e-9 then test.equal(got, wanted) end
end

function tests.rows_are_tables_or_lists()
	local stump = model.read(STUMP)

	test.equal(stump:predict({ age = 1, size = 5 }, true), -1.0)
	test.equal(stump:predict({ 2, 5 }, true), 2.0)
	test.equal(stump:predict({}, true), -1.0) -- missing goes left
	near(stump:predict { age = 2 }, 1 / (1 + math.exp(-2)))
	test.equal(stump:leaves { age = 2 }, { 1 })
end

function tests.contributions_sum_to_the_score()
	local stump = model.read(STUMP)
	local parts, bias = stump:contributions { age = 2 }

	near(bias, (30 * -1 + 10 * 2) / 40)
	near(parts.age, 2 - bias)
	test.equal(parts.size, nil)
end

function tests.a_model_says_what_it_is()
	local info = model.read(STUMP):info()

	test.equal(info.objective, "binary")
	test.equal(info.trees, 1)
	test.equal(info.features[1], { name = "age", splits = 1, gain = 3.0,
		levels = 0 })
end

function tests.damage_and_nonsense_raise()
	local image = model.read(STUMP):export()

	for _, bytes in ipairs { "", "hello", "{", "tree\n", STUMP:sub(1, 300),
		image:sub(1, -2), image:sub(1, 500) .. "x" .. image:sub(502) }
	do
		test.raises("invalid", function() model.read(bytes) end)
	end
	local problem = test.raises("invalid", function()
		model.read((STUMP:gsub("threshold=1.5", "threshold=high")),
			{ file = "m.txt" })
	end)
	test.equal(problem.message,
		"m.txt:16: 'high', expected a number")
end

function tests.what_is_exported_says_the_same()
	local first = read("mixed_ova.lgb.txt")
	local second = model.read(first:export("lightgbm"))
	local third = model.read(first:export())
	local row = { 1, 2, 3, 4, 5, 6, 7, 8 }

	local wanted = { first:predict(row) }
	test.equal(#wanted, 3)
	test.equal({ second:predict(row) }, wanted)
	test.equal({ third:predict(row) }, wanted)
end

function tests.a_file_of_rows_has_a_line_each()
	local dir = test.temp_dir()

	fs.write(dir .. "/m.txt", STUMP)
	fs.write(dir .. "/f.csv", "size,age,id\n5,1,a\n,2,b\n1,,c\n")
	local result = tidemill(dir, "model", "predict", "--model", "m.txt",
		"--data", "f.csv", "--raw")
	test.equal(result.stdout, "prediction\n-1.0\n2.0\n-1.0\n")
	result = tidemill(dir, "model", "predict", "--model", "m.txt",
		"--data", "f.csv", "--contributions")
	local lines = {}
	for line in result.stdout:gmatch("[^\n]+") do
		lines[#lines + 1] = line
	end
	test.equal(#lines, 4)
	test.equal(lines[1], "age,size,bias")
	local age, size, bias = lines[3]:match("^(.-),(.-),(.-)$")
	near(tonumber(age), 2.25)
	test.equal({ size, bias }, { "0.0", "-0.25" })
end

function tests.wrong_rows_have_a_place()
	local stump = model.read(STUMP)
	local function complaint(text)
		return test.raises("invalid", function()
			for _ in stump:scores(text, { file = "f.csv" }) do end
		end).message
	end

	test.equal(complaint("age,size\n1,2\nold,3\n"),
		"f.csv:3: 'old' in column 'age', expected a number")
	test.contains(complaint("age\n1\n"),
		"f.csv:1: there is no column 'size'")
	test.contains(complaint("age,size\n1\n"), "f.csv:2: ")
end

function tests.other_libraries_models_agree_on_files()
	local result = tidemill(DATA, "model", "predict", "--model",
		"mixed_binary.xgb17.json", "--data", "mixed_binary.xin.csv")
	local wanted = {}

	for line in fs.read(DATA .. "/mixed_binary.xgb17.out.csv")
		:gmatch("[^\n]+") do
		wanted[#wanted + 1] = tonumber(line:match("^[^,]+,([^,]+)"))
	end
	local row = -1
	for line in result.stdout:gmatch("[^\n]+") do
		row = row + 1
		if row > 0
			and math.abs(tonumber(line) - wanted[row]) > 1e-6 then
			test.equal({ row, tonumber(line) }, { row, wanted[row] })
		end
	end
	test.equal(row, #wanted)
end

function tests.a_model_is_imported_and_judged()
	local dir = test.temp_dir()

	fs.write(dir .. "/m.txt", STUMP)
	fs.write(dir .. "/f.csv", "age,size,y\n1,0,0\n2,0,1\n3,0,1\n0,0,0\n"
		.. "9,0,0\n")
	test.equal(tidemill(dir, "model", "import", "m.txt", "--out",
		"m").status, 0)
	local result = tidemill(dir, "model", "eval", "--model", "m",
		"--data", "f.csv", "--label", "y", "--json")
	local found = json.decode(result.stdout)
	test.equal(found.rows, 5)
	near(found.auc, (2 * 2 + 2 * 0.5) / 6)
	near(found.accuracy, 0.8)
	result = tidemill(dir, "model", "info", "--model", "m", "--json")
	test.equal(json.decode(result.stdout).trees, 1)
	result = tidemill(dir, "model", "export", "--model", "m")
	test.contains(result.stdout, "feature_names=age size")
	fs.write(dir .. "/f.csv", "age,size,y\n1,0,7\n")
	result = tidemill(dir, "model", "eval", "--model", "m", "--data",
		"f.csv", "--label", "y")
	test.contains(result.stderr,
		"f.csv:2: the label is 7, expected 0 or 1")
end

function tests.probabilities_are_calibrated()
	local lines = { "age,size,y" }
	local stump = model.read(STUMP)

	for i = 1, 200 do
		-- the model says 0.27 and 0.88; 0.1 and 0.5 is what happens
		lines[#lines + 1] = ("%d,0,%d"):format(i % 2 * 3,
			(i % 2 == 1 and i % 4 == 1 or i % 20 == 0) and 1 or 0)
	end
	local text = table.concat(lines, "\n") .. "\n"
	for _, method in ipairs { "platt", "isotonic", "best" } do
		local made = stump:calibrate(text, { label = "y",
			method = method })
		test.ok(math.abs(made:predict { age = 0 } - 0.1) < 0.02)
		test.ok(math.abs(made:predict { age = 3 } - 0.5) < 0.02)
		test.ok(made:evaluate(text, { label = "y" }).ece < 0.02)
		local again = model.read(made:export())
		test.equal(again:predict { age = 3 }, made:predict { age = 3 })
		test.equal(again:info().calibration ~= "none", true)
		test.raises("invalid", function() made:export("lightgbm") end)
	end
	test.raises("invalid", function()
		stump:calibrate("age,size,y\n1,1,1\n", { label = "y" })
	end)
end

function tests.long_files_are_read_in_parts()
	local dir = test.temp_dir()
	local stump, lines, wanted = model.read(STUMP), {}, {}

	-- quotes with line ends in them, over several windows of a megabyte
	for i = 1, 60000 do
		lines[i] = ('%d,"a note, %s\nwith ""%d"" and %d",7\n'):format(
			i % 3, ("x"):rep(i % 40), i, i)
		wanted[i] = i % 3 > 1 and "2.0" or "-1.0"
	end
	local text = "age,note,size\n" .. table.concat(lines)
	test.ok(#text > 3 << 20)
	fs.write(dir .. "/f.csv", text)
	for _, options in ipairs { { want = "raw" },
		{ want = "raw", read = true } } do
		local parts = {}
		for part in stump:scores(options.read and dir .. "/f.csv"
			or text, options) do
			parts[#parts + 1] = part
		end
		test.ok(table.concat(parts) == "prediction\n"
			.. table.concat(wanted, "\n") .. "\n")
	end
	fs.write(dir .. "/g.csv", text .. "1,2\n")
	local problem = test.raises("invalid", function()
		for _ in stump:scores(dir .. "/g.csv", { read = true }) do end
	end)
	test.contains(problem.message, "/g.csv:120002: ")
	test.raises("not_found", function()
		stump:scores(dir .. "/none.csv", { read = true })
	end)
end

function tests.shuffled_features_cost_what_they_are_worth()
	local dir = test.temp_dir()
	local stump, lines = model.read(STUMP), { "age,size,y" }

	for i = 1, 500 do
		lines[#lines + 1] = ("%d,%d,%d"):format(i % 2 * 3, i, i % 2)
	end
	local text = table.concat(lines, "\n") .. "\n"
	local worth, loss = stump:importance(text, { label = "y" })
	test.equal(worth.size, 0.0)
	test.ok(worth.age > 0.5 and loss < 0.3)
	test.equal(stump:importance(text, { label = "y" }), worth)
	test.ok(stump:importance(text, { label = "y", seed = 2 }).age
		~= worth.age)
	fs.write(dir .. "/m.txt", STUMP)
	fs.write(dir .. "/f.csv", text)
	local result = tidemill(dir, "model", "info", "--model", "m.txt",
		"--data", "f.csv", "--label", "y", "--json")
	test.equal(json.decode(result.stdout).features[1].loss, worth.age)
end

return tests
