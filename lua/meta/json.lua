---@meta json
--- JSON, written so that the same value always makes the same text. Bytes that
--- are no UTF-8 become U+FFFD.
error("definitions for the editor, not a module")

---@class json
---@field null lightuserdata what JSON's null is in tables
local json = {}

---@class json.Options
---@field pretty? boolean lines and indents (default false)
---@field indent? string one step of indentation (default two blanks)

--- Returns the value of a JSON text. Whole numbers become integers (of 64
--- bits), others floats; null becomes `json.null`, and an empty array stays one
--- when it is encoded again. Raises `invalid` with line and column.
---@param text string
---@return any
function json.decode(text) end

--- Returns a value as JSON, keys sorted. A table is an array when its keys are
--- 1 to n or `json.array` made it one; an empty one is `{}`. Raises `invalid`
--- for what JSON cannot say: functions, infinite numbers, tables that hold
--- themselves or are nested more than 1000 levels deep.
---@param value any
---@param options? json.Options
---@return string
function json.encode(value, options) end

--- Makes a table (or a new one) encode as an array, also when it is empty.
---@generic T
---@param list? T[]
---@return T[]
function json.array(list) end

--- Returns whether a value encodes as an array.
---@param value any
---@return boolean
function json.is_array(value) end

return json
