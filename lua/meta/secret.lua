---@meta secret
--- Secrets, sealed in the database under the key beside it. Recipes have
--- `get(name)` alone, which asks all providers; this is what the command line
--- uses.

error("definitions for the editor, not a module")

---@class secret
local secret = {}

--- Seals a value, instead of a former one; the first one makes the key file.
--- Raises `invalid` for a wrong name, an empty value, and a key file that
--- others may read or that is gone.
---@param db store.Db
---@param name string letters, digits and "_", as of a variable
---@param value string at most 64 KiB
function secret.put(db, name, value) end

--- Returns a sealed value, nil when there is none of that name. Raises
--- `invalid` when it cannot be opened.
---@param db store.Db
---@param name string
---@return string?
function secret.get(db, name) end

--- Seals all values anew under a new key; returns how many there were.
---@param db store.Db
---@return integer
function secret.rotate(db) end

--- Returns whether this can be the name of a secret.
---@param name string
---@return boolean
function secret.is_name(name) end

return secret
