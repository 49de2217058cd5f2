--- The module http for recipes. Outside of step functions each request is
--- recorded, and a replay gets the same response without asking.

local failure = require("run.failure")
local responses = require("http.response")
local scopes = require("run.scope")

local FIELDS <const> = { "status", "ok", "body", "received", "url",
	"redirects", "tries", "ms", "code", "message", "reason" }
local METHODS <const> = { "request", "get", "head", "post", "put", "patch",
	"delete" }
local BODY_MAX <const> = 4 * 1024 * 1024

local function invalid(format, ...)
	failure.raise("invalid", format, ...)
end

--- JSON holds no bytes that are no text.
local function pack(body)
	if not body or utf8.len(body) then return body end
	return { hex = (body:gsub(".", function(c)
		return ("%02x"):format(c:byte())
	end)) }
end

local function unpack_body(body)
	if type(body) ~= "table" then return body end
	return (body.hex:gsub("%x%x", function(pair)
		return string.char(tonumber(pair, 16))
	end))
end

--- What is kept of a response, or of an error: nothing that was sent, and no
--- cookies.
local function plain(response)
	local copy = { headers = {} }

	for _, name in ipairs(FIELDS) do copy[name] = response[name] end
	for name, value in pairs(response.headers or {}) do
		if name:lower() ~= "set-cookie" then
			copy.headers[name] = value
		end
	end
	if copy.body and #copy.body > BODY_MAX then
		invalid("a response of %d bytes is too large to be recorded:"
			.. " request it in a step's function, or into a file"
			.. " with 'to'", #copy.body)
	end
	copy.body = pack(copy.body)
	copy.head = response.head and response.head:gsub(
		"[Ss][Ee][Tt]%-[Cc][Oo][Oo][Kk][Ii][Ee]:[^\n]*\n", "") or nil
	return copy
end

--- Calls `request` and returns what becomes of it as a plain value.
local function outcome_of(request, ...)
	local ok, response = pcall(request, ...)

	if ok then return { response = plain(response) } end
	if type(response) ~= "table" or not response.reason
		or failure.is_cancel(response) then
		error(response, 0)
	end
	return { problem = plain(response) }
end

local function settle(outcome)
	local found = outcome.response or outcome.problem

	found.body = unpack_body(found.body)
	if outcome.response then return responses.new(found) end
	found.headers = responses.headers(found.headers)
	error(failure.new(found), 0)
end

local function check_options(options)
	for _, name in ipairs { "stream", "progress" } do
		if options[name] then
			invalid("'%s' belongs into a step's function: what"
				.. " comes bit by bit cannot be recorded", name)
		end
	end
	if type(options.body) == "function" then
		invalid("a function as 'body' belongs into a step's function:"
			.. " it cannot be recorded")
	end
end

--- The scope of the run, or an error while the recipe is loaded.
local function current(name)
	local scope = scopes.current()

	if scope and (scope.run or scope.plan) then return scope end
	invalid("a recipe must not ask servers while it is loaded: %s", name)
end

--- The paths among a request's options are those of the run's workspace.
local function placed(run, options)
	if type(options) ~= "table" or not (options.to or options.upload) then
		return options
	end
	local copy = {}

	for key, value in pairs(options) do copy[key] = value end
	copy.to = options.to and run:path(options.to)
	copy.upload = options.upload and run:path(options.upload)
	return copy
end

--- Calls one of the functions, recorded where that is wanted.
local function call(name, request, first, ...)
	local scope = current(name)

	if scope.plan then return require("run.placeholder").new(name) end
	first = placed(scope.run, first)
	local options = placed(scope.run, (...))
	if scope.live then return request(first, options) end
	for _, one in ipairs { first, options } do
		if type(one) == "table" then check_options(one) end
	end
	return settle(require("run.values").recorded(scope, name, outcome_of,
		request, first, options))
end

--- Many at once: each item has a place of its own in the record, so that the
--- order in which the answers come does not matter.
local function each(session, list, options, fn)
	local scope = current("http.each")

	if type(options) == "function" then options, fn = nil, options end
	if scope.plan then
		return require("run.placeholder").new("http.each")
	elseif scope.live then
		return require("http.each")(session, list, options, fn)
	end
	local base = scope:name("http.each")
	local one = {}
	function one.request(_, item, _, index)
		return scopes.within(scope:child(base .. "/" .. index),
			session.request, session, item)
	end
	return require("http.each")(one, list, options, fn
		and function(response, item, index)
			return scopes.within(scope:child(("%s/%d/then"):format(
				base, index)), fn, response, item, index)
		end)
end

--- A session whose requests are recorded; it is opened when one is made.
local function wrap_session(module, options)
	local session

	local function opened()
		session = session or module.session(options)
		return session
	end
	local wrapped = { __close = function()
		if session then session:close() end
	end }
	wrapped.__index = function(_, key)
		local name = "http:" .. key
		for _, method in ipairs(METHODS) do
			if method == key then
				return function(_, ...)
					return call(name, function(...)
						local now = opened()
						return now[key](now, ...)
					end, ...)
				end
			end
		end
		if key == "each" then return each end
		return function(_, ...)
			local now = opened()
			return now[key](now, ...)
		end
	end
	return setmetatable({}, wrapped)
end

--- Returns what recipes get instead of the module.
---@param module http
---@return table
return function(module)
	local wrapped = {}

	for name, fn in pairs(module) do wrapped[name] = fn end
	for _, name in ipairs(METHODS) do
		wrapped[name] = function(...)
			return call("http." .. name, module[name], ...)
		end
	end
	function wrapped.session(options)
		local scope = current("http.session")
		if scope.live then return module.session(options) end
		return wrap_session(module, options)
	end
	function wrapped.each(list, options, fn)
		return each({ request = function(_, item)
			return wrapped.request(item)
		end }, list, options, fn)
	end
	return wrapped
end
