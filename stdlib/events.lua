--- Events again: a copy of one, which is matched as if it came now.

local events = {}

--- Adds a copy of an event; returns its number.
---@param db store.Db
---@param id integer
---@return integer
function events.replay(db, id)
	local row = db:row("SELECT * FROM events WHERE id = ?", id)
	local copy

	if not row then
		error({ code = "not_found",
			message = ("there is no event e%d"):format(id) }, 0)
	end
	local number = 0
	repeat
		number = number + 1
		copy = db:event_add { kind = row.kind, repo = row.repo,
			recipe = row.recipe, trigger = row.trigger,
			ref = row.ref, old = row.old, new = row.new,
			payload = row.payload,
			dedupe = ("replay:%d:%d"):format(id, number) }
	until copy
	db:poke_server()
	return copy
end

return events
