--- Features of commits: by hand on a small history, and on whole ones.

local fs = require("fs")
local git = require("git")
local proc = require("proc")
local task = require("task")
local test = require("test")

local DATA <const> = (os.getenv("TIDEMILL_DATA") or "../shared/data") .. "/jit"

-- Git asks nobody and reads no one's settings; commits are a day apart.
local SETTINGS <const> = [[set -e; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
	day=0
	commit() { # NAME MESSAGE
		day=$((day + 1))
		export GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@Example.org
		export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@c
		export GIT_AUTHOR_DATE="$((1000000000 + day * 86400)) +0000"
		export GIT_COMMITTER_DATE="$GIT_AUTHOR_DATE"
		git add -A; git commit -qm "$2"
	}
]]

local function sh(dir, script)
	return proc.run { "bash", "-c", SETTINGS .. script, cwd = dir }.stdout
end

local HISTORY <const> = [[
git init -q -b main r; cd r
mkdir -p src/core lib deps; seq 4 >src/core/a.c; seq 10 >lib/b.py
seq 5 >README; seq 9 >deps/x.c
commit Ada "first"
seq 2 >src/core/a.c; echo more >>lib/b.py
commit Ben "Fix a crash

in the second file"
echo text >>README
commit Ada "only words"
git mv lib/b.py lib/c.py; printf 'x\0' >lib/bin.c
commit Ada "debug"
echo 1 >>lib/c.py; rm src/core/a.c
commit ben "a race,
\"quoted\""
git checkout -q -b side HEAD~1; echo 1 >d.sh
commit Ada "aside"
git checkout -q main; git merge -q -m "merge of a fix" side
]]

local function new_history()
	local dir = test.temp_dir()

	sh(dir, HISTORY)
	return dir .. "/r"
end

--- The row as a line: those numbers that the definitions give.
local function line(row)
	return ("%s: ns %d nd %d nf %d entropy %.4f la %d ld %d lt %.2f fix %s "
		.. "ndev %d age %.3f nuc %d exp %d rexp %.4f sexp %d"):format(
		row.name, row.ns, row.nd, row.nf, row.entropy, row.la, row.ld,
		row.lt, row.fix, row.ndev, row.age, row.nuc, row.exp, row.rexp,
		row.sexp)
end

local tests = {}

function tests.features_are_those_of_the_definitions()
	local rows = git.history(new_history())
	local lines = {}

	for i, row in ipairs(rows) do lines[i] = line(row) end
	test.equal(table.concat(lines, "\n"), table.concat({
		"Ada: ns 2 nd 2 nf 2 entropy 0.8631 la 14 ld 0 lt 0.00 "
		.. "fix false ndev 0 age 0.000 nuc 0 exp 0 rexp 0.0000 sexp 0",
		"Ben: ns 2 nd 2 nf 2 entropy 0.9183 la 1 ld 2 lt 7.00 "
		.. "fix true ndev 1 age 1.000 nuc 1 exp 0 rexp 0.0000 sexp 0",
		"Ada: ns 1 nd 1 nf 1 entropy 0.0000 la 0 ld 0 lt 11.00 "
		.. "fix false ndev 2 age 2.000 nuc 1 exp 1 rexp 0.9919 sexp 1",
		"ben: ns 2 nd 2 nf 2 entropy 0.9183 la 1 ld 2 lt 6.50 "
		.. "fix true ndev 2 age 2.000 nuc 2 exp 1 rexp 0.9919 sexp 1",
		"Ada: ns 1 nd 1 nf 1 entropy 0.0000 la 1 ld 0 lt 0.00 "
		.. "fix false ndev 0 age 0.000 nuc 0 exp 2 rexp 1.9810 sexp 0",
	}, "\n"))
end

function tests.rows_say_who_when_and_which_files()
	local repo = git.open(new_history())
	local rows = git.history(repo, { messages = true })

	test.equal(rows[2].email, "ben@example.org")
	test.equal(rows[2].subject, "Fix a crash")
	test.equal(rows[2].message, "Fix a crash\n\nin the second file\n")
	test.equal(rows[2].author_time, 1000000000 + 2 * 86400)
	test.equal(rows[2].commit_time, rows[2].author_time)
	test.equal(rows[4].subject, 'a race, "quoted"')
	test.equal(rows[3].files, { { path = "lib/c.py",
		old_path = "lib/b.py", added = 0, deleted = 0 } })
	test.equal(rows[4].files, {
		{ path = "lib/c.py", added = 1, deleted = 0 },
		{ path = "src/core/a.c", added = 0, deleted = 2 } })
	test.equal(rows[1].message and git.history(repo)[1].message, nil)
end

