--- Many requests at once, but not too many.

local task = require("task")

local LIMIT <const> = 16

local function invalid(format, ...)
	error({ code = "invalid", message = format:format(...) }, 0)
end

--- Returns the response; with `keeps` a failed request's error.
local function ask(session, item, keeps, index)
	if not keeps then return session:request(item, nil, index) end
	local ok, response = pcall(session.request, session, item, nil, index)

	if not ok and response.code == "cancelled" then error(response, 0) end
	return response
end

--- One of several tasks that take the next item as long as there is one.
local function work(state)
	local list, session, fn = state.list, state.session, state.fn
	local results = state.results

	while state.next < #list do
		local index = state.next + 1
		local item = list[index]

		state.next = index
		local response = ask(session, item, state.keeps, index)
		if fn then
			results[index] = fn(response, item, index)
		else
			results[index] = response
		end
	end
end

---@class http.EachOptions
---@field limit? integer requests at the same time [16]
---@field errors? boolean a failed request's error is a result, too [false]

--- Requests every URL (or table of options) of `list`, `limit` at a time.
--- Returns the list of what `fn(response, item, index)` returned, in the
--- order of `list`; without `fn` the responses.
---@async
---@param session http.Session
---@param list (string|http.Options)[]
---@param options? http.EachOptions
---@param fn? fun(response: http.Response, item: any, index: integer): any
---@return any[]
return function(session, list, options, fn)
	if type(options) == "function" then options, fn = nil, options end
	options = options or {}
	if type(list) ~= "table" or type(options) ~= "table" then
		invalid("http.each takes a list and a table of options")
	end
	for key in pairs(options) do
		if key ~= "limit" and key ~= "errors" then
			invalid("unknown option '%s' of http.each", tostring(key))
		end
	end
	local limit = options.limit or LIMIT
	if math.type(limit) ~= "integer" or limit < 1 then
		invalid("'limit' of http.each must be a positive integer")
	end
	local state = { list = list, session = session, fn = fn, next = 0,
		results = {}, keeps = options.errors }
	local tasks = {}

	for i = 1, math.min(limit, #list) do
		tasks[i] = task.spawn(work, state)
	end
	task.all(tasks)
	return state.results
end
