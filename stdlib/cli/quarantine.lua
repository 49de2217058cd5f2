--- tidemill quarantine: tests whose failures do not count, for a while.

local MAX_DAYS <const> = 366
local DAY <const> = 86400000

--- "2027-01-31" (its end, here) or a duration from now.
local function read_until(call, text)
	local time = require("time")
	local year, month, day = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)$")
	local now = time.now()
	local at

	if year then
		at = os.time { year = tonumber(year), month = tonumber(month),
			day = tonumber(day), hour = 23, min = 59, sec = 59 }
		at = os.date("%Y-%m-%d", at) == text and at * 1000 or nil
	else
		local duration = require("recipe.duration")(text)
		at = duration and now + duration
	end
	if not at then
		call:misused("--until wants a day (2027-01-31) or a time from"
			.. " now (14d), not '%s'", text)
	elseif at <= now then
		call:misused("--until '%s' is over", text)
	elseif at > now + MAX_DAYS * DAY then
		call:misused("--until '%s' is more than a year away: whoever is"
			.. " not mended by then should be removed", text)
	end
	return at
end

local function add(call)
	local quarantine = require("reports.quarantine")
	local db, test = call:store(), call.args[1]
	local user = os.getenv("USER") or "somebody"

	if not call.options["until"] then
		call:misused("--until: quarantine has an end")
	end
	if not call.options.why or call.options.why == "" then
		call:misused("--why: the reason, for those who find it")
	end
	local at = read_until(call, call.options["until"])
	if not call.options.unknown then
		quarantine.check(db, test, call.options.recipe)
	end
	quarantine.add(db, { test = test, recipe = call.options.recipe,
		["until"] = at, why = call.options.why, by = user })
	require("web.audit").add(db, user, "quarantine.add", test,
		call.options.why)
	if call.json then
		call:print_json { test = test, ["until"] = at }
	else
		call:print(("%s is in quarantine until %s"):format(test,
			require("terminal.format").time(at)))
	end
end

local function list(call)
	local format = require("terminal.format")
	local found = require("reports.quarantine").list(call:store("read"))
	local now, rows = require("time").now(), {}

	if call.json then
		return call:print_json(require("json").array(found))
	end
	for i, row in ipairs(found) do
		rows[i] = { row.test, row.recipe ~= "" and row.recipe or "all",
			row["until"] <= now and "over"
			or format.time(row["until"]), row.added_by or "",
			format.clean(row.why) }
	end
	call:table({ { title = "TEST" }, { title = "RECIPE" },
		{ title = "UNTIL" }, { title = "BY" }, { title = "WHY" } },
		rows)
end

local function remove(call)
	local db, test = call:store(), call.args[1]
	local quarantine = require("reports.quarantine")

	if quarantine.remove(db, test, call.options.recipe) == 0 then
		local names = {}
		for i, row in ipairs(quarantine.list(db)) do
			names[i] = row.test
		end
		local near = require("nearest")(test, names)
		error({ code = "not_found", message = ("'%s' is not in"
			.. " quarantine%s"):format(test, near and
			(" (did you mean '%s'?)"):format(near) or "") }, 0)
	end
	require("web.audit").add(db, os.getenv("USER") or "somebody",
		"quarantine.rm", test)
	if call.json then call:print_json { test = test, removed = true } end
end

local RECIPE <const> = { name = "recipe", argument = "NAME",
	help = "of this one alone [all]" }

---@type cli.Verb
return {
	summary = "keep known bad tests from failing runs, for a while",
	description = "A step that failed only because of tests in quarantine"
		.. " has passed, until the day that the entry names. It needs"
		.. " the option 'reports', and its program must have ended by"
		.. " itself; many tests that fail at once are not excused.",
	examples = {
		{ "tidemill quarantine add 'shop.CartTest::pays' --until 14d"
			.. " --why 'the bank is slow'", "two weeks" },
		{ "tidemill quarantine ls" },
	},
	subverbs = {
		add = {
			summary = "put a test into quarantine, until a day",
			arguments = { { name = "TEST", help = "SUITE::NAME, as"
				.. " 'tidemill tests' prints it" } },
			options = {
				{ name = "until", argument = "DAY|TIME",
					help = "2027-01-31 or 14d; at most a"
					.. " year" },
				{ name = "why", argument = "TEXT",
					help = "the reason" },
				RECIPE,
				{ name = "unknown", help = "although no test of"
					.. " that name was seen" },
			},
			run = add,
		},
		ls = { summary = "list what is in quarantine", arguments = {},
			run = list },
		rm = {
			summary = "take a test out of quarantine",
			arguments = { { name = "TEST", help = "SUITE::NAME" } },
			options = { RECIPE },
			run = remove,
		},
	},
}
