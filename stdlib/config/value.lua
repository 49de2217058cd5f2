--- What values of documents are, and whether two are the same.

local json = require("json")

local value = {}

function value.is_list(any)
	return json.is_array(any) or type(any) == "table" and #any > 0
end

function value.is_map(any)
	return type(any) == "table" and not value.is_list(any)
end

--- Are two values the same, whatever the order of their keys?
---@param a any
---@param b any
---@return boolean
function value.same(a, b)
	if type(a) ~= "table" or type(b) ~= "table" then return a == b end
	if value.is_list(a) ~= value.is_list(b) then return false end
	for key, item in pairs(a) do
		if not value.same(item, b[key]) then return false end
	end
	for key in pairs(b) do
		if a[key] == nil then return false end
	end
	return true
end

return value
