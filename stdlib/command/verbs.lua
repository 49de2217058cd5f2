--- The verbs: found by the names of the files in stdlib/cli/.

local embedded = require("embedded")

local verbs = {}

local PREFIX <const> = "stdlib/cli/"
local names

--- Returns the names of all verbs, sorted.
---@return string[]
function verbs.names()
	if names then return names end
	names = {}
	for _, file in ipairs(embedded.names(PREFIX)) do
		local name = file:match("^stdlib/cli/([%w_-]+)%.lua$")
		if name then names[#names + 1] = name end
	end
	table.sort(names)
	return names
end

---@param name string
---@return boolean
function verbs.exists(name)
	return name:find("^[%w_-]+$") ~= nil
		and embedded.has(PREFIX .. name .. ".lua")
end

---@param name string
---@return cli.Verb
function verbs.load(name)
	return require("cli." .. name)
end

--- Returns "VERB SUBVERB" for each of its subverbs, sorted.
---@param verb cli.Verb
---@param name string
---@return string[]
function verbs.subverb_names(verb, name)
	local list = {}

	for key in pairs(verb.subverbs or {}) do
		list[#list + 1] = name .. " " .. key
	end
	table.sort(list)
	return list
end

--- Iterates over all verbs and subverbs by name: `for name, verb in …`.
--- Hidden ones are left out.
function verbs.each()
	return coroutine.wrap(function()
		local function visit(name, verb)
			if verb.hidden then return end
			coroutine.yield(name, verb)
			for _, full in ipairs(verbs.subverb_names(verb, name)) do
				visit(full, verb.subverbs[full:match("%S+$")])
			end
		end
		for _, name in ipairs(verbs.names()) do
			visit(name, verbs.load(name))
		end
	end)
end

return verbs
