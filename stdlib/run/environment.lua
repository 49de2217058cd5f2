--- The environment of steps: what Tidemill tells the programs it runs.

local environment = {}

local function home_id(db)
	return db:setting("id") or "0"
end

--- Returns the cookie that marks a run's processes (TIDEMILL_RUN).
---@param db store.Db
---@param id integer
---@return string
function environment.cookie(db, id)
	return home_id(db) .. "/" .. id
end

--- Returns the variables that all steps of a run share.
---@param row table of runs
---@param cookie? string
---@param event? table
---@return table<string, string>
function environment.base(row, cookie, event)
	return {
		CI = "true",
		TIDEMILL = "1",
		TIDEMILL_RUN = cookie,
		TIDEMILL_RUN_ID = tostring(row.id),
		TIDEMILL_RECIPE = row.name,
		TIDEMILL_ATTEMPT = tostring(row.attempt or 1),
		TIDEMILL_REF = row.ref,
		TIDEMILL_COMMIT = row.oid,
		TIDEMILL_EVENT = event and event.kind or "manual",
		TIDEMILL_WORKSPACE = row.workspace,
	}
end

--- Adds a recipe's or step's `env`: numbers become text, false removes.
---@param env table<string, string|false>
---@param more? table<string, any>
---@return table
function environment.add(env, more)
	for name, value in pairs(more or {}) do
		if type(value) == "boolean" then
			env[name] = value and "true" or false
		else
			env[name] = tostring(value)
		end
	end
	return env
end

--- Returns directory and variables of a step that ran: for `tidemill shell`.
---@param _ string the home
---@param row table of runs
---@param step? table of steps
---@return { cwd?: string, env: table<string, string> }
function environment.of(_, row, step)
	local env = environment.base(row, nil, { kind = row.event_kind
		or "manual" })

	if step then env.TIDEMILL_STEP = step.name end
	return { cwd = row.workspace, env = env }
end

return environment
