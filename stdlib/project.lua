--- Recognises how a project is built, and proposes steps for it.

---@class project.Step
---@field name string
---@field command string for the shell
---@field needs? string[] names of steps
---@field cwd? string

---@class project.Tree
---@field read fun(path: string): string? a file's text, nil if there is none
---@field list fun(path: string): string[] names of a directory's entries

---@class project.Kind
---@field name string
---@field marks string[] files that tell it
---@field steps fun(tree: project.Tree, prefix: string): project.Step[]

local function first_of(tree, prefix, names)
	for _, name in ipairs(names) do
		local text = tree.read(prefix .. name)
		if text then return name, text end
	end
end

local function matches_any(text, patterns)
	for _, pattern in ipairs(patterns) do
		if text:find(pattern) then return true end
	end
	return false
end

local MAKEFILES <const> = { "GNUmakefile", "makefile", "Makefile" }

--- Returns the set of a makefile's plain targets, and whether there are any.
local function make_targets(text)
	local targets, any = {}, false

	text = text:gsub("\\\n", " ")
	for line in (text .. "\n"):gmatch("(.-)\n") do
		local names, after = line:match("^([^\t#:=][^#:=]*):([^=]?)")
		if names and after ~= "=" and not names:find("[%%$]") then
			for name in names:gmatch("%S+") do
				local plain = name:sub(1, 1) ~= "."
				targets[name] = plain or nil
				any = any or plain
			end
		end
	end
	return targets, any
end

