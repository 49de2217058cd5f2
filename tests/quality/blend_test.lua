-- Blends on few rows: beside a constant, scikit-learn's linear models and
-- XGBoost, on the same rows in the same run.

local csv = require("csv")
local fs = require("fs")
local path = require("path")
local proc = require("proc")
local test = require("test")

local DATA <const> = os.getenv("TIDEMILL_DATA") or "../shared/data"
local PYTHON <const> = "/usr/bin/python3" -- Debian's has the peers
local PEERS <const> = "tests/quality/peers.py"
local FILE_MAX <const> = 256 << 20
local FIRST <const> = 300 -- rows of a team's begin

--- What would tell the answer, or is of no use in another project.
local NO_FEATURE <const> = { now_label = true, now_duration = true,
	gaussian = true, id = true, now_build_id = true, build_id = true }

local tests = {}

local function need_peers()
	if not fs.exists(DATA) then test.skip("no data") end
	if not fs.exists(PYTHON) or proc.run { PYTHON, "-c",
		"import sklearn, xgboost", check = false }.status ~= 0 then
		test.skip("no python3-sklearn and python3-xgboost")
	end
end

local function losses(kind, predictions, labels)
	local list = {}

	for i, label in ipairs(labels) do
		local p = predictions[i]
		if kind == "binary" then
			p = math.min(math.max(p, 1e-15), 1 - 1e-15)
			list[i] = -math.log(label == 1 and p or 1 - p)
		else
			list[i] = (p - label) ^ 2
		end
	end
	return list
end

local function mean(list)
	local sum = 0

	for _, value in ipairs(list) do sum = sum + value end
	return sum / #list
end