function tests.ranges_leave_out_what_was_there()
	local path = new_history()
	local rows = git.history(path, { range = "HEAD^2..HEAD" })

	test.equal(#rows, 1)
	test.equal(rows[1].name, "ben")
	test.equal(rows[1].exp, 1)
	test.equal(#git.history(path, { range = "HEAD.." }), 0)
	test.equal(#git.history(path, { range = "side" }), 4)
	test.raises("three dots", function()
		git.history(path, { range = "HEAD...side" })
	end)
	test.raises("did you mean 'side'", function()
		git.history(path, { range = "sied" })
	end)
	test.raises("did you mean 'range'", function()
		git.history(path, { ragne = "side" })
	end)
end

function tests.repositories_without_commits_have_no_rows()
	local dir = test.temp_dir()

	sh(dir, "git init -q r")
	test.equal(git.history(dir .. "/r"), {})
	test.raises("not in a git repository", git.history, dir)
end

function tests.clones_whose_head_leads_nowhere_have_rows()
	local path = new_history()
	local rows = git.history(path)
	local dir = path:gsub("r$", "")

	sh(dir, [[git -C r branch -qD side
		git clone -q --bare r bare; git -C bare symbolic-ref HEAD refs/heads/x
		git clone -q bare clone 2>&1]])
	test.equal(git.history(dir .. "bare"), rows)
	test.equal(git.history(dir .. "clone"), rows)
end

function tests.csv_has_the_same_columns_and_quotes()
	local csv = git.history_csv(new_history())
	local last = csv:match("([^\n]*)\n[^\n]*\n$")

	test.equal(csv:match("^[^\n]*"), "commit,author_time,commit_time,ns,nd,"
		.. "nf,entropy,la,ld,lt,fix,ndev,age,nuc,exp,rexp,sexp,name,"
		.. "email,subject")
	test.equal(last:match("^%x+,(.*)$"), "1000432000,1000432000,2,2,2,"
		.. "0.9183,1,2,6.5,1,2,2.0,2,1,0.9919,1,ben,ben@example.org,"
		.. '"a race, ""quoted"""')
end

function tests.damaged_caches_are_made_again()
	local path = new_history()
	local cache = path .. "/.git/tidemill/history.cache"
	local before = git.history_csv(path)
	local bytes = fs.read(cache)

	for _, damage in ipairs { "", "x", bytes:sub(1, -2), bytes .. "x",
		(bytes:gsub("Ada", "Eve")) } do
		fs.write(cache, damage)
		test.equal(git.history_csv(path), before)
		test.equal(fs.read(cache), bytes)
	end
	fs.remove(path .. "/.git/tidemill")
	fs.write(path .. "/.git/tidemill", "a file where a folder should be")
	test.equal(git.history_csv(path), before)
	test.equal(git.history_csv(path, { no_cache = true }), before)
end

function tests.many_may_use_the_cache_at_once()
	local path = new_history()
	local before = git.history_csv(path, { no_cache = true })
	local readers = {}

	for i = 1, 12 do
		readers[i] = task.spawn(git.history_csv, path)
	end
	for _, reader in ipairs(readers) do
		test.equal(reader:await(), before)
	end
	test.equal(fs.list(path .. "/.git/tidemill"), { "history.cache" })
end

function tests.cancelled_history_raises()
	local path = new_history()
	local reader = task.spawn(function()
		return git.history(path, { no_cache = true })
	end)

	reader:cancel()
	local ok, problem = pcall(reader.await, reader)
	test.equal(ok, false)
	test.equal(problem.code, "cancelled")
end

function tests.the_command_prints_csv_json_or_a_file()
	local path = new_history()
	local command = { "/proc/self/exe", "git-features", "--repo", path }
	local function call(...)
		local words = table.move({ ... }, 1, select("#", ...),
			#command + 1, { table.unpack(command) })
		words.check = false
		return proc.run(words)
	end

	test.equal(call().stdout, git.history_csv(path))
	local rows = require("json").decode(call("--json").stdout)
	test.equal(rows, git.history(path))
	test.equal(call("-o", path .. "/out.csv").stdout, "")
	test.equal(fs.read(path .. "/out.csv"), git.history_csv(path))
	test.equal(call("--range", "HEAD..", "--json").stdout, "[]\n")
	test.equal(call("--messages").status, 2)
	test.equal(call("--range", "nothing").status, 3)
end

--- The columns by name of comma-separated values without quotes in them.
local function read_csv(text)
	local rows, heads = {}, nil

	for record in text:gmatch("[^\n]+") do
		local fields = {}
		for field in (record:gsub("\r$", "") .. ","):gmatch("([^,]*),") do
			fields[#fields + 1] = field
		end
		if heads then
			local row = {}
			for i, head in ipairs(heads) do row[head] = fields[i] end
			rows[#rows + 1] = row
		else
			heads = fields
		end
	end
	return rows
end

local EXACT <const> = { "author_time", "commit_time", "ns", "nd", "nf",
	"entropy", "la", "ld", "lt", "fix", "ndev", "nuc", "exp", "sexp" }

local function compare(expected, row)
	test.equal(row.commit, expected.commit)
	for _, name in ipairs(EXACT) do
		if tonumber(row[name]) ~= tonumber(expected[name]) then
			test.fail("%s of %s is %s, not %s", name, row.commit,
				row[name], expected[name])
		end
	end
	for _, name in ipairs { "age", "rexp" } do
		local off = tonumber(row[name]) - tonumber(expected[name])
		test.ok(math.abs(off) <= 1e-3, name .. " of " .. row.commit)
	end
end

local function reproduce(name)
	local bundle = ("%s/repo_skeleton_%s.bundle"):format(DATA, name)

	if not fs.exists(bundle) then
		test.skip("no data")
	end
	local dir = test.temp_dir()
	local list = ("%s/szz_skeleton_%s.csv.gz"):format(DATA, name)
	local known = read_csv(proc.run { "gzip", "-dc", list,
		max = 16 << 20 }.stdout)
	-- Its HEAD may name a branch that the bundle does not have.
	proc.run { "git", "clone", "-q", "--bare", bundle, dir .. "/r",
		stderr = "null" }
	for _, cached in ipairs { false, true } do
		local rows = read_csv(git.history_csv(dir .. "/r"))
		test.equal(#rows, #known, tostring(cached))
		for i, row in ipairs(rows) do compare(known[i], row) end
	end
end

function tests.history_of_jinja_is_reproduced()
	reproduce("jinja")
end

function tests.history_of_jq_is_reproduced()
	reproduce("jq")
end

return tests
