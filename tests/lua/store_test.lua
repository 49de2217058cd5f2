local fs = require("fs")
local store = require("store")
local task = require("task")
local test = require("test")

local T = {}

--- Calls `fn` with an open database in a home of its own.
local function with_home(fn)
	local home = fs.temp_dir()
	local db = store.open { home = home }
	local ok, problem = pcall(fn, db, home)
	db:close()
	fs.remove(home)
	if not ok then error(problem, 0) end
end

local function raises(part, fn, ...)
	local ok, problem = pcall(fn, ...)
	assert(not ok, "nothing was raised")
	if not tostring(problem):find(part, 1, true) then
		error(("'%s' is not in '%s'"):format(part, tostring(problem)))
	end
	return problem
end

local function run(db, options)
	local new = { name = "shop", path = "/shop.lua" }
	for key, value in pairs(options or {}) do new[key] = value end
	return db:run_create(new)
end

T["rows are tables by column name"] = function()
	with_home(function(db)
		local rows = db:query("SELECT ? AS a, ? AS b, ? AS c, ? AS d",
			1, "x\0y", nil, 2.5)
		test.equal(rows, { { a = 1, b = "x\0y", d = 2.5 } })
		test.equal(db:query("SELECT :a + :b AS sum", { a = 1, b = 2 }),
			{ { sum = 3 } })
		test.equal(db:row("SELECT 1 AS one WHERE 0"), nil)
		test.equal(db:columns("SELECT 1 AS one, 2 AS two"),
			{ "one", "two" })
		raises("has 1 parameters, not 2", db.query, db, "SELECT ?", 1, 2)
		raises("no such table", db.query, db, "SELECT * FROM nobody")
		raises("is a function", db.query, db, "SELECT ?", print)
	end)
end

