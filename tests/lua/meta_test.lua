-- The stubs of the native modules say what is there, and all of it.

local embedded = require("embedded")
local fs = require("fs")
local path = require("path")
local test = require("test")

local HERE <const> = debug.getinfo(1, "S").source:match("^@(.*)$")
local ROOT <const> = path.join(path.dir(HERE), "../..")

--- What a stub says: a list of { owner, name, method, parameters, comment }.
local function read_stub(text)
	local functions, comment = {}, {}

	for line in (text .. "\n"):gmatch("(.-)\n") do
		local owner, mark, name, parameters =
			line:match("^function ([%w_]+)([.:])([%w_]+)%((.-)%) end$")
		if line:find("^%-%-%-") then
			comment[#comment + 1] = line
		else
			if owner then
				functions[#functions + 1] = { owner = owner,
					name = name, method = mark == ":",
					parameters = parameters,
					comment = table.concat(comment, "\n") }
			end
			comment = {}
		end
	end
	return functions
end

local stubs = {}
for _, file in ipairs(embedded.names("lua/meta/")) do
	local text = embedded.read(file)
	local name = text:match("^%-%-%-@meta ([%w_]+)\n") or file
	local stub = stubs[name] or { text = "", texts = {}, functions = {} }

	-- a long stub has several files
	stubs[name] = stub
	stub.text = stub.text .. text
	stub.texts[#stub.texts + 1] = text
	for _, fn in ipairs(read_stub(text)) do
		stub.functions[#stub.functions + 1] = fn
	end
end

--- Calls `fn(module, stub, complain)`; fails with all complaints at once.
local function each_module(fn)
	local complaints = {}

	for name, stub in pairs(stubs) do
		fn(name, stub, function(format, ...)
			complaints[#complaints + 1] = name .. ": "
				.. format:format(...)
		end)
	end
	table.sort(complaints)
	if #complaints > 0 then
		error("\n" .. table.concat(complaints, "\n"), 0)
	end
end

--- All methods of the classes that C defines, by name.
local function native_methods()
	local found = {}

	for name in pairs(stubs) do require(name) end
	require("task").event() -- some classes are made on first use
	require("proc").spawn({ "true" }):wait()
	for class, metatable in pairs(debug.getregistry()) do
		local index = type(class) == "string"
			and type(metatable) == "table"
			and not package.loaded[class]
			and rawget(metatable, "__name") == class
			and rawget(metatable, "__index")
		if type(index) == "function" then index = metatable end
		if type(index) == "table" and class ~= "FILE*" then
			for key, value in pairs(index) do
				if type(value) == "function"
					and not tostring(key):find("^__") then
					found[key] = class
				end
			end
		end
	end
	return found
end

--- The functions of a C file: name -> body.
local function c_functions(text)
	local found = {}

	for head, body in text:gmatch("\n([%w_][^\n;{}]-[^;{}]-%b())\n(%b{})") do
		local name = head:match("([%w_]+)%s*%(")
		if name then found[name] = body end
	end
	return found
end

--- For each C file: which functions wait, and what is registered as what.
local function read_sources()
	local files, waits = {}, {}

	for _, name in ipairs(fs.list(path.join(ROOT, "lua"))) do
		if name:find("%.c$") then
			local text = fs.read(path.join(ROOT, "lua", name))
			local file = { functions = c_functions(text),
				registered = {}, waits = {} }
			for key, fn in text:gmatch('{%s*"([%w_]+)",%s*([%w_]+)%s*}') do
				local list = file.registered[key] or {}
				file.registered[key] = list
				list[#list + 1] = fn
			end
			files[name] = file
		end
	end
	waits.task_await = true
	repeat
		local changed = false
		for _, file in pairs(files) do
			for name, body in pairs(file.functions) do
				for called in body:gmatch("([%w_]+)%s*%(") do
					local waiting = file.waits[called]
						or not file.functions[called]
						and waits[called]
					if waiting and not file.waits[name] then
						file.waits[name] = true
						changed = true
					end
				end
				-- Static names are those of one file only.
				if file.waits[name] and not waits[name] and name:find("_")
					and not name:find("^l_") then
					waits[name], changed = true, true
				end
			end
		end
	until not changed
	return files, waits
end

--- Whether what is registered as `name` waits: true, false, or nil if that is
--- not clear.
local function does_wait(files, waits, module, name)
	local yes, no = false, false

	for file, source in pairs(files) do
		if file == module .. ".c" or file:find("^" .. module .. "_") then
			for _, fn in ipairs(source.registered[name] or {}) do
				local waiting = source.waits[fn]
					or not source.functions[fn] and waits[fn]
				yes, no = yes or waiting, no or not waiting
			end
		end
	end
	if yes ~= no then return yes end
end

return {
	every_native_module_has_a_stub = function()
		local complaints = {}
		for name in pairs(package.preload) do
			if not stubs[name] then complaints[#complaints + 1] = name end
		end
		test.equal(complaints, {})
	end,

	stubs_cannot_be_required = function()
		each_module(function(name, stub, complain)
			if name:find("%.lua$") then
				complain("does not begin with ---@meta")
			end
			for _, text in ipairs(stub.texts) do
				if pcall(load(text, name, "t")) then
					complain("does not raise when loaded")
				end
			end
		end)
	end,

	stubs_and_modules_have_the_same_functions = function()
		each_module(function(name, stub, complain)
			local module, documented = require(name), {}
			for _, fn in ipairs(stub.functions) do
				if not fn.method and fn.owner == name then
					documented[fn.name] = true
					if type(module[fn.name]) ~= "function" then
						complain("%s is only in the stub", fn.name)
					end
				end
			end
			for key, value in pairs(module) do
				if type(value) == "function" and not documented[key] then
					complain("%s is not in the stub", key)
				elseif type(value) ~= "function"
					and not stub.text:find("@field " .. key .. " ") then
					complain("field %s is not in the stub", key)
				end
			end
		end)
	end,

	stubs_and_classes_have_the_same_methods = function()
		local native, documented = native_methods(), {}
		each_module(function(_, stub, complain)
			for _, fn in ipairs(stub.functions) do
				if fn.method then
					documented[fn.name] = true
					if not native[fn.name] then
						complain("method %s is only in the stub",
							fn.name)
					end
				end
			end
		end)
		each_module(function(name, _, complain)
			if name ~= "task" then return end -- once is enough
			for key, class in pairs(native) do
				if not documented[key] then
					complain("method %s of %s is in no stub", key, class)
				end
			end
		end)
	end,

	everything_is_explained = function()
		each_module(function(_, stub, complain)
			for _, fn in ipairs(stub.functions) do
				local comment = "\n" .. fn.comment
				if not comment:find("\n%-%-%- [%u`]") then
					complain("%s has no sentence", fn.name)
				end
				for parameter in fn.parameters:gmatch("[%w_.]+") do
					if not comment:find("\n%-%-%-@param "
						.. parameter:gsub("%.", "%%.") .. "%??%s") then
						complain("%s: no @param %s", fn.name, parameter)
					end
				end
				for parameter in comment:gmatch("\n%-%-%-@param ([%w_.]+)") do
					if not (fn.parameters .. ","):find(parameter .. ",",
						1, true) then
						complain("%s: @param %s is none", fn.name,
							parameter)
					end
				end
			end
		end)
	end,

	what_waits_is_async = function()
		local files, waits = read_sources()
		local known = 0
		each_module(function(name, stub, complain)
			for _, fn in ipairs(stub.functions) do
				local waiting = does_wait(files, waits, name, fn.name)
				known = known + (waiting == nil and 0 or 1)
				local marked = fn.comment:find("%-%-%-@async") ~= nil
				if waiting ~= nil and waiting ~= marked then
					complain("%s %s, the stub says otherwise", fn.name,
						waiting and "waits" or "does not wait")
				end
			end
		end)
		test.ok(known > 150, "few functions were recognised")
	end,
}
