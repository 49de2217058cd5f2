---@meta edit
error("definitions for the editor, not a module")

--- Editing lines on a terminal, with history and completion (libedit).
local edit = {}

---@class edit.Options
---@field history? string file that history is kept in
---@field complete? fun(before: string): string[], integer candidates for what
---  is before the cursor, and how many bytes of it they replace; it must not
---  wait

---@class edit.Editor
local editor = {}

--- Opens an editor on the terminal. There can be one.
---@param options? edit.Options
---@return edit.Editor
function edit.open(options) end

--- Waits for the next line and returns it without its newline; nil at the end
--- (Ctrl-D); false when Ctrl-C left it.
---@async
---@param prompt string
---@return string|false|nil
function editor:line(prompt) end

--- Adds a text, which may have several lines, to the history.
---@param text string
function editor:remember(text) end

--- Writes the history to its file and gives the terminal back. More calls do
--- nothing; also done by `<close>` and by the collector.
function editor:close() end

return edit, editor
