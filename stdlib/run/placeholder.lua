--- What stands for a result while a recipe is planned: it can be indexed,
--- called, joined, compared and counted with, and stays what it is.

local placeholder = {}

local function name_of(value)
	local mt = type(value) == "table" and getmetatable(value)

	return mt and mt.placeholder or tostring(value)
end

local make

local function itself(a, b)
	local mt = type(a) == "table" and getmetatable(a)

	return mt and mt.placeholder and a or b
end

local function no()
	return false
end

--- Returns a placeholder that prints as "<name>".
---@param name string
---@return table
function make(name)
	return setmetatable({}, {
		placeholder = name,
		__index = function(_, key)
			return make(name .. "." .. tostring(key))
		end,
		__call = function() return make(name) end,
		__tostring = function() return "<" .. name .. ">" end,
		__concat = function(a, b)
			return (itself(a, nil) and "<" .. name_of(a) .. ">"
				or tostring(a)) .. (itself(b, nil)
				and "<" .. name_of(b) .. ">" or tostring(b))
		end,
		__add = itself, __sub = itself, __mul = itself, __div = itself,
		__mod = itself, __idiv = itself, __unm = itself,
		__lt = no, __le = no,
		__len = function() return 0 end,
		__pairs = function() return function() end end,
	})
end

placeholder.new = make

return placeholder
