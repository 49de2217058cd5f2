--- The values of a project: its layers read, merged, with secrets filled in.

local merge = require("config.merge")
local paths = require("config.path")
local projects = require("config.project")

local layers = {}

local HIDDEN <const> = "***"
local SHORTEST <const> = 4 --- bytes of a secret that can be hidden in texts

--- What may come of a secret, but tells nothing of it.
local PLAIN <const> = { ["True"] = true, ["False"] = true, ["None"] = true,
	[HIDDEN] = true }

layers.HIDDEN = HIDDEN

---@class config.Options
---@field env? string
---@field host? string
---@field set? string[] "path=value"
---@field root? string put before the files' places
---@field store? fun(): store.Db where sealed secrets are [the home's]
---@field secrets? boolean|"hidden" whether secrets are filled in, "hidden": not
--- even read, but *** [true]

---@class config.Values: config.Merged
---@field secrets table<string, string> values by path
---@field mask? steplog.Mask
---@field secret_values table<string, true>
---@field derived string[] what was computed from secrets; also a set of them
---@field warnings string[]

local function read_file(self, pattern, options, found, warnings)
	local optional = pattern:find("%?$") ~= nil
	local name, missing = projects.fill((pattern:gsub("%?$", "")), options)
	if not name then
		-- a layer of hosts is left out when no host is asked for
		if missing == "host" then return end
		error({ code = "invalid", usage = true, message =
			("%s: the layer '%s' needs --%s%s"):format(self.file,
			pattern, missing, missing == "env"
			and #self.environments > 0 and (" (one of %s)"):format(
			table.concat(self.environments, ", ")) or "") }, 0)
	end
	local file = require("path").join(self.dir, name)
	if not require("fs").exists(file) then
		if optional then return end
		error({ code = "not_found", message = ("%s: there is no layer"
			.. " '%s'; '%s?' makes it optional"):format(self.file,
			name, name) }, 0)
	end
	local layer = require("config.files").read(file, name)
	layer.name = name
	found[#found + 1] = layer
	for _, warning in ipairs(layer.warnings) do
		warnings[#warnings + 1] = ("%s:%d: %s"):format(name,
			warning.line, warning.message)
	end
end

--- What `path=value` says: JSON if it is, else a string.
local function read_set(item)
	local name, text = item:match("^([^=]+)=(.*)$")

	if not name then
		error({ code = "invalid", usage = true, message =
			("--set wants PATH=VALUE, not '%s'"):format(item) }, 0)
	end
	local ok, value = pcall(require("json").decode, text)
	return paths.parse(name), ok and value or text
end

local function run_layer(options)
	local value = require("ordered").new {}

	for _, item in ipairs(options.set or {}) do
		local keys, new = read_set(item)
		paths.set(value, keys, new)
	end
	return { name = "--set", value = value, indexed = true }
end

local function secret_layer(self, known, options)
	local value = require("ordered").new {}
	local names = {}

	for name in pairs(self.secrets) do names[#names + 1] = name end
	table.sort(names)
	for _, name in ipairs(names) do
		local ok, secret = true, HIDDEN
		if options.secrets ~= "hidden" then
			ok, secret = pcall(require("config.secret"), self,
				self.secrets[name], options)
		end
		if not ok then
			error({ code = secret.code or "invalid", message =
				("%s: the secret for '%s': %s"):format(
				self.file, name, tostring(secret.message
				or secret)) }, 0)
		end
		known[name] = secret
		paths.set(value, paths.parse(name), secret)
	end
	return { name = "secrets", value = value, indexed = true }
end

local function make_mask(secrets)
	local list = {}

	for _, value in pairs(secrets) do list[#list + 1] = value end
	return #list > 0 and require("steplog").mask(list) or nil
end

--- Reads the files of the layers, in order.
---@param self config.Project
---@param options config.Options
---@return config.Layer[]
---@return string[] warnings
function layers.files(self, options)
	local found, warnings = {}, {}

	projects.check(self, options)
	for _, pattern in ipairs(self.layers) do
		read_file(self, pattern, options, found, warnings)
	end
	return found, warnings
end

--- Reads and merges: base to host, then --set, then secrets.
---@param self config.Project
---@param options config.Options
---@return config.Values
function layers.values(self, options)
	local secrets = {}
	local found, warnings = layers.files(self, options)

	found[#found + 1] = run_layer(options)
	if options.secrets ~= false then
		found[#found + 1] = secret_layer(self, secrets, options)
	end
	local merged = merge.all(found, self.lists)
	merged.secrets, merged.warnings = secrets, warnings
	merged.derived = {}
	merged.mask = make_mask(secrets)
	merged.secret_values = {}
	for name, secret in pairs(secrets) do
		merged.secret_values[secret] = true
		if secret ~= HIDDEN and #secret < SHORTEST then
			warnings[#warnings + 1] = ("the secret '%s' has less"
				.. " than %d bytes: it cannot be hidden")
				:format(name, SHORTEST)
		end
	end
	return merged
end

--- Hides these texts as well: what was computed from secrets.
---@param values config.Values
---@param derived string[]
function layers.learn(values, derived)
	local list = {}

	for _, secret in pairs(values.secrets) do list[#list + 1] = secret end
	for _, text in ipairs(derived) do
		if #text >= SHORTEST and not PLAIN[text] then
			list[#list + 1] = text
		end
	end
	values.mask = make_mask(list)
end

--- Returns the options with secrets that are not read, but shown as ***.
---@param options config.Options
---@return config.Options
function layers.hiding(options)
	return { env = options.env, host = options.host, set = options.set,
		root = options.root, secrets = "hidden" }
end

--- Returns a text with all secrets hidden.
---@param values config.Values
---@param text string
---@return string
function layers.hide(values, text)
	return values.mask and values.mask:apply(text) or text
end

local function shown(values, value)
	local known = values.secret_values

	if known[value] then return HIDDEN end
	if type(value) == "string" then return layers.hide(values, value) end
	if type(value) ~= "table" then return value end
	local json = require("json")
	local list = require("config.value").is_list(value)
	local copy = list and json.array {} or require("ordered").new {}
	for key, item in pairs(value) do
		copy[key] = shown(values, item)
	end
	return copy
end

--- Returns a value with secrets hidden, as it may be shown: also those that are
--- too short to be hidden in texts.
---@param values config.Values
---@param value any
---@return any
function layers.shown(values, value)
	return values.mask and shown(values, value) or value
end

return layers
