--- Tokens: what programs and people show to be let in. Only hashes are kept.

local tokens = {}

tokens.SCOPES = { "read", "write", "admin" }

local RANK <const> = { read = 1, write = 2, admin = 3 }
local USED <const> = 60000 -- ms between two notes of a use

---@class web.Token
---@field id integer
---@field name string
---@field scope "read"|"write"|"admin"
---@field created integer
---@field expires? integer
---@field used? integer

--- Returns unguessable bytes as hex digits.
---@param bytes integer
---@return string
function tokens.random(bytes)
	local file <close> = assert(io.open("/dev/urandom", "rb"))

	return (assert(file:read(bytes)):gsub(".", function(byte)
		return ("%02x"):format(byte:byte())
	end))
end

--- Makes a token; returns its number, and its text, which is kept nowhere.
---@param db store.Db
---@param token { name: string, scope: string, expires?: integer }
---@return integer id
---@return string text
function tokens.new(db, token)
	local text = tokens.random(32)
	local _, id = db:run([[INSERT INTO tokens (name, hash, scope, created,
		expires) VALUES (?, ?, ?, ?, ?)]], token.name,
		require("hash").sha256(text), token.scope,
		require("time").now(), token.expires)

	return id, ("tm_%d_%s"):format(id, text)
end

--- Returns the token of a text that is right and not over.
---@param db store.Db
---@param text string
---@return web.Token?
function tokens.find(db, text)
	local hash = require("hash")
	local id, rest = text:match("^tm_(%d+)_(%x+)$")
	local row = id and #id < 18 and db:row("SELECT * FROM tokens WHERE id"
		.. " = ?", math.tointeger(tonumber(id)))
	local right = hash.equal(row and row.hash or hash.sha256(""),
		hash.sha256(rest or text))

	if not right or not row then return nil end
	if row.expires and row.expires <= require("time").now() then
		return nil
	end
	return row
end

---@param token web.Token
---@param scope string
---@return boolean
function tokens.allows(token, scope)
	return RANK[token.scope] >= RANK[scope]
end

--- Notes that a token was used, at most once a minute.
---@param db store.Db
---@param token web.Token
function tokens.used(db, token)
	local now = require("time").now()

	if token.used and now - token.used < USED then return end
	db:run("UPDATE tokens SET used = ? WHERE id = ?", now, token.id)
end

---@param db store.Db
---@return web.Token[]
function tokens.list(db)
	return db:query("SELECT id, name, scope, created, expires, used FROM"
		.. " tokens ORDER BY id")
end

---@param db store.Db
---@param id integer
---@return boolean
function tokens.remove(db, id)
	return db:run("DELETE FROM tokens WHERE id = ?", id) == 1
end

return tokens
