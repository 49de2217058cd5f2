--- The audit log: who did what, each entry sealed by the hash of the one
--- before. The table refuses changes; the chain shows those made around it.

local audit = {}

local START <const> = ("0"):rep(64)

local function digest(previous, entry)
	local json = require("json")

	return require("hash").sha256(previous .. "\n" .. json.encode {
		id = entry.id, at = entry.at, actor = entry.actor,
		action = entry.action, target = entry.target or json.null,
		detail = entry.detail or json.null })
end

--- Writes an entry, durably.
---@param db store.Db
---@param actor string
---@param action string "run.cancel"
---@param target? string
---@param detail? string
function audit.add(db, actor, action, target, detail)
	db:transaction(function()
		local last = db:row("SELECT id, hash FROM audit ORDER BY id"
			.. " DESC LIMIT 1")
		local entry = { id = (last and last.id or 0) + 1,
			at = require("time").now(), actor = actor,
			action = action, target = target, detail = detail }
		db:run([[INSERT INTO audit (id, at, actor, action, target,
			detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)]], entry.id,
			entry.at, actor, action, target, detail,
			digest(last and last.hash or START, entry))
	end)
end

--- Checks the chain. Returns how many entries there are and the last one's
--- hash (whoever keeps it notices later that the end was cut off), or nil and
--- the first entry that is wrong.
---@param db store.Db
---@return integer? count
---@return string|integer hash
function audit.verify(db)
	local previous, count = START, 0

	for entry in db:each("SELECT * FROM audit ORDER BY id") do
		count = count + 1
		if entry.id ~= count or digest(previous, entry) ~= entry.hash
		then
			return nil, count
		end
		previous = entry.hash
	end
	return count, previous
end

return audit
