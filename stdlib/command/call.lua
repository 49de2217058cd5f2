--- What a verb's `run` gets: its options, and how it prints.

---@class cli.Call
---@field verb string what was called: "ls", "repo add"
---@field args string[]
---@field rest? string[] what followed "--"
---@field options table<string, any> by long name, "-" written as "_"
---@field json boolean print JSON
---@field verbose boolean
---@field home string the home directory (it may not exist yet)
---@field paint terminal.Paint colours for stdout
local Call = {}

local function find_home(options)
	local home = options.data or os.getenv("TIDEMILL_HOME")

	if home and home ~= "" then return home end
	local data = os.getenv("XDG_DATA_HOME")
	if not data or data == "" then
		data = (os.getenv("HOME") or "") .. "/.local/share"
	end
	return data .. "/tidemill"
end

local lazy = {
	home = function(call) return find_home(call.options) end,
	paint = function(call)
		return require("terminal.colour").of(io.stdout,
			call.options.no_color)
	end,
}

local metatable = {
	__index = function(call, key)
		if Call[key] then return Call[key] end
		if not lazy[key] then return nil end
		local value = lazy[key](call)
		rawset(call, key, value)
		return value
	end,
}

--- Returns the home's database, opened on the first call. "read" never creates
--- or changes it.
---@param mode? "read"|"write" ["write"]
---@return store.Db
function Call:store(mode)
	mode = mode or "write"
	local opened = rawget(self, "opened") or {}
	self.opened = opened
	opened[mode] = opened[mode] or require("store").open {
		home = self.home, readonly = mode == "read" }
	return opened[mode]
end

--- Returns the database for reading, nil when the home has none yet.
---@return store.Db?
function Call:existing_store()
	local ok, result = pcall(self.store, self, "read")

	if ok then return result end
	if type(result) == "table" and result.code == "not_found" then
		return nil
	end
	error(result, 0)
end

--- Returns the columns of the terminal, nil when stdout is none.
---@return integer?
function Call.width()
	return (require("tty").size(1))
end

--- Writes to stdout. A reader that has gone ends the program quietly, as
--- SIGPIPE would.
function Call.write(_, ...)
	local ok, why = io.stdout:write(...)

	if ok then return end
	local gone = tostring(why):find("Broken pipe", 1, true)
	error({ code = "io", message = "cannot write: " .. tostring(why),
		exit_code = gone and 141 or 1, quiet = gone ~= nil }, 0)
end

--- Writes a line to stdout.
---@param text? string
function Call:print(text)
	self:write(text or "", "\n")
end

--- Writes a line to stderr: what is no result.
---@param text string
function Call.say(_, text)
	io.stdout:flush()
	io.stderr:write(text, "\n")
end

--- Writes a value as JSON, one line.
---@param value any
function Call:print_json(value)
	self:print(require("json").encode(value))
end

--- Writes a table; see module table.
---@param columns table.Column[]
---@param rows string[][]
function Call:table(columns, rows)
	self:write(require("table").render(columns, rows,
		{ paint = self.paint, width = self:width() or false }))
end

--- Raises an error about how the verb was called (exit code 2).
---@param format string for string.format
function Call.misused(_, format, ...)
	error({ code = "invalid", message = format:format(...),
		usage = true }, 0)
end

---@param name string
---@param _ cli.Verb
---@param parsed command.Parsed
---@return cli.Call
return function(name, _, parsed)
	return setmetatable({
		verb = name,
		args = parsed.args,
		rest = parsed.rest,
		options = parsed.options,
		json = parsed.options.json == true,
		verbose = parsed.options.verbose == true,
	}, metatable)
end