T["a loop over rows may write"] = function()
	with_home(function(db)
		for i = 1, 3 do db:setting("k" .. i, "v") end
		local sql = "SELECT key FROM settings WHERE value = 'v'"
		for row in db:each(sql) do db:setting(row.key, "w") end
		test.equal(#db:query(sql), 0)
		test.equal(db:setting("k2"), "w")
		db:setting("k2", nil)
		test.equal(db:setting("k2"), nil)
	end)
end

T["a transaction is undone when it raises, and cannot wait"] = function()
	with_home(function(db)
		raises("oh", db.transaction, db, function()
			db:setting("a", "1")
			error("oh")
		end)
		test.equal(db:setting("a"), nil)
		local n = db:transaction(function()
			db:setting("a", "1")
			return 7
		end)
		test.equal(n, 7)
		test.equal(db:setting("a"), "1")
		raises("", db.transaction, db, function()
			require("time").sleep(1)
		end)
		db:setting("b", "2") -- nothing is left open
	end)
end

T["a group is durable after commit"] = function()
	with_home(function(db, home)
		local other <close> = store.open { home = home, readonly = true }
		local count = "SELECT count(*) AS n FROM settings"
			.. " WHERE value = 'g'"
		local insert = "INSERT INTO settings VALUES (?, 'g')"
		local changes = db:write(insert, "a")
		test.equal(changes, 1)
		test.equal(other:row(count).n, 0)
		db:commit()
		test.equal(other:row(count).n, 1)
		task.all {
			function() db:write(insert, "b") db:commit() end,
			function() db:write(insert, "c") db:commit() end,
		}
		test.equal(other:row(count).n, 3)
		db:write(insert, "d")
		db:run(insert, "e") -- takes the group with it
		test.equal(other:row(count).n, 5)
	end)
end

T["a run is created, claimed, parked and finished"] = function()
	with_home(function(db)
		local id = run(db, { event = 1, recipe = 2, trigger = 0 })
		test.equal(run(db, { event = 1, recipe = 2, trigger = 0 }), nil)
		raises("unknown field 'nme'", db.run_create, db, { nme = "x" })
		raises("'path' is missing", db.run_create, db, { name = "x" })
		raises("must be an integer", run, db, { priority = "high" })
		local row = db:run_claim(id)
		test.equal(row.state, "running")
		test.equal(row.attempt, 1)
		test.equal(db:run_claim(id), nil)
		assert(db:run_wait(id, { wake_at = 1, waits_for = "sleep" }))
		assert(db:run_claim(id))
		assert(db:run_finish(id, { state = "passed", status = 0 }))
		assert(not db:run_finish(id, { state = "failed" }))
		test.equal(db:run_cancel(id, "anna"), nil)
		id = run(db)
		test.equal(db:run_cancel(id, "anna"), "ended")
	end)
end

T["steps are recorded and listed"] = function()
	with_home(function(db)
		local id = db:step_start {
			run = 1, name = "build", kind = "command", soft = true,
		}
		assert(db:step_finish(id, {
			state = "passed", status = 0, result = "{}", wall = 3,
			log_truncated = false,
		}))
		assert(not db:step_finish(id, { state = "failed" }))
		local steps = db:steps(1)
		test.equal(#steps, 1)
		test.equal(steps[1].name, "build")
		test.equal(steps[1].soft, 1)
		test.equal(steps[1].result, "{}")
		test.equal(steps[1].cpu_user, nil)
		raises("has passed already", db.step_start, db,
			{ run = 1, name = "build", kind = "command" })
		db:note(1, nil, "remark")
		db:step_undone(id)
		db:commit()
	end)
end

T["a lock goes to the next when its run ends"] = function()
	with_home(function(db)
		local a, b = run(db), run(db)
		local function wish(id)
			return { name = "db", run = id, step = "lock" }
		end
		db:run_claim(b)
		assert(db:lock_try(wish(a)))
		assert(not db:lock_try(wish(b)))
		test.equal(#db:lock_list("db"), 2)
		assert(db:run_wait(b, { waits_for = "lock db" }))
		assert(db:run_finish(a, { state = "passed", status = 0 }))
		test.equal(db:row("SELECT state FROM runs WHERE id = ?", b),
			{ state = "queued" })
		assert(db:lock_try(wish(b)))
		assert(db:lock_release("db", b, "lock"))
		test.equal(db:lock_list(), {})
		assert(db:lock_try {
			name = "db", run = b, step = "x", count = "all",
			capacity = 3,
		})
	end)
end

T["an event is there once"] = function()
	with_home(function(db)
		local event = { kind = "emit", dedupe = "emit:1" }
		assert(db:event_add(event))
		test.equal(db:event_add(event), nil)
		test.equal(db:poke_server(), false)
		test.equal(db:poke_run(1), false)
	end)
end

T["queries of others can only read, and not for long"] = function()
	with_home(function(db, home)
		db:setting("a", "1")
		local options = { home = home, timeout = 200, rows = 100 }
		local q <close> = store.readonly(options)
		test.equal(q:row("SELECT value FROM settings WHERE key = 'a'"),
			{ value = "1" })
		assert(#q:query("PRAGMA table_info(runs)") > 10)
		assert(q:row("SELECT sqlite_version() AS v").v)
		for _, sql in ipairs {
			"DELETE FROM runs", "ATTACH 'x' AS y", "VACUUM",
			"PRAGMA journal_mode = DELETE", "BEGIN",
			"PRAGMA user_version = 3", "DROP TABLE runs",
		} do
			local problem = raises("", q.query, q, sql)
			test.equal(problem.code, "invalid")
		end
		local endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
			.. " SELECT x + 1 FROM c) SELECT "
		local slow = raises("longer than 200 ms", q.query, q,
			endless .. "max(x) AS m FROM c")
		test.equal(slow.code, "timeout")
		local many = raises("more than 100 rows", q.query, q,
			endless .. "x FROM c")
		test.equal(many.code, "limit")
		local seen = 0
		for _ in q:each("SELECT 1 UNION SELECT 2") do seen = seen + 1 end
		test.equal(seen, 2)
	end)
end

T["a backup is a whole database"] = function()
	with_home(function(db, home)
		db:setting("a", "1")
		db:check()
		local copy = home .. "/copy"
		fs.mkdir(copy)
		db:backup(copy .. "/tidemill.db")
		local other <close> = store.open { home = copy }
		test.equal(other:setting("a"), "1")
		raises("cannot create", db.backup, db, home .. "/no/such/dir")
	end)
end

T["docs/schema.md explains every table and column"] = function()
	local text = fs.read("docs/schema.md")
	local missing = {}

	with_home(function(db)
		local tables = db:query("SELECT name FROM sqlite_schema WHERE"
			.. " type = 'table' AND name NOT LIKE 'sqlite_%'")
		test.ok(#tables > 10)
		for _, entry in ipairs(tables) do
			local section = text:match("\n### " .. entry.name
				.. "[:\n](.-)\n##") or ""
			for _, column in ipairs(db:query("SELECT name FROM"
				.. " pragma_table_info(?)", entry.name)) do
				if not section:find("`" .. column.name .. "`",
					1, true) then
					missing[#missing + 1] = entry.name
						.. "." .. column.name
				end
			end
		end
	end)
	test.equal(missing, {})
end

T["the examples of docs/schema.md are queries"] = function()
	with_home(function(_, home)
		local q <close> = store.readonly { home = home }
		local count = 0
		local text = fs.read("docs/schema.md")
		for sql in text:gmatch("```sql\n(.-)```") do
			q:query(sql)
			count = count + 1
		end
		test.ok(count > 3)
	end)
end

T["a closed database says so"] = function()
	with_home(function(db, home)
		db:close()
		db:close()
		raises("the database is closed", db.query, db, "SELECT 1")
		local problem = raises("no database", store.open,
			{ home = home .. "/none", readonly = true })
		test.equal(problem.code, "not_found")
	end)
end

return T
