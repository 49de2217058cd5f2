--- tidemill cron: schedules and their next times.

local function read_rows(db)
	local json = require("json")
	local rows = db:query("SELECT s.*, r.name, r.path, p.name AS repo,"
		.. " c.spec FROM schedules s JOIN recipes r ON r.id = s.recipe"
		.. " LEFT JOIN repos p ON p.id = r.repo LEFT JOIN specs c ON"
		.. " c.hash = r.hash WHERE r.enabled = 1 ORDER BY s.next_at")

	for _, row in ipairs(rows) do
		local spec = row.spec and json.decode(row.spec)
		row.spec = nil
		row.definition = spec and spec.triggers[row.trigger + 1]
	end
	return rows
end

local function describe(row)
	local trigger = row.definition

	if not trigger then return row.source end
	if trigger.kind == "interval" then return row.source .. " ms" end
	return trigger.expr .. (trigger.tz and " " .. trigger.tz or "")
end

local function list(call)
	local rows = read_rows(call:store("read"))

	if call.json then
		call:print_json(require("json").array(rows))
		return 0
	end
	local lines = {}
	for i, row in ipairs(rows) do
		lines[i] = { row.name, describe(row),
			require("time").format(row.next_at),
			row.last_at and require("time").format(row.last_at)
			or "never" }
	end
	call:table({ { title = "RECIPE" }, { title = "WHEN" },
		{ title = "NEXT" }, { title = "LAST" } }, lines)
	return 0
end

local function times_of(row, count)
	local trigger, out = row.definition, { row.next_at }

	while #out < count do
		local last = out[#out]
		local next_at = trigger and trigger.kind == "interval"
			and last + trigger.every or trigger
			and require("text").cron_next(trigger.expr, trigger.tz,
				last, 1)[1]
		if not next_at then break end
		out[#out + 1] = next_at
	end
	return out
end

local function show_expression(call, expr)
	local text = require("text")
	local times = text.cron_next(expr, call.options.tz, nil,
		call.options.count)

	if call.json then
		call:print_json { expr = expr, times = times,
			description = text.cron_describe(expr) }
		return 0
	end
	call:print(text.cron_describe(expr))
	for _, at in ipairs(times) do
		call:print("  " .. require("time").format(at))
	end
	return 0
end

local function next_times(call)
	local wanted = call.args[1]

	if wanted and (wanted:find("[ @]")) then
		return show_expression(call, wanted)
	end
	local all = {}
	for _, row in ipairs(read_rows(call:store("read"))) do
		if not wanted or row.name == wanted then
			for _, at in ipairs(times_of(row, call.options.count)) do
				all[#all + 1] = { at = at, name = row.name }
			end
		end
	end
	if wanted and #all == 0 then
		error({ code = "not_found",
			message = ("no schedule of '%s'"):format(wanted) }, 0)
	end
	table.sort(all, function(a, b) return a.at < b.at end)
	all = { table.unpack(all, 1, call.options.count) }
	if call.json then
		call:print_json(require("json").array(all))
		return 0
	end
	local lines = {}
	for i, one in ipairs(all) do
		lines[i] = { require("time").format(one.at), one.name }
	end
	call:table({ { title = "WHEN" }, { title = "RECIPE" } }, lines)
	return 0
end

---@type cli.Verb
return {
	summary = "Show schedules and when they are due",
	examples = {
		{ "tidemill cron ls", "what a server keeps" },
		{ "tidemill cron next -n 3", "what is due next" },
	},
	subverbs = {
		ls = { summary = "List the schedules that a server keeps",
			arguments = {}, run = list },
		next = {
			summary = "Show the next times, of schedules or an"
				.. " expression",
			arguments = { { name = "NAME|EXPRESSION",
				optional = true, help = "a recipe's name, or a"
					.. " cron expression to try out" } },
			options = {
				{ name = "count", short = "n", argument = "N",
					type = "integer", default = 10,
					help = "how many" },
				{ name = "tz", argument = "ZONE",
					help = "of an expression" },
			},
			examples = { { "tidemill cron next '15 2 * * 1-5'",
				"when would that be?" } },
			run = next_times,
		},
	},
}