local function make_steps(tree, prefix)
	local _, text = first_of(tree, prefix, MAKEFILES)
	local targets, any = make_targets(text)
	local steps = {}

	if any then steps[1] = { name = "build", command = "make" } end
	if targets.lint then
		steps[#steps + 1] = { name = "lint", command = "make lint" }
	end
	for _, target in ipairs { "test", "tests", "check" } do
		if targets[target] then
			steps[#steps + 1] = { name = "test",
				command = "make " .. target,
				needs = { "build" } }
			break
		end
	end
	return steps
end

local function cmake_steps(tree, prefix)
	local text = tree.read(prefix .. "CMakeLists.txt")
	local steps = {
		{ name = "configure", command = "cmake -S . -B build" },
		{ name = "build", command = "cmake --build build --parallel",
			needs = { "configure" } },
	}

	text = text:gsub("#[^\n]*", ""):lower()
	if matches_any(text, { "enable_testing%s*%(", "add_test%s*%(",
		"include%s*%(%s*ctest%s*%)" }) then
		steps[3] = { name = "test", command = "ctest --test-dir build"
			.. " --output-on-failure", needs = { "build" } }
	end
	return steps
end

local function cargo_steps(tree, prefix)
	local locked = tree.read(prefix .. "Cargo.lock") and " --locked" or ""

	return {
		{ name = "build", command = "cargo build" .. locked },
		{ name = "test", command = "cargo test" .. locked,
			needs = { "build" } },
	}
end

local MANAGERS <const> = {
	{ lock = "pnpm-lock.yaml", run = "pnpm run ",
		install = "pnpm install --frozen-lockfile" },
	{ lock = "yarn.lock", run = "yarn run ",
		install = "yarn install --frozen-lockfile" },
	{ lock = "package-lock.json", run = "npm run ", install = "npm ci" },
	{ lock = "npm-shrinkwrap.json", run = "npm run ", install = "npm ci" },
}

local function node_manager(tree, prefix, package)
	for _, manager in ipairs(MANAGERS) do
		if tree.read(prefix .. manager.lock) then return manager end
	end
	local function any(list)
		return type(list) == "table" and next(list) ~= nil
	end
	local needed = any(package.dependencies)
		or any(package.devDependencies)
	return { run = "npm run ", install = needed and "npm install" }
end

local function npm_steps(tree, prefix)
	local ok, package = pcall(require("json").decode,
		tree.read(prefix .. "package.json"))
	if not ok or type(package) ~= "table" then
		error { code = "invalid", message = ("cannot read '%s'"):format(
			prefix .. "package.json"), cause = package }
	end
	local manager = node_manager(tree, prefix, package)
	local scripts = type(package.scripts) == "table" and package.scripts
		or {}
	local steps, before = {}, nil

	if manager.install then
		steps[1] = { name = "install", command = manager.install }
		before = { "install" }
	end
	for _, name in ipairs { "lint", "typecheck", "build", "test" } do
		local script = scripts[name]
		if type(script) == "string"
			and not script:find("no test specified", 1, true) then
			steps[#steps + 1] = { name = name,
				command = manager.run .. name,
				needs = name == "test" and scripts.build
					and { "build" } or before }
		end
	end
	return steps
end

local function go_steps()
	return {
		{ name = "build", command = "go build ./..." },
		{ name = "vet", command = "go vet ./...", needs = { "build" } },
		{ name = "test", command = "go test ./...",
			needs = { "build" } },
	}
end

local function maven_steps(tree, prefix)
	local mvn = tree.read(prefix .. "mvnw") and "sh mvnw" or "mvn"

	return {
		{ name = "build", command = mvn .. " -B -DskipTests package" },
		{ name = "test", command = mvn .. " -B verify",
			needs = { "build" } },
	}
end

--- What a Python project says of itself, in all files that may say it.
local function python_facts(tree, prefix)
	local function read(name) return tree.read(prefix .. name) or "" end
	local facts = { tests = false }
	local texts = read("pyproject.toml") .. read("setup.cfg")
		.. read("tox.ini") .. read("requirements.txt")
		.. read("requirements-dev.txt") .. read("setup.py")

	facts.package = read("setup.py") ~= ""
		or read("pyproject.toml"):find("%[build%-system%]") ~= nil
		or read("pyproject.toml"):find("%[project%]") ~= nil
	facts.pytest = texts:find("pytest") ~= nil or read("pytest.ini") ~= ""
		or read("conftest.py") ~= "" or read("tests/conftest.py") ~= ""
	for _, dir in ipairs { "", "tests", "test" } do
		for _, name in ipairs(tree.list(prefix .. dir)) do
			if name:find("^test_.*%.py$")
				or name:find("_test%.py$") then
				facts.tests = facts.tests or (dir == "" and "."
					or dir)
				facts.pytest = facts.pytest
					or name:find("_test%.py$") ~= nil
			end
		end
	end
	return facts
end

local function python_installs(tree, prefix, facts)
	local installs = {}

	for _, name in ipairs { "requirements.txt", "requirements-dev.txt" } do
		if tree.read(prefix .. name) then
			installs[#installs + 1] = "-r " .. name
		end
	end
	if facts.package then installs[#installs + 1] = "." end
	if facts.pytest and facts.tests then
		installs[#installs + 1] = "pytest"
	end
	return installs
end

local function python_steps(tree, prefix)
	local facts = python_facts(tree, prefix)
	local installs = python_installs(tree, prefix, facts)
	local python, steps, before = "python3", {}, nil

	if #installs > 0 then
		python, before = ".venv/bin/python", { "install" }
		steps[1] = { name = "install",
			command = "python3 -m venv .venv && .venv/bin/pip"
				.. " install " .. table.concat(installs, " ") }
	end
	if facts.tests and facts.pytest then
		steps[#steps + 1] = { name = "test", needs = before,
			command = python .. " -m pytest" }
	elseif facts.tests then
		steps[#steps + 1] = { name = "test", needs = before,
			command = ("%s -m unittest discover -s %s"):format(
				python, facts.tests) }
	else
		steps[#steps + 1] = { name = "compile", needs = before,
			command = "python3 -m compileall -q -x '/[.]venv/' ." }
	end
	return steps
end

---@type project.Kind[]
local KINDS <const> = {
	{ name = "make", marks = MAKEFILES, steps = make_steps },
	{ name = "cmake", marks = { "CMakeLists.txt" }, steps = cmake_steps },
	{ name = "cargo", marks = { "Cargo.toml" }, steps = cargo_steps },
	{ name = "npm", marks = { "package.json" }, steps = npm_steps },
	{ name = "go", marks = { "go.mod" }, steps = go_steps },
	{ name = "python", marks = { "pyproject.toml", "setup.py", "setup.cfg",
		"requirements.txt" }, steps = python_steps },
	{ name = "maven", marks = { "pom.xml" }, steps = maven_steps },
}

--- Directories that hold other people's projects, or results.
local FOREIGN <const> = { node_modules = true, vendor = true, target = true,
	build = true, dist = true, third_party = true }

local project = {}

local function recognise_in(tree, dir, found)
	local prefix = dir and dir .. "/" or ""

	for _, kind in ipairs(KINDS) do
		if first_of(tree, prefix, kind.marks) then
			found[#found + 1] = { kind = kind.name, dir = dir,
				steps = kind.steps(tree, prefix) }
		end
	end
end

--- Makes the names of several projects' steps differ.
local function flatten(found)
	local steps, kinds = {}, {}

	for _, one in ipairs(found) do
		local label = #found > 1 and (one.dir and one.dir .. "-" or "")
			.. one.kind .. "-" or ""
		kinds[#kinds + 1] = one.dir and one.kind .. " in " .. one.dir
			or one.kind
		for _, step in ipairs(one.steps) do
			local needs = {}
			for i, name in ipairs(step.needs or {}) do
				needs[i] = label .. name
			end
			steps[#steps + 1] = { name = label .. step.name,
				command = step.command, cwd = one.dir,
				needs = #needs > 0 and needs or nil }
		end
	end
	return steps, kinds
end

--- Returns steps that build and test the project in `tree`, and what it was
--- recognised as. When the top directory tells nothing, those directly below
--- are looked at.
---@param tree project.Tree
---@return project.Step[] steps
---@return string[] kinds
function project.recognise(tree)
	local found = {}

	recognise_in(tree, nil, found)
	if #found == 0 then
		for _, name in ipairs(tree.list("")) do
			if name:sub(1, 1) ~= "." and not FOREIGN[name] then
				recognise_in(tree, name, found)
			end
		end
	end
	return flatten(found)
end

local function quote(text)
	return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local function write_step(step)
	local parts = { quote(step.name), quote(step.command) }

	if step.cwd then parts[#parts + 1] = "cwd = " .. quote(step.cwd) end
	if step.needs and #step.needs == 1 then
		parts[#parts + 1] = "needs = " .. quote(step.needs[1])
	elseif step.needs then
		local names = {}
		for i, name in ipairs(step.needs) do names[i] = quote(name) end
		parts[#parts + 1] = ("needs = { %s }"):format(
			table.concat(names, ", "))
	end
	local line = ("\t\t{ %s },"):format(table.concat(parts, ", "))
	if #line + 14 <= 80 then return line end
	return ("\t\t{ %s },"):format(table.concat(parts, ",\n\t\t\t"))
end

--- Returns the text of a recipe with these steps.
---@param name string
---@param steps project.Step[]
---@return string
function project.recipe(name, steps)
	local lines = {}

	for i, step in ipairs(steps) do lines[i] = write_step(step) end
	return ([[
-- What happens when this repository changes. 'tidemill run' does it here and
-- now, 'tidemill plan' shows what it would do.

return {
	name = %s,
	on = { push = {} },
	timeout = "1h",

	steps = {
%s
	},
}
]]):format(quote(name), table.concat(lines, "\n"))
end

return project
