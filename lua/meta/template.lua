---@meta template
--- Jinja2 templates: the language of Ansible, Salt and dbt, compiled once and
--- rendered fast, with limits, so that foreign templates are safe to render.
error("definitions for the editor, not a module")

---@class template
local template = {}

---@class template.Options
---@field name? string how errors name the text (default "template")
---@field search? string|string[] where other templates are; nothing outside
--- of these directories is ever read (default: that of the file, if any)
---@field undefined? "strict"|"lenient"|"chainable" (default "strict")
---@field autoescape? boolean escape values for HTML (default false)
---@field trim_blocks? boolean no newline after a tag (default false)
---@field lstrip_blocks? boolean no blanks before a tag (default false)
---@field keep_trailing_newline? boolean the last one (default false)
---@field newline? string what ends a line (default "\n")
---@field block? string[] its delimiters (default { "{%", "%}" })
---@field variable? string[] its delimiters (default { "{{", "}}" })
---@field comment? string[] its delimiters (default { "{#", "#}" })
---@field line_statement? string prefix of lines that are tags
---@field line_comment? string prefix of comments to the end of the line
---@field extensions? boolean `do`, `break`, `continue` (default true)
---@field ansible? boolean Ansible's filters and tests (default true)
---@field sandbox? boolean as Jinja2's sandbox (default false)
---@field filters? table<string, fun(value: any, ...): any> more filters
---@field tests? table<string, fun(value: any, ...): boolean> more tests
---@field functions? table<string, fun(...): any> more functions
---@field values_files? string[] .json, .yaml or .toml, merged in order
---@field set? string[] "a.b=1" and such, after all other values
---@field map? boolean return a map of the text, too (default false)
---@field secrets? string[] paths of values that are secrets ("db.password"):
--- what is computed from them is masked by the map, and no error shows it
---@field max_steps? integer tags, items and work (default 104,857,600)
---@field max_output? integer bytes (default 256 MiB)
---@field max_memory? integer bytes of values (default 512 MiB)
---@field max_depth? integer macros and includes (default 200, most 1000)

---@class template.Spot
---@field file string the template
---@field line integer in it
---@field value? string the path of the value that was printed: "db.pool"
---@field secret boolean whether it was computed from a secret

---@class template.Map
local Map = {}

--- Returns where the byte at `position` of the text comes from; nil when the
--- text is shorter.
---@param position integer counted from 1
---@return template.Spot?
function Map:at(position) end

--- Returns where a line of the text comes from: that of the first value with a
--- path in it (of the last one at or before `column`, if there is such), or of
--- its beginning.
---@param number integer counted from 1
---@param column? integer in bytes, counted from 1 (default 1)
---@return template.Spot?
function Map:line(number, column) end

--- Returns the text with a mark for all that was computed from secrets; its
--- lines stay.
---@param mark? string (default "********")
---@return string
function Map:masked(mark) end

---@class template.Template
local Template = {}

--- Returns the text of the template with `values`, which were not seen when it
--- was compiled.
---@param values? table<string, any>
---@return string
---@return template.Map? map with the option `map`
function Template:render(values) end

--- Compiles a text, to be rendered often.
---@param text string
---@param options? template.Options
---@return template.Template
function template.compile(text, options) end

--- Compiles a file, or a template of that name in `options.search`.
---@param path string
---@param options? template.Options
---@return template.Template
function template.load(path, options) end

--- Returns the text of a template with `values`. Raises `invalid` with `kind`,
--- `template` and `line`, `not_found` for templates that are not there, and
--- `limit` when a limit is passed.
---@param text string
---@param values? table<string, any>
---@param options? template.Options
---@return string
---@return template.Map? map with the option `map`
function template.render(text, values, options) end

--- As `render`, with a template from a file.
---@param path string
---@param values? table<string, any>
---@param options? template.Options
---@return string
---@return template.Map? map with the option `map`
function template.render_file(path, values, options) end

--- Renders the cases of a JSON text, each with `template`, `files`, `context`
--- and `options`; returns a line of JSON for each, with its `id` and `output`,
--- `error` or `data`.
---@param cases string
---@return string
function template.batch(cases) end

return template
