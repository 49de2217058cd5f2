--- tidemill repl: a prompt, also on a run of the past.

local INTRODUCTION <const> = "tidemill %s; :help NAME explains, Tab completes,"
	.. " Ctrl-D leaves"

local function show_help(session, name)
	local docs = require("repl.docs")

	if name == "" then
		return ("Modules: %s.\n:help NAME explains one, or a function"
			.. " such as proc.run; :quit leaves. `_` is the last"
			.. " result."):format(table.concat(require(
			"repl.session").MODULES, ", "))
	end
	local text = docs.text(name, session.paint)
	if text then return text end
	local near = require("nearest")(name, docs.names())
	return session.paint("red", ("nothing is known of '%s'%s"):format(name,
		near and (" (did you mean '%s'?)"):format(near) or ""))
end

--- Does a line that begins with a colon; returns whether to leave.
local function command(session, line)
	local word, rest = line:match("^%s*(:%a*)%s*(.-)%s*$")

	if word == ":quit" or word == ":q" then return true end
	if word == ":help" or word == ":h" then
		io.stdout:write(show_help(session, rest), "\n")
	else
		io.stdout:write(session.paint("red", ("no command '%s': there"
			.. " are :help NAME and :quit"):format(word)), "\n")
	end
end

--- Reads lines until they make a chunk. Returns it with its text; or nil at the
--- end of input, or false when there is nothing to run.
local function read_chunk(session, editor)
	local text = ""

	while true do
		local line = editor:line(text == "" and "> " or ">> ")
		if line == nil then return nil end
		if line == false then return false end
		if text == "" and line:find("^%s*:%a") then
			editor:remember(line)
			return line
		end
		text = text == "" and line or text .. "\n" .. line
		if not text:find("%S") then return false end
		local chunk, problem = session:compile(text)
		if chunk or problem then editor:remember(text) end
		if chunk then return chunk end
		if problem then
			session:print_error(problem)
			return false
		end
	end
end

local function open_editor(call, session)
	require("fs").mkdir(call.home, 448) -- for us alone
	return require("edit").open { history = call.home .. "/history",
		complete = require("repl.complete")(session.env) }
end

local function interact(call, session)
	local editor <close> = open_editor(call, session)

	call:print(INTRODUCTION:format(require("about").VERSION))
	while true do
		local chunk = read_chunk(session, editor)
		if chunk == nil then break end
		if type(chunk) == "string" then
			if command(session, chunk) then break end
		elseif chunk then
			session:run(chunk)
		end
	end
	session:close()
end

--- A script on stdin, read whole and run; an error is this verb's.
local function run_script(session)
	local text = io.stdin:read("a")
	local chunk, problem = load(text, "=stdin", "t", session.env)

	if not chunk then
		error({ code = "invalid", message = problem }, 0)
	end
	-- In a task of its own, which a limit may stop without stopping us.
	local body = require("task").spawn(function()
		local ok, raised = xpcall(chunk, function(value)
			if type(value) == "table" then return value end
			return { code = "script", message = tostring(value),
				traceback = debug.traceback("", 2) }
		end)
		if not ok then error(raised, 0) end
	end):observe()
	body:await()
end

local function open_run(call, session, text)
	local db = call:store("read")
	local run = require("repl.past").open(db, (require("record").parse(db,
		text)))

	session.env.run = run
	return run
end

local function run(call)
	local session = require("repl.session").new { paint = call.paint }
	local past = call.args[1] and open_run(call, session, call.args[1])

	if not require("tty").is_terminal(0) then return run_script(session) end
	if past then
		call:print(("run %d (%s, %s) is `run`: run.steps, run.params,"
			.. " run:log(STEP), run:why(), run:fork(STEP),"
			.. " run:retry()"):format(past.id, past.name,
			past.state))
	end
	interact(call, session)
end

---@type cli.Verb
return {
	summary = "try things out at a prompt, also on a past run",
	description = "Expressions are printed, statements done; what waits"
		.. " waits. Ctrl-C stops the line that runs; tasks that it spawned"
		.. " go on behind the prompt. Modules are there"
		.. " by their names: proc, fs, json, git, task, time and"
		.. " others. With a run, `run` is that: run.steps.test.result,"
		.. " run.params, run:log('test'), run:why(),"
		.. " run:fork('test'), run:retry(). When stdin is no terminal,"
		.. " it is read as a script.",
	arguments = {
		{ name = "RUN", optional = true, complete = "run",
			help = "a run to look at: its number, or 'last'" },
	},
	examples = {
		{ "tidemill repl" },
		{ "tidemill repl last", "look into the latest run" },
		{ "echo 'print(#run.steps)' | tidemill repl 12", "a script" },
	},
	run = function(call) run(call) end,
}
