-- The module model_train, and the verb.

local fs = require("fs")
local json = require("json")
local model_train = require("model_train")
local path = require("path")
local proc = require("proc")
local test = require("test")

local tests = {}

local function rows(count)
	local lines = { "when,seconds,branch,failed" }

	for i = 1, count do
		lines[#lines + 1] = ("%d,%s,%s,%d"):format(count - i,
			i % 17 == 0 and "" or i % 60, i % 3 == 0 and "main"
			or "topic", i % 60 > 40 and 1 or 0)
	end
	return table.concat(lines, "\n") .. "\n"
end

local function train(text, more)
	local options = { label = "failed", ignore = "when",
		categorical = "branch", file = "runs.csv" }

	for key, value in pairs(more or {}) do options[key] = value end
	return model_train.train(text, options)
end

local function refuses(message, text, more)
	local ok, problem = pcall(train, text, more)

	test.equal(ok, false)
	test.ok(tostring(problem.message or problem):find(message, 1, true),
		tostring(problem.message or problem))
end

function tests.what_was_learned_is_predicted()
	local model = train(rows(600))

	test.ok(model:predict { 55, 0 } > .8)
	test.ok(model:predict { 5, 1 } < .2)
	test.equal(#model:info().features, 2)
end

function tests.the_same_seed_makes_the_same_model()
	local text = rows(300)

	test.equal(train(text, { row_share = .5 }):export(),
		train(text, { row_share = .5 }):export())
	test.ok(train(text, { row_share = .5 }):export()
		~= train(text, { row_share = .5, seed = 9 }):export())
end

function tests.rows_are_put_into_the_order_of_time()
	local text = rows(300)
	local model = train(text, { ignore = {}, time = "when",
		early_stop = 5, trees = 200 })

	test.ok(model:info().trees < 200)
	test.equal(#model:info().features, 2)
end

function tests.a_blend_is_one_model_of_several()
	local text = rows(300)
	local model = train(text, { blend = true })
	local info = model:info()
	local sum = 0

	for _, share in pairs(info.shares) do sum = sum + share end
	test.ok(math.abs(sum - 1) < 1e-3)
	local parts, bias = model:contributions { 50, "main" }
	for _, part in pairs(parts) do bias = bias + part end
	test.ok(math.abs(bias - model:predict({ 50, "main" }, true)) < 1e-9)
	test.equal(train(text, { blend = true }):export(), model:export())
	local again = require("model").read(model:export())
	test.equal(again:predict { 50, "other" },
		model:predict { 50, "other" })
	test.ok(model:evaluate(text, { label = "failed" }).auc > .9)
	local calibrated = model:calibrate(text, { label = "failed",
		method = "platt" })
	test.equal(calibrated:info().shares, info.shares)
	test.equal(calibrated:predict({ 50, "main" }, true),
		model:predict({ 50, "main" }, true))
	local ok, problem = pcall(model.export, model, "lightgbm")
	test.equal(ok, false)
	test.ok(problem.message:find("blend", 1, true))
	test.ok(model:importance(text, { label = "failed" }).seconds > 0)
end

function tests.a_blend_of_which_only_trees_are_left_is_trees()
	local lines = { "a,b,y" }
	for i = 1, 6000 do
		local a, b = i * 37 % 100, i * 53 % 101
		lines[i + 1] = ("%d,%d,%d"):format(a, b,
			(a > 50) == (b > 50) and 1 or 0)
	end
	local model = model_train.train(table.concat(lines, "\n") .. "\n", {
		label = "y", blend = true })
	local info = model:info()

	test.ok(info.shares.trees > .9)
	if info.shares.linear == 0 and info.shares.rates == 0 then
		test.ok(model:export("lightgbm"):find("^tree"))
	end
	test.ok(model:predict { 90, 90 } > .9)
	test.ok(model:predict { 90, 10 } < .1)
end

function tests.a_blend_takes_time_few_rows_and_one_class()
	local blend = { blend = true, ignore = {}, time = "when" }

	test.ok(train(rows(300), blend):predict { 55, "main" } > .3)
	local head = "when,seconds,branch,failed\n"
	local alone = train(head .. "1,2,main,1\n", blend)
	test.ok(alone:predict { 2, "main" } > .5)
	test.ok(alone:predict { 2, "main" } < 1)
	local same = train(head .. ("1,2,main,0\n"):rep(50), blend)
	test.ok(same:predict { 2, "main" } < .1)
	refuses("a blend cannot have the objective 'poisson'", rows(20),
		{ blend = true, objective = "poisson" })
end

function tests.cross_validation_foresees_rows_that_are_new()
	local options = { label = "failed", categorical = "branch",
		ignore = "when", folds = 4 }
	local found = model_train.cross(rows(400), options)

	test.equal(#found.folds, 4)
	test.equal(found.rows, 400)
	test.equal(found.ordered, false)
	test.ok(found.auc > .9)
	for _, fold in ipairs(found.folds) do
		test.equal(fold.rows + fold.learned, 400)
	end
	options.ignore, options.time, options.blend = nil, "when", true
	found = model_train.cross(rows(120), options)
	test.equal(found.ordered, true)
	test.equal(found.rows, 80)
	test.equal(found.folds[1].learned, 40)
	test.equal(found.folds[4].learned, 100)
	local ok, problem = pcall(model_train.cross, rows(5), options)
	test.equal(ok, false)
	test.ok(problem.message:find("5 rows, expected at least 10", 1, true))
end

--- y is x, and one row in ten 100 more; w is 1, of those 9.
local function uneven()
	local lines = { "x,w,y" }

	for i = 1, 200 do
		local odd = i % 10 == 0
		lines[i + 1] = ("%d,%d,%d"):format(i % 7, odd and 9 or 1,
			i % 7 + (odd and 100 or 0))
	end
	return table.concat(lines, "\n") .. "\n"
end

function tests.rows_count_by_their_weight()
	local text = uneven()
	local model = model_train.train(text, { label = "y", ignore = "w",
		objective = "l1", trees = 100 })
	local plain = model:evaluate(text, { label = "y" })
	local weighed = model:evaluate(text, { label = "y", weight = "w" })

	test.ok(plain.mae > 9 and plain.mae < 12, plain.mae)
	test.ok(weighed.mae > 45 and weighed.mae < 55, weighed.mae)
	local ok, problem = pcall(model.evaluate, model,
		"x,w,y\n1,0,2\n", { label = "y", weight = "w" })
	test.equal(ok, false)
	test.ok(problem.message:find("data:2: the weight is 0", 1, true))
end

function tests.an_interval_has_a_coverage()
	local text = uneven()
	local function quantile(alpha)
		return model_train.train(text, { label = "y", ignore = "w",
			objective = "quantile", alpha = alpha, trees = 200 })
	end
	local found = quantile(.05):evaluate(text, { label = "y",
		upper = quantile(.8) })

	test.ok(found.coverage >= .5 and found.coverage <= .95,
		found.coverage)
	test.ok(found.width > 0 and found.pinball > 0)
	local binary = train(rows(200))
	local ok = pcall(binary.evaluate, binary, rows(200), {
		label = "failed", upper = binary })
	test.equal(ok, false)
end

function tests.wrong_tables_are_errors()
	refuses("runs.csv:2: 'x' in column 'seconds', expected a number",
		"when,seconds,branch,failed\n1,x,main,0\n")
	refuses("runs.csv:3", "when,seconds,branch,failed\n1,2,a,0\n1,2\n")
	refuses("there is no column 'nothing'", rows(9),
		{ label = "nothing" })
	refuses("runs.csv:2: there is no label",
		"when,seconds,branch,failed\n1,2,main,\n")
	refuses("the label of row 1 is 3, expected 0 or 1",
		"when,seconds,branch,failed\n1,2,main,3\n")
	refuses("expected one of each at least",
		"when,seconds,branch,failed\n")
	refuses("no objective 'best'", rows(9), { objective = "best" })
	refuses("leafs", rows(9), { leafs = 3 })
end

function tests.the_verb_learns_predicts_and_judges()
	local dir = test.temp_dir()
	local function run(...)
		return proc.run { "/proc/self/exe", "model", check = false,
			cwd = dir, ... }
	end

	fs.write(path.join(dir, "runs.csv"), rows(400))
	local learned = run("train", "--data", "runs.csv", "--label",
		"failed", "--categorical", "branch", "--ignore", "when",
		"--trees", "30", "--out", "m", "--json")
	test.equal(learned.status, 0)
	test.equal(json.decode(learned.stdout).trees, 30)
	test.equal(run("train", "--data", "runs.csv", "--label", "failed",
		"--ignore", "when,branch", "--monotone", "seconds:+",
		"--threads", "2", "--out", "n").status, 0)
	test.equal(run("train", "--data", "runs.csv", "--label", "failed",
		"--monotone", "seconds", "--out", "n").status, 2)
	local refused = run("train", "--data", "runs.csv", "--label", "failed",
		"--ignore", "branch", "--monotone", "size:-", "--out", "n")
	test.ok(refused.status ~= 70 and refused.stderr:find(
		"no feature 'size'", 1, true), refused.stderr)
	local predicted = run("predict", "--model", "m", "--data", "runs.csv")
	test.equal(select(2, predicted.stdout:gsub("\n", "")), 401)
	local judged = json.decode(run("eval", "--model", "m", "--data",
		"runs.csv", "--label", "failed", "--json").stdout)
	test.ok(judged.auc > .95)
	local crossed = run("cv", "--data", "runs.csv", "--label", "failed",
		"--categorical", "branch", "--ignore", "when", "--folds", "3",
		"--json")
	test.equal(#json.decode(crossed.stdout).folds, 3)
	test.equal(run("cv", "--data", "runs.csv", "--label", "failed",
		"--folds", "1").status, 2)
	local wrong = run("train", "--data", "runs.csv", "--label", "failed",
		"--out", "m", "--trees", "many")
	test.equal(wrong.status, 2)
	test.ok(wrong.stderr:find("is no number", 1, true), wrong.stderr)
end

function tests.threads_make_the_same_model()
	local lines, seed = { "a,b,c,label\n" }, 1

	for i = 1, 30000 do
		seed = (seed * 1103515245 + 12345) % 2147483648
		local a, b = seed % 1000, seed // 1000 % 77
		lines[#lines + 1] = ("%d,%d,%d,%d\n"):format(a, b, i % 13,
			(a * b + i) % 97 > 48 and 1 or 0)
	end
	local text, models = table.concat(lines), {}
	for _, threads in ipairs { 1, 2, 3, 8 } do
		models[#models + 1] = model_train.train(text, {
			label = "label", trees = 8, threads = threads })
			:export()
	end
	for i = 2, #models do test.ok(models[i] == models[1]) end
	local ok, problem = pcall(model_train.train, text, {
		label = "label", threads = 1000 })
	test.ok(not ok and problem.message:find("threads is 1000", 1, true),
		tostring(problem))
end

function tests.monotone_columns_keep_their_order()
	local lines = { "up,down,free,label\n" }

	math.randomseed(4)
	for i = 1, 4000 do
		local up, down, free = i % 50, i // 50 % 40, i % 7
		local y = math.sin(up / 6) * 3 + up / 20 - down / 10
			+ math.cos(down / 4) + free + math.random()
		lines[#lines + 1] = ("%d,%d,%d,%.4f\n"):format(up, down, free,
			y)
	end
	local text = table.concat(lines)
	local function learn(more)
		more.label, more.objective, more.trees = "label", "regression",
			40
		return model_train.train(text, more)
	end
	local function falls(model, column)
		local count = 0
		for other = 0, 39, 3 do
			local last
			for value = 0, 39 do
				local row = { up = other, down = other,
					free = 3 }
				row[column] = value
				local one = model:predict { row.up, row.down,
					row.free }
				one = type(one) == "table" and one[1] or one
				count = count + (last and one < last - 1e-12
					and 1 or 0)
				last = one
			end
		end
		return count
	end

	local plain = learn {}
	test.ok(falls(plain, "up") > 0)
	local model = learn { monotone = { up = 1, down = -1 }, leaves = 31 }
	test.equal(falls(model, "up"), 0)
	test.equal(falls(learn { monotone = { down = 1 } }, "down"), 0)
	local ok, problem = pcall(learn, { monotone = { upp = 1 } })
	test.ok(not ok and tostring(problem):find("no feature 'upp'", 1, true))
	ok, problem = pcall(learn, { monotone = { up = 1 }, blend = true })
	test.ok(not ok and problem.message:find("monotone", 1, true))
end

function tests.classes_are_balanced()
	local lines = { "a,b,label\n" }

	for i = 1, 2000 do
		lines[#lines + 1] = ("%d,%d,%d\n"):format(i % 10, i % 7,
			i % 50 == 0 and 1 or 0)
	end
	local text = table.concat(lines)
	local function mean(balance)
		local model = model_train.train(text, { label = "label",
			trees = 1, rate = .001, balance = balance })
		local one = model:predict { 3, 3 }
		return type(one) == "table" and one[1] or one
	end

	test.ok(math.abs(mean(false) - .02) < .01, mean(false))
	test.ok(math.abs(mean(true) - .5) < .01, mean(true))
	local ok, problem = pcall(model_train.train, text, { label = "label",
		objective = "regression", balance = true })
	test.ok(not ok and problem.message:find("balance is of", 1, true))
end

function tests.training_goes_on_with_a_model()
	local lines = { "a,kind,y\n" }

	for i = 1, 1500 do
		lines[#lines + 1] = ("%d,%s,%.3f\n"):format(i % 40, i % 3 == 0
			and "x" or "z", math.sin(i % 40 / 5) + i % 3)
	end
	local text = table.concat(lines)
	local function learn(trees, from, more)
		local options = { label = "y", objective = "regression",
			categorical = "kind", trees = trees, from = from }
		for key, value in pairs(more or {}) do
			options[key] = value
		end
		return model_train.train(text, options)
	end
	local first = learn(5)
	local both = learn(7, first)
	local whole = learn(12)

	test.equal(both:info().trees, 12)
	local row = { 7, "x" }
	local one, other = both:predict(row), whole:predict(row)
	one = type(one) == "table" and one[1] or one
	other = type(other) == "table" and other[1] or other
	test.ok(math.abs(one - other) < .02, ("%g %g"):format(one, other))
	local ok, problem = pcall(learn, 3, first, { objective = "l1" })
	test.ok(not ok and problem.message:find("is of 'regression'", 1, true))
	ok, problem = pcall(learn, 3, first, { ignore = "a" })
	test.ok(not ok and problem.message:find("2 features", 1, true))
	ok, problem = pcall(learn, 3, first, { blend = true })
	test.ok(not ok and problem.message:find("'from'", 1, true))

	local dir = test.temp_dir()
	fs.write(path.join(dir, "d.csv"), text)
	fs.write(path.join(dir, "first"), first:export())
	local run = proc.run { "/proc/self/exe", "model", "train", "--data",
		"d.csv", "--label", "y", "--objective", "regression",
		"--categorical", "kind", "--trees", "7", "--continue", "first",
		"--out", "both", "--json", cwd = dir }
	test.equal(json.decode(run.stdout).trees, 12)
end

function tests.trees_that_do_not_help_are_not_added()
	local function labelled(wrong)
		local lines = { "a,y\n" }
		for i = 1, 1000 do
			local y = i % 20 > 9 and 1 or 0
			if wrong and i <= 800 then y = 1 - y end
			lines[#lines + 1] = ("%d,%d\n"):format(i % 20, y)
		end
		return table.concat(lines)
	end
	local good = model_train.train(labelled(false), { label = "y", trees = 20 })
	local more = { label = "y", trees = 30, early_stop = 3,
		held_out = .2, from = good }

	-- What is learned from is wrong, what is held out is not.
	local same = model_train.train(labelled(true), more)
	test.equal(same:info().trees, 20)
	test.ok(model_train.train(labelled(false), more):info().trees > 20)

	local ok, problem = pcall(model_train.cross, labelled(false), {
		label = "y", from = good })
	test.ok(not ok and problem.message:find("knows no 'from'", 1, true))
end

function tests.few_rows_are_enough_when_they_are_chosen()
	local text = rows(3000)
	local all = train(text):evaluate(text, { label = "failed" })
	local goss = train(text, { goss = true })
	local some = goss:evaluate(text, { label = "failed" })

	test.ok(some.auc > all.auc - .01, some.auc)
	test.equal(train(text, { goss = true, threads = 3 }):export(),
		goss:export())
	refuses("not by both", text, { goss = true, row_share = .5 })
end

function tests.a_training_says_how_far_it_is_and_can_be_ended()
	local seen, losses = {}, 0

	train(rows(300), { trees = 7, early_stop = 50, held_out = .3,
		progress = function(trees, all, loss)
			seen[#seen + 1] = trees
			losses = losses + (loss and 1 or 0)
			test.equal(all, 7)
		end })
	test.equal(seen, { 1, 2, 3, 4, 5, 6, 7 })
	test.equal(losses, 7)
	local calls = 0
	refuses("was cancelled", rows(300), { progress = function()
		calls = calls + 1
		return calls < 3
	end })
	test.equal(calls, 3)
	refuses("out of patience", rows(300), { monotone = { seconds = 1 },
		progress = function() error("out of patience") end })
end

function tests.the_verb_says_how_far_it_is()
	local dir = test.temp_dir()
	local data = path.join(dir, "runs.csv")

	fs.write(data, rows(300))
	local result = proc.run { "/proc/self/exe", "model", "train",
		"--data", data, "--label", "failed", "--categorical", "branch",
		"--trees", "20", "--progress", "--out", path.join(dir, "m") }
	test.ok(result.stderr:find("tree 2 of 20\n", 1, true), result.stderr)
	test.ok(result.stderr:find("tree 20 of 20\n", 1, true))
end

return tests
