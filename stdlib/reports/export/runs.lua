--- Which runs are exported: one, or all since a time.

local record = require("record")

local runs = {}

local PAGE <const> = 200

--- Reads "7d" (before now), "2027-01-31" (its begin) or an ISO time.
--- Returns ms.
---@param text string
---@return integer?
function runs.since(text)
	local time = require("time")
	local duration = require("recipe.duration")(text)

	if duration then return time.now() - duration end
	local year, month, day = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)$")
	if year then
		return os.time { year = tonumber(year), month = tonumber(month),
			day = tonumber(day), hour = 0 } * 1000
	end
	local ok, at = pcall(time.parse, text)
	return ok and at or nil
end

--- Iterates over runs that have ended, the oldest first.
---@param db store.Db
---@param since integer
---@param name? string only of this recipe
---@return fun(): table?
function runs.each(db, since, name)
	local page, at, last = {}, 0, 0

	return function()
		at = at + 1
		if at > #page then
			page = db:query("SELECT * FROM runs WHERE id > ? AND"
				.. " created >= ? AND finished IS NOT NULL AND"
				.. " (?3 IS NULL OR name = ?3) ORDER BY id"
				.. " LIMIT ?4", last, since, name, PAGE)
			at = 1
			if #page == 0 then return nil end
			last = page[#page].id
		end
		return page[at]
	end
end

--- Iterates over one run.
---@param db store.Db
---@param id integer
---@return fun(): table?
function runs.one(db, id)
	local run = record.run(db, id)

	return function()
		local row = run
		run = nil
		return row
	end
end

return runs
