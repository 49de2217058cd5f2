--- What a person says to ctx:approve becomes part of the record, and the run
--- goes on.

local approvals = require("approvals")
local record = require("record")

local function who()
	return os.getenv("USER") or os.getenv("LOGNAME") or "somebody"
end

local function find(db, text)
	local id = approvals.parse(text)
	local row = id and approvals.get(db, id)

	if row then return row end
	error({ code = id and "not_found" or "invalid", usage = not id,
		message = id and ("there is no approval a%d; 'tidemill approve'"
			.. " lists those that are open"):format(id)
			or ("'%s' is no approval: give its number, such as a7")
				:format(text) }, 0)
end

local function refuse(row, run)
	local why = row.state == "open" and ("run %d has ended: %s"):format(
		run.id, (run.state:gsub("_", " ")))
		or ("it was %s%s"):format(row.state, row.decided_by
			and " by " .. row.decided_by or "")

	error({ code = "invalid", message = ("approval a%d is over: %s")
		:format(row.id, why) }, 0)
end

--- Lets the run look again, in whatever process it is.
local function go_on(call, db, run)
	if run.state == "running" and db:poke_run(run.id) then return 0 end
	db:run_requeue(run.id, "an approval was decided")
	if db:poke_server() then return 0 end
	return require("run.foreground").go_on(call, db, run.id)
end

--- Records the answer `state` to call.args[1] and goes on with its run.
---@async
---@param call cli.Call
---@param state "approved"|"rejected"
---@return integer code
return function(call, state)
	local db = call:store("write")
	local row = find(db, call.args[1])
	local run = record.run(db, row.run)

	if record.ENDED[run.state] or not approvals.close(db, row.id, {
		state = state, by = who(), comment = call.options.comment }) then
		refuse(approvals.get(db, row.id), run)
	end
	if call.json then
		call:print_json { approval = row.id, run = run.id,
			state = state }
	elseif not call.options.quiet then
		call:print(("a%d is %s: run %d goes on"):format(row.id, state,
			run.id))
	end
	return go_on(call, db, run)
end
