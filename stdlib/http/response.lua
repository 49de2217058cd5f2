--- Responses made of plain fields: those that are read from a record, and
--- those of fakes in tests.

local Response = {}
Response.__index = Response

--- Returns the value that the body is in JSON.
---@return any
function Response:json()
	return require("json").decode(self.body or "")
end

local response = {}

--- Returns headers that are found by their names in any case. Several values
--- of one are joined by ", ".
---@param headers? table<string, any>
---@return table<string, string>
function response.headers(headers)
	local lower = {}

	for name, value in pairs(headers or {}) do
		lower[name:lower()] = type(value) == "table"
			and table.concat(value, ", ") or tostring(value)
	end
	return setmetatable(lower, { __index = function(_, name)
		return type(name) == "string"
			and rawget(lower, name:lower()) or nil
	end })
end

--- Makes a response of its fields.
---@param fields table
---@return http.Response
function response.new(fields)
	fields.headers = response.headers(fields.headers)
	return setmetatable(fields, Response)
end

return response
