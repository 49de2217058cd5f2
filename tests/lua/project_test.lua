-- `init`: each kind of project is recognised and gets what it has.

local project = require("project")

local function tree_of(files)
	return {
		read = function(path) return files[path] end,
		list = function(dir)
			local seen, names = {}, {}
			local prefix = dir == "" and "" or dir:gsub("/$", "")
				.. "/"
			for path in pairs(files) do
				local name = path:sub(1, #prefix) == prefix
					and path:sub(#prefix + 1):match("^[^/]+")
				if name and not seen[name] then
					seen[name] = true
					names[#names + 1] = name
				end
			end
			table.sort(names)
			return names
		end,
	}
end

--- The steps as "name: command < needs", and the kinds.
local function describe(files)
	local steps, kinds = project.recognise(tree_of(files))
	local lines = {}

	for i, step in ipairs(steps) do
		lines[i] = step.name .. ": " .. step.command
			.. (step.needs and " < " .. table.concat(step.needs, ",")
			or "") .. (step.cwd and " @ " .. step.cwd or "")
	end
	return table.concat(lines, "\n"), table.concat(kinds, ", ")
end

local function expect(expected, got)
	if expected ~= got then
		error(("expected:\n%s\ngot:\n%s"):format(expected, got), 2)
	end
end

return {
	make_has_the_targets_that_are_there = function()
		expect("build: make\ntest: make check < build",
			(describe { Makefile = "CC := gcc\nall: x\n\tcc\n"
				.. ".PHONY: all\ncheck: all\n\t./t\n" }))
		expect("build: make\nlint: make lint",
			(describe { GNUmakefile = "a lint: b\n\tx: y\n" }))
	end,

	cmake_tests_only_when_enabled = function()
		local build = "configure: cmake -S . -B build\nbuild: cmake"
			.. " --build build --parallel < configure"
		expect(build, (describe { ["CMakeLists.txt"] =
			"project(x)\n# enable_testing()\n" }))
		expect(build .. "\ntest: ctest --test-dir build"
			.. " --output-on-failure < build",
			(describe { ["CMakeLists.txt"] = "Enable_Testing ()" }))
	end,

	cargo_keeps_to_its_lock = function()
		expect("build: cargo build --locked\n"
			.. "test: cargo test --locked < build",
			(describe { ["Cargo.toml"] = "", ["Cargo.lock"] = "" }))
	end,

	npm_uses_scripts_that_exist = function()
		expect("install: npm ci\nlint: npm run lint < install\n"
			.. "build: npm run build < install\n"
			.. "test: npm run test < build",
			(describe { ["package-lock.json"] = "{}",
				["package.json"] = '{"scripts":{"build":"tsc",'
				.. '"lint":"eslint","test":"jest"}}' }))
		expect("", (describe { ["package.json"] = '{"scripts":{"test":'
			.. '"echo \\"Error: no test specified\\" && exit 1"}}' }))
		expect("install: yarn install --frozen-lockfile\n"
			.. "test: yarn run test < install",
			(describe { ["yarn.lock"] = "", ["package.json"] =
				'{"scripts":{"test":"jest"}}' }))
	end,

	a_broken_package_is_an_error = function()
		local ok, problem = pcall(describe,
			{ ["package.json"] = "{oops" })
		expect(false, ok)
		expect("cannot read 'package.json'", problem.message)
	end,

	go_builds_vets_and_tests = function()
		expect("build: go build ./...\nvet: go vet ./... < build\n"
			.. "test: go test ./... < build",
			(describe { ["go.mod"] = "module x" }))
	end,

	python_tests_with_what_it_names = function()
		expect("install: python3 -m venv .venv && .venv/bin/pip"
			.. " install -r requirements.txt . pytest\n"
			.. "test: .venv/bin/python -m pytest < install",
			(describe { ["requirements.txt"] = "x\n",
				["tests/test_a.py"] = "", ["pyproject.toml"] =
				"[build-system]\n[tool.pytest.ini_options]" }))
		expect("test: python3 -m unittest discover -s tests",
			(describe { ["setup.cfg"] = "",
				["tests/test_a.py"] = "" }))
		expect("compile: python3 -m compileall -q -x '/[.]venv/' .",
			(describe { ["setup.cfg"] = "" }))
	end,

	maven_prefers_its_wrapper = function()
		expect("build: sh mvnw -B -DskipTests package\n"
			.. "test: sh mvnw -B verify < build",
			(describe { ["pom.xml"] = "", mvnw = "" }))
	end,

	several_at_once_have_different_names = function()
		local steps, kinds = describe { ["go.mod"] = "",
			["Cargo.toml"] = "" }
		expect("cargo, go", kinds)
		expect("cargo-build: cargo build\ncargo-test: cargo test <"
			.. " cargo-build\ngo-build: go build ./...\ngo-vet: go"
			.. " vet ./... < go-build\ngo-test: go test ./... <"
			.. " go-build", steps)
	end,

	directories_below_count_when_the_top_tells_nothing = function()
		local steps, kinds = describe { ["web/go.mod"] = "",
			["vendor/Cargo.toml"] = "", ["README.md"] = "" }
		expect("go in web", kinds)
		expect("build: go build ./... @ web",
			steps:match("^[^\n]+"))
	end,

	recipes_are_lua_and_say_the_same = function()
		local text = project.recipe('a"b', {
			{ name = "build", command = "echo \\ \"x\"" },
			{ name = "test", command = "make test", cwd = "web",
				needs = { "build", "lint" } },
		})
		local recipe = load(text, "=recipe", "t", {})()
		expect('a"b', recipe.name)
		expect('echo \\ "x"', recipe.steps[1][2])
		expect("build lint", table.concat(recipe.steps[2].needs, " "))
		expect("web", recipe.steps[2].cwd)
	end,
}
