---@meta csv
--- CSV by RFC 4180. The module `table` writes it.
error("definitions for the editor, not a module")

---@class csv
local csv = {}

---@class csv.Options
---@field file? string how errors name the text
---@field line? integer number of the text's first line, for errors (1)
---@field separator? string one character (default ",")

---@class csv.DecodeOptions: csv.Options
---@field header? boolean the first row has names (default true)

---@class csv.ColumnsOptions: csv.Options
---@field text? string[] columns that are texts; all others are numbers

--- Returns the rows: tables by the names in the header, or lists without one.
--- Raises `invalid` with file and line.
---@param text string
---@param options? csv.DecodeOptions
---@return table[]
function csv.decode(text, options) end

--- Returns the names of the columns, and a list of values for each name. Those
--- of columns of numbers are numbers: NaN where the field is empty, NA or null.
---@param text string
---@param options? csv.ColumnsOptions
---@return string[] names
---@return table<string, (number|string)[]> columns
function csv.columns(text, options) end
