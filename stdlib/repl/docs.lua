--- What the stubs and annotations say about a name: for :help.

local docs = {}

---@class docs.Entry
---@field name string "proc.run", "Db:query", "retry"
---@field signature string
---@field text string

--- The comment block before a definition, and what is defined.
local function parse(source, entries)
	local block = {}

	local function flush(signature, name)
		if #block > 0 and name then
			entries[#entries + 1] = { name = name,
				signature = signature,
				text = table.concat(block, "\n") }
		end
		block = {}
	end
	for line in (source .. "\n"):gmatch("(.-)\r?\n") do
		local comment = line:match("^%-%-%-%s?(.*)$")
		local name, arguments = line:match(
			"^function ([%w_.:]+)(%b())")
		if comment and comment:find("^@meta") then
			flush("module", comment:match("^@meta%s+(%S+)"))
		elseif comment then
			block[#block + 1] = comment
		elseif name then
			flush(name .. arguments, name)
		elseif line:find("^local function") then
			name, arguments = line:match(
				"^local function ([%w_]+)(%b())")
			flush(name and name .. arguments, name)
		else
			flush()
		end
	end
end

--- The first comment of a file: what the module is.
local function headline(source)
	local lines = {}

	for line in source:gmatch("(.-)\r?\n") do
		local text = line:match("^%-%-%-%s?(.*)$")
		if text and not text:find("^@") then
			lines[#lines + 1] = text
		elseif #lines > 0 then
			break
		end
	end
	return table.concat(lines, "\n")
end

local function is_meta(file)
	return file:match("^lua/meta/(.+)%.lua$")
end

--- Returns the name of the module that a file is, or is a part of: a long stub
--- has several files, and the first line of each says whose it is.
local function module_of(file, source)
	local name = is_meta(file) and source:match("^%-%-%-@meta ([%w_]+)")
		or file:match("^doc/stdlib/(.+)%.lua$")
	return name and name:gsub("/init$", ""):gsub("/", ".")
end

local cache

local function load_all()
	local embedded = require("embedded")

	if cache then return cache end
	cache = { modules = {}, sources = {} }
	for _, prefix in ipairs { "lua/meta/", "doc/stdlib/" } do
		for _, file in ipairs(embedded.names(prefix)) do
			local source = embedded.read(file)
			local module = module_of(file, source)
			if module and not module:find("^cli%.") then
				local former = cache.sources[module]
				if not former then
					cache.modules[#cache.modules + 1] = module
				end
				cache.sources[module] = (former or "") .. source
			end
		end
	end
	table.sort(cache.modules)
	return cache
end

--- Returns the names of all modules that have documentation.
---@return string[]
function docs.modules()
	return load_all().modules
end

--- Returns what a module says of itself, and its entries.
---@param module string
---@return string? headline nil when there is no such module
---@return docs.Entry[]? entries
function docs.module(module)
	local source, entries = load_all().sources[module], {}
	if not source then return nil end
	local short = module:match("[^.]+$")

	parse(source, entries)
	for i = #entries, 1, -1 do
		local entry = entries[i]
		local tail = entry.name:match("[.:](.+)$")
		if not tail and entry.name ~= short
			or entry.text:find("^@[^ar]") then
			table.remove(entries, i)
		end
	end
	return headline(source), entries
end

local function find_entry(module, name)
	local _, entries = docs.module(module)

	for _, entry in ipairs(entries or {}) do
		if entry.name:match("[.:]([^.:]+)$") == name then
			return entry
		end
	end
end

local function entry_text(entry, paint)
	local lines = { paint("bold", entry.signature) }

	for line in (entry.text .. "\n"):gmatch("(.-)\n") do
		local tag, rest = line:match("^@(%a+)%s*(.*)$")
		if tag == "async" then
			lines[#lines + 1] = paint("dim", "  (waits)")
		elseif tag then
			lines[#lines + 1] = "  " .. paint("cyan", tag) .. " "
				.. rest
		else
			lines[#lines + 1] = "  " .. line
		end
	end
	return table.concat(lines, "\n")
end

local function module_text(module, paint)
	local head, entries = docs.module(module)
	local lines = { paint("bold", module), head }

	for _, entry in ipairs(entries) do
		local first = entry.text:match("^[^@][^\n]*") or ""
		lines[#lines + 1] = "  " .. paint("cyan", entry.signature)
			.. "  " .. paint("dim", first)
	end
	return table.concat(lines, "\n")
end

--- Returns the documentation of "proc", "proc.run" or "db:query", or nil.
---@param name string
---@param paint terminal.Paint
---@return string?
function docs.text(name, paint)
	local all = load_all()

	if all.sources[name] then return module_text(name, paint) end
	local module, field = name:match("^(.+)[.:]([^.:]+)$")
	local entry = module and all.sources[module]
		and find_entry(module, field)
	if entry then return entry_text(entry, paint) end
	field = field or name
	for _, other in ipairs(all.modules) do
		entry = find_entry(other, field)
		if entry and (not module or entry.name:lower():find(module
			:lower(), 1, true)) then
			return entry_text(entry, paint)
		end
	end
end

--- Returns all names that :help knows.
---@return string[]
function docs.names()
	local list = {}

	for _, module in ipairs(docs.modules()) do
		local short = module:match("[^.]+$")
		list[#list + 1] = module
		local _, entries = docs.module(module)
		for _, entry in ipairs(entries or {}) do
			local owner, field = entry.name:match(
				"^(.-)[.:]([^.:]+)$")
			if field then
				list[#list + 1] = (owner == short and module
					or owner) .. "." .. field
			end
		end
	end
	table.sort(list)
	return list
end

return docs
