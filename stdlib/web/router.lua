--- From a request's path to the route that answers it.

local nearest = require("nearest")
local reply = require("web.reply")

local router = {}

---@class web.Route
---@field method "GET"|"POST"
---@field path string "/api/v1/runs/{run}"
---@field scope? "read"|"write"|"admin" what a token must allow; none: anybody
---@field summary? string
---@field query? table<string, table> parameters and their schemas
---@field body? table schema of the request
---@field result? string|table name of its schema, or itself
---@field status? integer of success [200]
---@field stream? boolean it may also answer by server-sent events
---@field handle async fun(request: web.Request): web.Reply?

local function split(path)
	local parts = {}

	for part in path:gmatch("[^/]+") do parts[#parts + 1] = part end
	return parts
end

local function match(route, parts)
	local params = {}

	if #route.parts ~= #parts then return nil end
	for i, wanted in ipairs(route.parts) do
		local name = wanted:match("^{(%w+)}$")
		if name then
			params[name] = parts[i]
		elseif wanted ~= parts[i] then
			local head, rest = wanted:match("^{(%w+)}(.+)$")
			if not head or parts[i]:sub(-#rest) ~= rest then
				return nil
			end
			params[head] = parts[i]:sub(1, -#rest - 1)
		end
	end
	return params
end

--- Returns routes, ready for `find`.
---@param lists web.Route[][]
---@return web.Route[]
function router.new(lists)
	local all = {}

	for _, list in ipairs(lists) do
		for _, route in ipairs(list) do
			route.parts = split(route.path)
			all[#all + 1] = route
		end
	end
	return all
end

local function lost(routes, path, allowed)
	local paths = {}

	if #allowed > 0 then
		reply.refuse(405, "'%s' allows %s", path,
			table.concat(allowed, ", "))
	end
	for i, route in ipairs(routes) do paths[i] = route.path end
	local near = nearest(path, paths)
	reply.refuse(404, "there is no '%s' here%s", path:sub(1, 200), near
		and (" (did you mean '%s'?)"):format(near) or "")
end

--- Returns the route of a request and what its path's parts are.
---@param routes web.Route[]
---@param method string
---@param path string decoded
---@return web.Route
---@return table<string, string>
function router.find(routes, method, path)
	local parts, allowed = split(path), {}

	for _, route in ipairs(routes) do
		local params = match(route, parts)
		if params and (route.method == method or method == "HEAD"
			and route.method == "GET") then
			return route, params
		end
		if params then allowed[#allowed + 1] = route.method end
	end
	return lost(routes, path, allowed)
end

local function wrong(name, text, schema)
	local near = schema.enum and nearest(text, schema.enum)

	reply.refuse(400, "parameter '%s' cannot be '%s'%s", name,
		text:sub(1, 100), near and (" (did you mean '%s'?)")
		:format(near) or schema.enum and ": it is one of "
		.. table.concat(schema.enum, ", ") or schema.type == "integer"
		and (": it is a whole number from %d to %d"):format(
		schema.minimum or 0, schema.maximum or math.maxinteger) or "")
end

--- Checks the query's parameters against the route's, and converts them.
---@param route web.Route
---@param query table<string, string>
---@return table<string, any>
function router.query(route, query)
	local known, out = route.query or {}, {}

	for name, text in pairs(query) do
		local schema, value = known[name], text
		if not schema then
			local near = nearest(name, known)
			reply.refuse(400, "there is no parameter '%s'%s",
				name:sub(1, 100), near and
				(" (did you mean '%s'?)"):format(near) or "")
		elseif type(text) ~= "string" then
			reply.refuse(400, "parameter '%s' comes twice", name)
		elseif schema.type == "integer" then
			value = text:find("^%d+$") and math.tointeger(
				tonumber(text))
			if not value or value < (schema.minimum or 0) or value
				> (schema.maximum or math.maxinteger) then
				wrong(name, text, schema)
			end
		elseif schema.enum then
			local fits = false
			for _, one in ipairs(schema.enum) do
				fits = fits or one == text
			end
			if not fits then wrong(name, text, schema) end
		end
		out[name] = value
	end
	return out
end

return router