--- The mean of the differences, and its standard error.
local function compare(ours, theirs)
	local off, squares = mean(ours) - mean(theirs), 0

	for i, value in ipairs(ours) do
		squares = squares + (value - theirs[i] - off) ^ 2
	end
	return off, math.sqrt(squares / (#ours - 1) / #ours)
end

local function numbers(text)
	local list = {}

	for word in text:gmatch("%S+") do list[#list + 1] = tonumber(word) end
	return list
end

--- Losses of each row by model: { ours = {…}, constant = {…}, … }.
local function judge(kind, train, new, labels, more)
	local model = train .. ".model"
	local command = { "/proc/self/exe", "model", "train", "--data", train,
		"--label", "label", "--objective", kind, "--blend", "--out",
		model }
	for _, word in ipairs(more or {}) do command[#command + 1] = word end

	proc.run(command)
	local lines = proc.run { "/proc/self/exe", "model", "predict",
		"--model", model, "--data", new }.stdout
	local found = { ours = losses(kind,
		numbers(lines:gsub("^prediction\n", "")), labels) }
	local rows = proc.run { PYTHON, "-W", "ignore", PEERS, kind,
		more and train .. ".plain" or train, new }.stdout
	local names, at = {}, 0
	for line in rows:gmatch("[^\n]+") do
		if at == 0 then
			for name in line:gmatch("%S+") do
				names[#names + 1], found[name] = name, {}
			end
		else
			for i, value in ipairs(numbers(line)) do
				found[names[i]][at] = value
			end
		end
		at = at + 1
	end
	for _, name in ipairs(names) do
		found[name] = losses(kind, found[name], labels)
	end
	return found
end

local function print_row(name, found, best, off, err)
	print(("blend   %-26s ours %8.4f constant %8.4f linear %8.4f"
		.. " XGBoost %8.4f default %8.4f; to the best %+.4f +- %.4f"
		):format(name:sub(1, 26), mean(found.ours),
		mean(found.constant), mean(found.linear),
		mean(found.xgboost), mean(found.xgboost_default), off, err),
		best)
end

--- Prints the row; says whether each bar is met.
local function report(name, found)
	local best = "linear"

	for _, peer in ipairs { "xgboost", "xgboost_default" } do
		if mean(found[peer]) < mean(found[best]) then best = peer end
	end
	local off, err = compare(found.ours, found[best])
	local more, its_err = compare(found.ours, found.constant)
	print_row(name, found, best, off, err)
	return off <= err, more <= 0, more <= its_err
end

local function write_rows(name, header, rows, first, last, keep)
	local lines = { header }

	for i = first, last do
		if not keep or keep(i) then lines[#lines + 1] = rows[i] end
	end
	fs.write(name, table.concat(lines, "\n") .. "\n")
end

local function read_rows(name)
	local lines = {}

	for line in fs.read(name):gmatch("[^\n]+") do
		lines[#lines + 1] = line
	end
	return table.remove(lines, 1), lines
end

local function labels_of(rows, from, to, keep)
	local list = {}

	for i = from, to do
		if not keep or keep(i) then
			list[#list + 1] = tonumber(rows[i]:match("^[^,]*"))
		end
	end
	return list
end

local function generate(dir, name)
	proc.run { PYTHON, DATA .. "/gbt/gen.py", dir, name }
	local header, rows = read_rows(path.join(dir, name .. ".train.csv"))
	local _, new = read_rows(path.join(dir, name .. ".test.csv"))
	return header, rows, new
end

function tests.tiny500()
	need_peers()
	local dir = test.temp_dir()
	local _, _, new = generate(dir, "tiny500")
	local found = judge("binary", path.join(dir, "tiny500.train.csv"),
		path.join(dir, "tiny500.test.csv"), labels_of(new, 1, #new))
	local best, constant = report("tiny500", found)

	test.ok(best and constant)
end

--- Few rows to judge by: every row is foreseen, a fifth at a time.
local function by_fifths(name, kind)
	local dir = test.temp_dir()
	local header, rows, new = generate(dir, name)
	local all = {}

	for _, row in ipairs(new) do rows[#rows + 1] = row end
	for part = 0, 4 do
		local train = path.join(dir, "train.csv")
		local held = path.join(dir, "test.csv")
		local function is_held(i) return i % 5 == part end
		write_rows(train, header, rows, 1, #rows,
			function(i) return not is_held(i) end)
		write_rows(held, header, rows, 1, #rows, is_held)
		local found = judge(kind, train, held,
			labels_of(rows, 1, #rows, is_held))
		for model, list in pairs(found) do
			all[model] = all[model] or {}
			table.move(list, 1, #list, #all[model] + 1, all[model])
		end
	end
	return report(name, all)
end

function tests.breast_cancer()
	need_peers()
	local best, constant = by_fifths("breast_cancer", "binary")
	test.ok(best and constant)
end

function tests.diabetes()
	need_peers()
	local best, constant = by_fifths("diabetes", "regression")
	test.ok(best and constant)
end

--- A row a build, in their order; the label first, the time last.
local function builds_of(name)
	local plain = path.join(test.temp_dir(), "builds.csv")
	proc.run { "sh", "-c", 'gzip -dc "$1" >"$2"', "sh", name, plain }
	local rows = csv.decode(fs.read(plain, FILE_MAX))
	local last, list = {}, {}

	table.sort(rows, function(a, b)
		local x, y = tonumber(a.now_build_id), tonumber(b.now_build_id)
		if x ~= y then return x < y end
		return tonumber(a.build_id) < tonumber(b.build_id)
	end)
	for _, row in ipairs(rows) do
		local at = last[row.now_build_id] or #list + 1
		last[row.now_build_id], list[at] = at, row
	end
	local names = {}
	for key in pairs(list[1]) do
		if not NO_FEATURE[key] then names[#names + 1] = key end
	end
	table.sort(names)
	local lines, timed = {}, {}
	for i, row in ipairs(list) do
		local fields = { row.now_label == "0" and "1" or "0" }
		for _, key in ipairs(names) do
			fields[#fields + 1] = row[key]
		end
		lines[i] = table.concat(fields, ",")
		timed[i] = lines[i] .. "," .. row.now_build_id
	end
	return "label," .. table.concat(names, ","), lines, timed
end

local function judge_project(file)
	local dir = test.temp_dir()
	local train = path.join(dir, "train.csv")
	local held = path.join(dir, "test.csv")
	local header, lines, timed = builds_of(file)

	write_rows(train, header .. ",when", timed, 1, FIRST)
	write_rows(train .. ".plain", header, lines, 1, FIRST)
	write_rows(held, header, lines, FIRST + 1, #lines)
	return judge("binary", train, held,
		labels_of(lines, FIRST + 1, #lines), { "--time", "when" })
end

function tests.the_first_builds_of_each_project()
	need_peers()
	local dir = DATA .. "/ci_buildfast"
	if not fs.exists(dir) then test.skip("no data") end
	local projects, best, constant, nearly = 0, 0, 0, 0

	for _, name in ipairs(fs.list(dir)) do
		if name:find("%.csv%.gz$") then
			local is_best, is_less, is_near = report(
				name:gsub("%.csv%.gz$", ""),
				judge_project(path.join(dir, name)))
			projects = projects + 1
			best = best + (is_best and 1 or 0)
			constant = constant + (is_less and 1 or 0)
			nearly = nearly + (is_near and 1 or 0)
		end
	end
	print(("blend   of %d projects: no worse than the best peer %d, than"
		.. " a constant %d (within the error %d)"):format(projects,
		best, constant, nearly))
	test.equal(best, projects)
	test.equal(nearly, projects)
	test.ok(constant >= projects - 1)
end

return tests
