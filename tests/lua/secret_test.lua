-- Secrets: sealed, found, given to recipes, and hidden everywhere.

local fs = require("fs")
local proc = require("proc")
local secret = require("secret")
local store = require("store")
local test = require("test")

local tests = {}

local VALUE <const> = "s3cr3t/wert+42"

local function open_home()
	local home = test.temp_dir() .. "/home"
	local db = store.open { home = home }

	test.finally(function() db:close() end)
	return home, db
end

local function tidemill(home, words, options)
	local call = { "/proc/self/exe", "--data", home, check = false,
		stderr = "merge", env = { NO_COLOR = "1", TOKEN = false } }

	for _, word in ipairs(words) do call[#call + 1] = word end
	for key, value in pairs(options or {}) do call[key] = value end
	return proc.run(call)
end

function tests.values_are_sealed()
	local home, db = open_home()

	secret.put(db, "TOKEN", VALUE)
	test.equal(secret.get(db, "TOKEN"), VALUE)
	test.equal(secret.get(db, "NONE"), nil)
	test.equal(secret.rotate(db), 1)
	test.equal(secret.get(db, "TOKEN"), VALUE)
	test.equal(fs.stat(home .. "/secret.key").mode & 511, 384)
	test.raises("invalid", secret.put, db, "a b", "x")
	test.equal(secret.is_name("A_1"), true)
	test.equal(secret.is_name("1A"), false)
end

function tests.the_command_line_seals_lists_and_forgets()
	local home = open_home()

	test.equal(tidemill(home, { "secret", "set", "TOKEN" },
		{ stdin = VALUE .. "\n" }).stdout, "secret 'TOKEN' is sealed\n")
	test.equal(tidemill(home, { "secret", "set", "FROM", "--command",
		"printf abcdef" }).status, 0)
	local out = tidemill(home, { "secret", "ls" }).stdout
	test.match(out, "TOKEN +sealed")
	test.match(out, "FROM +command +printf abcdef")
	test.ok(not out:find(VALUE, 1, true))
	test.match(tidemill(home, { "secret", "rotate" }).stdout, "^1 secret is")
	out = tidemill(home, { "secret", "rm", "TOKN" })
	test.equal(out.status, 3)
	test.match(out.stdout, "did you mean 'TOKEN'")
	test.equal(tidemill(home, { "secret", "rm", "TOKEN" }).status, 0)
	test.equal(tidemill(home, { "secret", "set", "T" }, { stdin = "" })
		.status, 2)
	test.match(tidemill(home, { "secret", "set", "T" }, { stdin = "abc" })
		.stdout, "cannot be hidden")
	test.equal(tidemill(home, { "secret", "set", "T", "--env", "A",
		"--file", "b" }).status, 2)
end

function tests.the_doctor_opens_every_sealed_value()
	local home, db = open_home()

	secret.put(db, "TOKEN", VALUE)
	local result = tidemill(home, { "doctor" })
	test.match(result.stdout, "1, 1 of them sealed here")
	fs.remove(home .. "/secret.key")
	result = tidemill(home, { "doctor" })
	test.equal(result.status, 1)
	test.match(result.stdout, "secret.key' is gone")
end

function tests.providers_give_values_or_say_why_not()
	local secrets = require("secrets")
	local home, db = open_home()

	fs.write(home .. "/token", "from a file\n")
	secrets.refer(db, "A", "file", home .. "/token")
	secrets.refer(db, "B", "command", "printf 'from a command\\n'")
	secrets.refer(db, "C", "env", "PATH")
	db:setting("secrets", '{"D": {"command": "echo from the server"}}')
	test.equal(secrets.get(db, "A"), "from a file")
	test.equal(secrets.get(db, "B"), "from a command")
	test.equal(secrets.get(db, "C"), os.getenv("PATH"))
	test.equal(secrets.get(db, "D"), "from the server")
	test.equal(secrets.names(db), { "A", "B", "C", "D" })
	secrets.refer(db, "A", "file", home .. "/none")
	secrets.refer(db, "B", "command", "echo " .. VALUE .. "; exit 3")
	secrets.refer(db, "C", "env", "NOT_SET_ANYWHERE")
	test.raises("'A' cannot be read", secrets.get, db, "A")
	local problem = test.raises("exited with 3", secrets.get, db, "B")
	test.ok(not problem.message:find(VALUE, 1, true))
	test.raises("NOT_SET_ANYWHERE, which is not set", secrets.get, db, "C")
	test.raises("no secret 'DD' %(did you mean 'D'%?%)", secrets.get, db,
		"DD")
	secrets.refer(db, "B", "command", "true")
	test.raises("printed nothing", secrets.get, db, "B")
end

--- All bytes that are in a home, but for its key.
local function everything(home)
	local parts = {}

	for _, name in ipairs(fs.glob("**", home)) do
		local file = home .. "/" .. name
		if fs.stat(file).kind == "file" then
			parts[#parts + 1] = fs.read(file)
		end
	end
	return table.concat(parts, "\n")
end

local RECIPE <const> = [[
	local log = require("log")
	local proc = require("proc")
	local secret = require("secret")

	return {
		secrets = "TOKEN", params = { x = "" },
		run = function(ctx)
			if ctx.params.x ~= "" then return end
			local token = ctx.secrets.TOKEN
			local other = secret.get("OTHER")
			ctx:step("echo", "echo $TOKEN " .. other)
			ctx:step("words", { "echo", token, other })
			ctx:step("value", function()
				print(token, other)
				log.info("this is " .. other, { token = token })
				return { token, { [other] = token } }
			end)
			ctx:step("output", { "echo key=$TOKEN > $TIDEMILL_OUTPUT",
				outputs = "key" })
			proc.run { "echo", token }
			ctx:note(token .. other)
			pcall(ctx.step, ctx, "fails", function()
				error("with " .. token)
			end)
			pcall(proc.run, { "false", token })
			local ok, why = pcall(ctx.run, ctx, "tidemill.lua",
				{ x = other })
			assert(not ok and why.message:find("holds a secret"))
			ctx:step("none", { token .. other })
		end,
	}
]]

function tests.neither_database_nor_logs_nor_errors_hold_it()
	local home, db = open_home()
	local place = test.temp_dir()
	local other <const> = "an0ther-Value"

	secret.put(db, "TOKEN", VALUE)
	secret.put(db, "OTHER", other)
	fs.write(place .. "/tidemill.lua", RECIPE)
	for _, words in ipairs { { "run" }, { "run", "--json" } } do
		local result = tidemill(home, words, { cwd = place })
		test.equal(result.status, 1, result.stdout)
		test.contains(result.stdout, "***")
		test.ok(not result.stdout:find(VALUE, 1, true), result.stdout)
		test.ok(not result.stdout:find(other, 1, true), result.stdout)
	end
	for _, words in ipairs { { "show", "last" }, { "logs", "last" },
		{ "show", "last", "--json" } } do
		local out = tidemill(home, words).stdout
		test.ok(not out:find(VALUE, 1, true), out)
	end
	db:close()
	local all = everything(home)
	test.ok(#all > 10000)
	test.ok(not all:find(VALUE, 1, true))
	test.ok(not all:find(other, 1, true))
	test.contains(all, "***")
end

function tests.a_replay_gets_what_the_first_time_got()
	local testing = require("testing")
	local result = testing.recipe { text = [[
	return { secrets = "TOKEN", run = function(ctx)
		local made = ctx:step("make", function()
			return { token = ctx.secrets.TOKEN, n = 1 }
		end).value
		ctx:note(made.token .. made.n)
		ctx:step("go on", "true")
	end }]] }:run { secrets = { TOKEN = VALUE }, crash_after = "make",
		processes = { ["true"] = true } }:resume()

	test.equal(result.state, "passed")
	test.equal(result.notes, { "***1" })
end

function tests.open_logs_learn_new_secrets()
	local steplog = require("steplog")
	local log = steplog.open { mask = steplog.mask { "first-one" } }

	log:write("first-one second-one seco")
	log:remask(steplog.mask { "first-one", "second-two" })
	log:write("nd-two first-")
	log:remask(steplog.mask { "first-one", "second-two", "third-one" })
	log:write("one third-one")
	test.equal(log:close().tail, "*** second-one seco"
		.. "nd-two *** ***")
	log = steplog.open {}
	log:write("third-")
	log:remask(steplog.mask { "third-one" })
	log:write("one third-one")
	test.equal(log:close().tail, "third-one ***")
end

function tests.undeclared_and_missing_secrets_say_so()
	local testing = require("testing")
	local function run(text, secrets)
		return testing.recipe { text = text }:run { secrets = secrets }
	end
	local result = run([[return { secrets = "TOKEN", run = function(ctx)
		return ctx.secrets.TOKN end }]], { TOKEN = VALUE })

	test.contains(result.error.message, "did you mean 'TOKEN'?")
	test.raises("there is no secret 'TOKEN'", run,
		[[return { secrets = "TOKEN", run = function() end }]])
	test.raises("must not read secrets while it is loaded", run,
		[[require("secret").get("X") return { run = print }]])
	result = run([[return { run = function()
		require("secret").get("X") end }]])
	test.contains(result.error.message, "no secret 'X'")
end

return tests
