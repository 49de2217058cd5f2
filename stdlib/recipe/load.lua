--- Loads a recipe: reads the file, runs it in the sandbox, checks the table it
--- returns, and gives every key its full form.

local problem = require("recipe.problem")

local recipe = {}

local MAX <const> = 1 << 20

---@class recipe.Recipe
---@field name string
---@field path string
---@field hash string fingerprint of its text and of what it loaded
---@field triggers table[]
---@field params table<string, table> declarations
---@field nodes? recipe.Node[] of `steps`
---@field run? async fun(ctx: run.Context)
---@field hooks table<string, any>
---@field concurrency? { group: string, limit: integer, supersede?: string }
---@field timeout? integer
---@field priority integer
---@field on_crash string
---@field env table
---@field secrets string[]
---@field log_cap? integer
---@field place recipe.Place

local function default_name(path)
	local base = path:match("([^/]+)%.lua$")

	if base and base ~= "tidemill" then return base end
	return path:match("([^/]+)/[^/]*$") or base or "recipe"
end

local function run_chunk(text, shown, options)
	local sandbox = require("sandbox")
	local ok, value = xpcall(sandbox.load, function(e)
		if type(e) == "table" then return e end
		return { code = "invalid", message = tostring(e),
			traceback = debug.traceback("", 2) }
	end, text, "@" .. shown, options)

	if not ok then error(value, 0) end
	return value
end

local function read_concurrency(given)
	if given == nil then return nil end
	if type(given) == "string" then given = { group = given } end
	return { group = given.group, limit = given.limit or 1,
		supersede = given.supersede or nil }
end

local function check_body(table, place)
	if table.run and table.steps then
		problem.raise(place, "steps", "a recipe has either 'run' or"
			.. " 'steps', not both")
	elseif not table.run and not table.steps then
		problem.raise(place, "", "a recipe wants 'run' (a function) or"
			.. " 'steps' (a list)")
	end
end

--- Returns the recipe that the table `given` describes.
---@param given any
---@param place recipe.Place
---@return recipe.Recipe
function recipe.read(given, place)
	if type(given) ~= "table" then
		problem.raise(place, "", "a recipe file returns a table, not %s",
			problem.describe(given))
	end
	require("recipe.keys").check_recipe(given, "", place)
	check_body(given, place)
	local hooks = {}
	for _, name in ipairs(require("recipe.keys").HOOKS) do
		hooks[name] = given[name]
	end
	return {
		name = given.name, place = place, hooks = hooks,
		triggers = given.on and require("recipe.triggers").read(
			given.on, place) or {},
		params = given.params and require("recipe.params").read(
			given.params, place) or {},
		nodes = given.steps and require("recipe.graph").read(
			given.steps, place),
		run = given.run,
		concurrency = read_concurrency(given.concurrency),
		timeout = given.timeout
			and require("recipe.duration")(given.timeout),
		priority = given.priority or 0,
		on_crash = given.on_crash or "resume",
		env = given.env or {},
		secrets = type(given.secrets) == "string"
			and { given.secrets } or given.secrets or {},
		limit = given.limit, fail_fast = given.fail_fast,
		log_cap = given.log and given.log.cap
			and require("recipe.size")(given.log.cap),
	}
end

---@class recipe.LoadOptions
---@field shown? string the file's name in messages
---@field dir? string where its own modules are [the file's directory]

--- Loads the recipe `text`, which came from `path`.
---@param text string
---@param path string
---@param options? recipe.LoadOptions
---@return recipe.Recipe
function recipe.text(text, path, options)
	options = options or {}
	local shown = options.shown or path:match("[^/]+$") or path
	local values = require("run.values")
	local given = run_chunk(text, shown, {
		dir = options.dir or path:match("^(.*)/[^/]*$") or ".",
		modules = values.modules, globals = values.globals() })
	local result = recipe.read(given, { file = shown, text = text })

	result.hash = require("recipe.hash").text(text)
	result.path = path
	result.name = result.name or default_name(path)
	return result
end

--- Returns the values of a recipe's parameters: see params.resolve, which most
--- recipes can do without.
---@param self recipe.Recipe
---@param given table<string, any>
---@param as_text? boolean
---@return table<string, any>
function recipe.resolve(self, given, as_text)
	if not next(self.params) and not next(given) then return {} end
	return require("recipe.params").resolve(self.params, given, as_text)
end

--- Loads the recipe in the file `path`.
---@param path string
---@param options? recipe.LoadOptions
---@return recipe.Recipe
function recipe.file(path, options)
	local fs = require("fs")

	if not fs.exists(path) then
		error({ code = "not_found", message = ("there is no recipe"
			.. " '%s'"):format(path) }, 0)
	end
	return recipe.text(fs.read(path, MAX), path, options)
end

return recipe
