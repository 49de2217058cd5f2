--- Committing, merging, picking, the stash and notes.

local fs = require("fs")
local git = require("git")
local test = require("test")

local place = assert(load(fs.read("tests/lua/git_place.lua"),
	"@tests/lua/git_place.lua"))()
local sh = place.sh

local tests = {}

function tests.files_are_added_and_committed()
	local dir, repo = place.new()

	sh(dir, "cd r; mkdir d; echo x >d/x; echo y >y; echo '*.o' >.gitignore;"
		.. " echo o >f.o; rm a")
	repo:add { "d", "a" }
	test.equal(sh(dir, "cd r; git status --short"),
		"D  a\nA  d/x\n?? .gitignore\n?? y")
	test.raises("no file 'none'", repo.add, repo, "none")
	local oid = repo:commit { message = "\n\nsecond  \n\n\n",
		author = "Zoe <z@z.z>" }
	test.equal(repo:resolve("HEAD"), oid)
	test.equal(sh(dir, "cd r; git log -1 --format=%an/%ae/%cn/%B"),
		"Zoe/z@z.z/Eve/second\n")
	repo:add()
	test.raises("ignored", repo.add, repo, "f.o")
	repo:commit { message = "third", author =
		"Old <o@o.o> 1000000000 +0200" }
	test.equal(repo:status(), {})
	test.equal(repo:commit("HEAD").author, { name = "Old",
		email = "o@o.o", time = 1000000000000, offset = 120 })
	test.equal(repo:branch(), "main")
end

