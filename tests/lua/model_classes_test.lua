-- The module model_train: many classes, and the order of groups.

local model_train = require("model_train")
local test = require("test")

local tests = {}

--- Three classes by the sum of two columns, with some noise.
local function classes(count, names)
	local lines, state = { "a,b,kind" }, 7

	for _ = 1, count do
		state = state * 16807 % 2147483647
		local a = state % 100
		state = state * 16807 % 2147483647
		local b = state % 100
		local kind = a + b < 70 and 1 or a + b < 130 and 2 or 3
		lines[#lines + 1] = ("%d,%d,%s"):format(a, b, names[kind])
	end
	return table.concat(lines, "\n") .. "\n"
end

local function multi(text, more)
	local options = { label = "kind", objective = "multiclass",
		file = "kinds.csv" }

	for key, value in pairs(more or {}) do options[key] = value end
	return model_train.train(text, options)
end

function tests.many_classes_have_a_probability_each()
	local model = multi(classes(900, { "0", "1", "2" }))
	local low, middle, high = model:predict { 10, 20 }

	test.ok(math.abs(low + middle + high - 1) < 1e-12)
	test.ok(low > .8)
	test.ok(select(2, model:predict { 50, 50 }) > .8)
	test.ok(select(3, model:predict { 90, 90 }) > .8)
	test.equal(model:info().outputs, 3)
	local found = model:evaluate(classes(1500, { "0", "1", "2" }),
		{ label = "kind" })
	test.ok(found.accuracy > .93, found.accuracy)
	test.ok(found.log_loss < .3, found.log_loss)
	local parts, bias = model:contributions({ 90, 90 }, 3)
	test.ok(math.abs(parts.a + parts.b + bias
		- select(3, model:predict({ 90, 90 }, true))) < 1e-9)
end

function tests.classes_may_have_names()
	local text = classes(600, { "pass", "flaky", "fail" })
	local model = multi(text)
	local fail, flaky, pass = model:predict { 90, 95 }

	test.equal(model:info().classes, { "fail", "flaky", "pass" })
	test.ok(fail > .7 and flaky < .3 and pass < .3)
	test.ok(model:evaluate(text, { label = "kind" }).accuracy > .95)
	local lines = {}
	for part in model:scores("a,b\n90,95\n") do
		lines[#lines + 1] = part
	end
	test.equal(table.concat(lines):match("[^\n]*"),
		"prediction_fail,prediction_flaky,prediction_pass")
	test.ok(model_train.cross(text, { label = "kind", folds = 3,
		objective = "multiclass" }).accuracy > .85)
end

function tests.lightgbm_takes_many_classes()
	local model = multi(classes(600, { "0", "1", "2" }), { trees = 10 })
	local read = require("model").read(model:export("lightgbm"))

	for i = 0, 99, 9 do
		local here = { model:predict { i, 60 } }
		local there = { read:predict { i, 60 } }
		for k = 1, 3 do
			test.ok(math.abs(here[k] - there[k]) < 1e-9)
		end
	end
end

function tests.training_of_classes_goes_on_and_stops()
	local text = classes(900, { "0", "1", "2" })
	local model = multi(text, { trees = 5 })
	local more = multi(text, { trees = 5, from = model })

	test.equal(model:info().trees, 15)
	test.equal(more:info().trees, 30)
	test.ok(more:evaluate(text, { label = "kind" }).log_loss
		< model:evaluate(text, { label = "kind" }).log_loss)
	local stopped = multi(text, { trees = 400, early_stop = 5, rate = .3 })
	test.ok(stopped:info().trees < 1200)
	test.equal(stopped:info().trees % 3, 0)
end

function tests.one_class_is_an_error()
	local ok, problem = pcall(multi, "a,kind\n1,x\n2,x\n")

	test.equal(ok, false)
	test.ok(problem.message:find("one class only", 1, true))
	ok, problem = pcall(multi, "a,kind\n1,x\n2,\n")
	test.equal(ok, false)
	test.ok(problem.message:find("kinds.csv:3: there is no label", 1, true))
end

--- Groups whose rows are good by what their columns say within the group.
local function queries(count, first)
	local lines, state = { "q,a,b,grade" }, first

	for q = 1, count do
		for _ = 1, 8 do
			state = state * 16807 % 2147483647
			local a = state % 100
			state = state * 16807 % 2147483647
			local b = state % 100
			lines[#lines + 1] = ("q%d,%d,%d,%d"):format(q, a, b,
				(2 * a + b) // 101)
		end
	end
	return table.concat(lines, "\n") .. "\n"
end

function tests.groups_are_put_in_order()
	local model = model_train.train(queries(150, 5), { label = "grade",
		objective = "rank", group = "q", trees = 80 })
	local found = model:evaluate(queries(60, 99), { label = "grade",
		group = "q" })

	test.ok(found.ndcg > .97, found.ndcg)
	test.ok(found.ndcg_at_5 > .95, found.ndcg_at_5)
	test.ok(model:predict { 90, 90 } > model:predict { 10, 10 })
	local ok, problem = pcall(model_train.train, queries(20, 5), {
		label = "grade", ignore = "q", objective = "rank" })
	test.equal(ok, false)
	test.ok(problem.message:find("needs groups", 1, true))
end

--- Every objective has an answer, and it is a number.
function tests.odd_tables_are_answers()
	local tables <const> = { "a,g,y\n1,q,1\n", "a,g,y\n,q,1\n,q,1\n,r,1\n",
		"a,g,y\ninf,q,1\n-inf,q,2\nnan,q,1\n1e300,r,2\n-1e300,r,1\n" }

	for _, text in ipairs(tables) do
		for _, objective in ipairs { "regression", "l1", "huber",
			"quantile", "poisson", "gamma", "rank" } do
			local model = model_train.train(text, { label = "y",
				objective = objective, group = "g", min_data = 1,
				goss = objective ~= "l1", threads = 2 })
			for _, value in ipairs { 1, 0 / 0, 1 / 0, -1 / 0 } do
				local out = model:predict { value }
				test.ok(out == out and math.abs(out) < 1e9,
					objective)
			end
		end
	end
end

return tests
