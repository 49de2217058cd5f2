-- Every recipe of recipes/ and every example of docs/recipes.md runs.

local fs = require("fs")
local proc = require("proc")
local recipes = require("recipe.load")
local test = require("test")

local function run(place, name, params)
	local words = { "/proc/self/exe", "run", name, check = false,
		cwd = place, stderr = "merge",
		env = { TIDEMILL_HOME = place .. "/home", NO_COLOR = "1" } }

	for key, value in pairs(params or {}) do
		words[#words + 1] = key .. "=" .. value
	end
	local result = proc.run(words)
	test.equal(result.status, 0, result.stdout)
	return result.stdout
end

local function place_with(name)
	local place = test.temp_dir()

	fs.copy("recipes/" .. name .. ".lua", place .. "/" .. name .. ".lua")
	return place
end

local tests = {}

function tests.all_of_them_are_valid()
	local list = fs.list("recipes")

	test.ok(#list >= 5)
	for _, name in ipairs(list) do
		if name:find("%.lua$") then recipes.file("recipes/" .. name) end
	end
end

function tests.the_recipe_of_the_readme_runs()
	local place = test.temp_dir()
	local text = fs.read("README.md"):match("```lua\n(.-)```")

	fs.write(place .. "/tidemill.lua", text)
	fs.write(place .. "/Makefile", "all lint test:\n\t@echo made $@\n")
	fs.write(place .. "/deploy.sh", "#!/bin/sh\necho deployed $1\n", 493)
	local out = run(place, "tidemill.lua")
	for _, line in ipairs { "build | made all", "lint | made lint",
		"test | made test", "deploy | deployed staging", "passed" } do
		test.match(out, line)
	end
end

function tests.the_recipe_of_the_readme_passes_its_test()
	local place = test.temp_dir()
	local recipe, more = fs.read("README.md"):match(
		"```lua\n(.-)```.-```lua\n(.-)```")

	fs.mkdir(place .. "/tests")
	fs.write(place .. "/tidemill.lua", recipe)
	fs.write(place .. "/tests/shop_test.lua", more)
	local out = proc.run { "/proc/self/exe", "test", cwd = place,
		env = { TIDEMILL_HOME = place .. "/home" } }.stdout
	test.match(out, "3 passed, 0 failed")
end

function tests.make_builds_and_tests()
	local place = place_with("make")

	fs.write(place .. "/Makefile", "all test check:\n\t@echo made $@\n")
	local out = run(place, "make.lua", { jobs = 1 })
	test.match(out, "test | made test")
	test.match(out, "passed")
end

function tests.deploy_switches_and_goes_back()
	local place = place_with("deploy")

	fs.mkdir(place .. "/dist")
	fs.mkdir(place .. "/releases")
	fs.write(place .. "/dist/page", "1")
	run(place, "deploy.lua", { to = place .. "/releases" })
	local current = fs.target(place .. "/releases/current")
	test.ok(fs.exists(place .. "/releases/" .. current .. "/page"))
	local result = proc.run { "/proc/self/exe", "run", "--quiet",
		"deploy.lua", "to=" .. place .. "/releases",
		"from=missing", check = false, cwd = place, stderr = "merge",
		env = { TIDEMILL_HOME = place .. "/home" } }
	test.equal(result.status, 1)
	test.equal(fs.target(place .. "/releases/current"), current)
end

function tests.matrix_runs_all_combinations()
	local out = run(place_with("matrix"), "matrix.lua",
		{ command = 'echo "$CC/$SANITIZE"' })

	test.match(out, "clang%-address | clang/address")
	test.match(out, "gcc%-none | gcc/")
end

function tests.parts_take_as_long_as_each_other()
	local place = place_with("parts")
	local options = { parts = 2, list = "printf 'a\\nb\\nc\\n'" }

	-- c takes as long as the others together
	fs.write(place .. "/t.sh", [[
echo '<testsuite name="s">' >"$REPORT"
while read -r file; do
	echo "$file" >>"ran-$REPORT"
	time=1; [ "$file" = c ] && time=2
	echo "<testcase name=\"$file\" file=\"$file\" time=\"$time\"/>"
done >>"$REPORT"
echo '</testsuite>' >>"$REPORT"
]])
	options.command = "sh t.sh"
	run(place, "parts.lua", options)
	for _, name in ipairs { "1", "2" } do
		fs.remove(place .. "/ran-report-" .. name .. ".xml")
	end
	run(place, "parts.lua", options)
	test.equal(fs.read(place .. "/ran-report-1.xml"), "c\n")
	test.equal(fs.read(place .. "/ran-report-2.xml"), "a\nb\n")
end

function tests.backup_packs_and_rotates()
	local place = place_with("backup")

	fs.mkdir(place .. "/data")
	fs.mkdir(place .. "/store")
	fs.write(place .. "/data/a", "1")
	fs.write(place .. "/store/20000101-000000.tar.gz", "old")
	run(place, "backup.lua", { source = place .. "/data",
		target = place .. "/store", keep = 1 })
	test.equal(#fs.list(place .. "/store"), 1)
	test.ok(not fs.exists(place .. "/store/20000101-000000.tar.gz"))
end

function tests.release_runs_its_graph()
	local place = place_with("release")

	run(place, "release.lua")
	test.ok(fs.exists(place .. "/build.tar"))
	test.ok(not fs.exists(place .. "/build"))
end

function tests.the_recipes_of_the_documentation_run()
	local text, count = fs.read("docs/recipes.md"), 0

	for recipe in text:gmatch("```lua recipe\n(.-)```") do
		local place = test.temp_dir()
		fs.write(place .. "/tidemill.lua", recipe)
		run(place, ".")
		count = count + 1
	end
	test.ok(count >= 3)
end

return tests
