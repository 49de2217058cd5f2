---@meta smtp
--- Handing a message to a mail server. Use `mail`, which composes it.
error("definitions for the editor, not a module")

---@class smtp
local smtp = {}

---@class smtp.Attachment
---@field name string
---@field type? string MIME's (default by the name's end)
---@field path? string a file; or:
---@field bytes? string

---@class smtp.Message
---@field server string "smtp://host:25" or "smtps://host:465"
---@field tls "none"|"opportunistic"|"required" for smtp://
---@field user? string
---@field password? string
---@field ca_file? string certificates to trust (default the system's)
---@field from string of the envelope
---@field recipients string[] of the envelope
---@field headers string[] lines, encoded
---@field text? string
---@field html? string
---@field attachments? smtp.Attachment[]
---@field timeout integer milliseconds in all

--- Sends it. Raises `timeout`; `invalid` when the server refuses for good;
--- `io` for what may work later.
---@async
---@param message smtp.Message
function smtp.send(message) end

return smtp
