--- Scopes: where in a recipe a task is, which makes the names of its steps the
--- same in every replay.

local task = require("task")
local failure = require("run.failure")

---@class run.Scope
---@field path string prefix of the names made here: "" or "deploy"
---@field counts table<string, integer> how often each name was met
---@field parent? string the step that encloses it
---@field run? run.Runner
---@field live boolean inside a step: nothing is recorded but steps
---@field cleanup? boolean of hooks and undos: goes on in a run that stops
---@field leaf boolean a branch of a parallel: its end needs no commit
local Scope = {}
Scope.__index = Scope

local MAX <const> = 200

local function check(name)
	if type(name) ~= "string" or name == "" then
		error(failure.new { code = "invalid", message = "a step wants a"
			.. " name, which is a string" }, 0)
	end
	if #name > MAX or name:find("[%c]") or name:find("#%d+$") then
		failure.raise("invalid", "'%s' cannot be the name of a step: it"
			.. " has at most %d bytes, no control characters, and"
			.. " does not end in #N", name:sub(1, 40), MAX)
	end
end

--- Returns the full name for `name` here: the second of its kind is name#2.
---@param name string
---@return string
function Scope:name(name)
	local count = self.counts[name]

	if not count then check(name) end
	count = (count or 0) + 1
	self.counts[name] = count
	if count > 1 then name = name .. "#" .. count end
	return self.path == "" and name or self.path .. "/" .. name
end

--- Returns the scope of what runs below `path`.
---@param path string a full name
---@param fields? table
---@return run.Scope
function Scope:child(path, fields)
	local child = { path = path, counts = {}, parent = self.parent,
		run = self.run,
		live = self.live, leaf = false, cleanup = self.cleanup }

	for key, value in pairs(fields or {}) do child[key] = value end
	return setmetatable(child, Scope)
end

local scope = {}

--- Returns a new outermost scope.
---@return run.Scope
function scope.root()
	return setmetatable({ path = "", counts = {}, live = false,
		leaf = false }, Scope)
end

--- Returns the scope of the running task, nil outside of a run.
---@return run.Scope?
function scope.current()
	return task.context().scope
end

--- Calls `fn` with `inner` as the scope of this task, and restores the former.
---@async
---@param inner run.Scope
---@param fn function
function scope.within(inner, fn, ...)
	local context = task.context()
	local outer = rawget(context, "scope")
	local _guard <close> = setmetatable({}, { __close = function()
		context.scope = outer
	end })

	context.scope = inner
	return fn(...)
end

return scope
