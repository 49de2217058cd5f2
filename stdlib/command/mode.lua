--- The server's mode: run, pause or drain. Kept in the database, so it holds
--- without a server and after a restart.

---@param call cli.Call
---@param mode "run"|"pause"|"drain"
---@param text string what it means, for people
---@return integer
return function(call, mode, text)
	local db = call:store()

	db:setting("mode", mode)
	local served = db:poke_server()
	if call.json then
		call:print_json { mode = mode, server = served and true or false }
	else
		call:print(text)
	end
	return 0
end
