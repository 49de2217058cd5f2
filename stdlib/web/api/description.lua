--- /api/v1/openapi.json: the API's description, made from its routes.

local json = require("json")
local reply = require("web.reply")

local function of_schema(result)
	return type(result) == "string"
		and { ["$ref"] = "#/components/schemas/" .. result } or result
end

local function parameters(route)
	local out, names = json.array {}, {}

	for name in route.path:gmatch("{(%w+)}") do
		out[#out + 1] = { name = name, ["in"] = "path", required = true,
			schema = { type = "string" } }
	end
	for name in pairs(route.query or {}) do names[#names + 1] = name end
	table.sort(names)
	for _, name in ipairs(names) do
		out[#out + 1] = { name = name, ["in"] = "query",
			schema = route.query[name] }
	end
	return out
end

local function operation(route)
	local content = { ["application/json"] = {
		schema = of_schema(route.result) } }
	local out = { summary = route.summary, parameters = parameters(route),
		responses = {
			[tostring(route.status or 200)] = {
				description = "as asked", content = content },
			default = { description = "a problem", content = {
				["application/problem+json"] = {
					schema = of_schema("Problem") } } },
		} }

	if route.stream then
		content["text/event-stream"] = { schema = { type = "string" } }
	end
	if route.method == "POST" then
		out.requestBody = { content = { ["application/json"] = {
			schema = { type = "object", properties = route.body,
				additionalProperties = false } } } }
	end
	out.security = json.array { { token = json.array {} } }
	if route.scope == "read" then table.insert(out.security, 1, {}) end
	return out
end

local function describe(routes)
	local paths = {}

	for _, route in ipairs(routes) do
		if route.result and route.path:find("^/api/v1/") then
			local path = route.path:sub(#"/api/v1" + 1)
			paths[path] = paths[path] or {}
			paths[path][route.method:lower()] = operation(route)
		end
	end
	return { openapi = "3.1.0",
		info = { title = "Tidemill", version = "1",
			license = { name = "MIT", identifier = "MIT" } },
		servers = json.array { { url = "/api/v1" } },
		jsonSchemaDialect = "https://json-schema.org/draft/2020-12/"
			.. "schema",
		paths = paths,
		components = { schemas = require("web.api.schemas"),
			securitySchemes = { token = { type = "http",
				scheme = "bearer" } } } }
end

---@type web.Route[]
return {
	{ method = "GET", path = "/api/v1/openapi.json",
		summary = "This description",
		handle = function(request)
			request.web.description = request.web.description
				or reply.json(describe(request.web.routes)).body
			return reply.text(200, "application/json",
				request.web.description)
		end },
}