function tests.commits_say_why_they_cannot_be_made()
	local dir, repo = place.new()

	test.raises("nothing to commit", repo.commit, repo, { message = "x" })
	test.raises("needs a message", repo.commit, repo,
		{ allow_empty = true })
	test.raises("is no author", repo.commit, repo, { message = "x",
		allow_empty = true, author = "nobody" })
	test.raises("did you mean 'message'", repo.commit, repo,
		{ mesage = "x" })
	local oid = repo:commit { message = "x", allow_empty = true }
	test.equal(repo:commit("HEAD").oid, oid)
	sh(dir, "cd r; echo 2 >a")
	repo:commit { message = "two", all = true }
	repo:commit { amend = true, message = "other" }
	test.equal(repo:log()[1].subject, "other")
	test.equal(repo:log()[2].subject, "x")
	test.equal(#repo:log(), 3)
	sh(dir, "git init -q -b main new; echo x >new/x")
	local new = git.open(dir .. "/new")
	test.raises("nothing to commit", new.commit, new, { message = "x" })
	test.raises("amend", new.commit, new, { amend = true })
	new:commit { message = "first", paths = { "x" } }
	test.equal(#new:log(), 1)
end

--- Makes branch "side", which changes file `a` and adds `s`.
local function with_side(dir)
	sh(dir, [[cd r; git checkout -qb side; echo side >a; echo s >s
		git add .; git commit -qm side; git checkout -q main]])
end

function tests.merges_forward_or_with_a_commit()
	local dir, repo = place.new()

	with_side(dir)
	local tip = repo:resolve("side")
	test.equal(repo:merge("side"), { kind = "forward", oid = tip })
	test.equal(sh(dir, "cd r; git status --short; cat s"), "s")
	test.equal(repo:merge("side").kind, "nothing")
	sh(dir, "cd r; git reset -q --hard HEAD~1")
	local made = repo:merge("side", { ff = "never" })
	test.equal(made.kind, "merge")
	test.equal(repo:commit("HEAD").subject, "Merge branch 'side'")
	test.equal(#repo:commit(made.oid).parents, 2)
	sh(dir, "cd r; git reset -q --hard HEAD~1; echo m >m; git add m;"
		.. " git commit -qm m")
	test.raises("cannot be fast%-forwarded", repo.merge, repo, "side",
		{ ff = "only" })
	test.equal(repo:merge("side", { squash = true,
		message = "squashed" }).kind, "squash")
	test.equal(#repo:commit("HEAD").parents, 1)
	test.equal(sh(dir, "cd r; git status --short; cat m s a"),
		"m\ns\nside")
	test.equal(repo:merge_base("main", "side"), repo:resolve("side~1"))
	test.raises("'auto', 'never' or 'only'", repo.merge, repo, "side",
		{ ff = "maybe" })
end

function tests.conflicts_name_the_files_and_leave_all_as_it_was()
	local dir, repo = place.new()

	with_side(dir)
	sh(dir, "cd r; echo main >a; git commit -qam main")
	local before = repo:resolve("HEAD")
	for _, name in ipairs { "merge", "cherry_pick" } do
		test.match(test.raises("conflict", repo[name], repo, "side"),
			"conflicts in a$")
		test.equal(repo:status(), {})
		test.equal(repo:resolve("HEAD"), before)
	end
	test.equal(fs.read(dir .. "/r/a"), "main\n")
	repo:merge("side", { favor = "theirs" })
	test.equal(fs.read(dir .. "/r/a"), "side\n")
	test.raises("'ours' or 'theirs'", repo.merge, repo, before,
		{ favor = "mine" })
end

function tests.a_merge_does_not_lose_changes_of_the_files()
	local dir, repo = place.new()

	with_side(dir)
	sh(dir, "cd r; echo mine >a")
	local found = test.raises("busy", repo.merge, repo, "side")
	test.match(found, "merging 'side'.*lost: a")
	test.equal(repo:branch(), "main")
	test.equal(fs.read(dir .. "/r/a"), "mine\n")
	test.ok(not fs.exists(dir .. "/r/s"))
end

function tests.single_commits_are_picked_and_reverted()
	local dir, repo = place.new()

	with_side(dir)
	sh(dir, "cd r; git commit -q --allow-empty -m more")
	local picked = repo:cherry_pick("side")
	test.equal(repo:commit("HEAD").author.name, "Ada")
	test.equal(repo:commit("HEAD").subject, "side")
	test.equal(fs.read(dir .. "/r/s"), "s\n")
	repo:revert("HEAD")
	test.equal(repo:commit("HEAD").message, ('Revert "side"\n\nThis '
		.. "reverts commit %s.\n"):format(picked))
	test.ok(not fs.exists(dir .. "/r/s"))
	repo:cherry_pick(picked, { keep = true })
	test.equal(sh(dir, "cd r; git status --short"), "M  a\nA  s")
	sh(dir, "cd r; git reset -q --hard")
	repo:merge("side", { ff = "never" })
	test.raises("mainline", repo.revert, repo, "HEAD")
	repo:revert("HEAD", { mainline = 1 })
	test.equal(fs.read(dir .. "/r/a"), "one\n")
	test.raises("no mainline 2", repo.revert, repo, "side",
		{ mainline = 2 })
end

function tests.unrelated_histories_have_no_base()
	local dir, repo = place.new()

	sh(dir, "cd r; git checkout -q --orphan o; git commit -qm o;"
		.. " git checkout -q main")
	test.equal(repo:merge_base("main", "o"), nil)
	test.raises("not_found", repo.merge_base, repo, "main", "none")
end

function tests.changes_are_put_aside_and_brought_back()
	local dir, repo = place.new()

	test.equal(repo:stash(), nil)
	sh(dir, "cd r; echo 2 >a; echo n >n")
	test.ok(repo:stash { message = "both", untracked = true })
	test.equal(repo:status(), {})
	test.equal(repo:stashes()[1].message, "On main: both")
	repo:stash_apply()
	test.equal(sh(dir, "cd r; cat a n"), "2\nn")
	sh(dir, "cd r; git reset -q --hard; rm n; echo 3 >a;"
		.. " git commit -qam three")
	test.match(test.raises("conflict", repo.stash_pop, repo),
		"conflicts in a")
	test.equal(repo:status(), {})
	test.equal(#repo:stashes(), 1)
	sh(dir, "cd r; git reset -q --hard HEAD~1")
	repo:stash_pop()
	test.equal(repo:stashes(), {})
	test.equal(sh(dir, "cd r; cat a n"), "2\nn")
	repo:stash()
	repo:stash_drop(1)
	test.raises("not_found", repo.stash_drop, repo, 1)
end

function tests.notes_are_written_and_read()
	local dir, repo = place.new()
	local head = repo:resolve("HEAD")

	test.equal(repo:note("HEAD"), nil)
	test.equal(repo:notes(), {})
	repo:set_note("HEAD", "tested\n")
	test.equal(sh(dir, "cd r; git notes show"), "tested")
	test.raises("busy", repo.set_note, repo, "HEAD", "x")
	repo:set_note("HEAD", "again", { force = true })
	repo:set_note("HEAD", "green", { ref = "ci" })
	test.equal(repo:note("HEAD"), "again")
	test.equal(repo:note(head, "ci"), "green")
	test.equal(repo:notes("ci"), { { oid = head, text = "green" } })
	repo:remove_note("HEAD", "ci")
	test.raises("not_found", repo.remove_note, repo, "HEAD", "ci")
	test.raises("not_found", repo.note, repo, "mian")
end

return tests
