--- Branches, switching, worktrees, compared with the git program.

local fs = require("fs")
local git = require("git")
local test = require("test")

local place = assert(load(fs.read("tests/lua/git_place.lua"),
	"@tests/lua/git_place.lua"))()
local sh = place.sh

local tests = {}

function tests.branches_are_made_renamed_and_deleted()
	local dir, repo = place.new()
	local head = repo:resolve("HEAD")

	test.equal(repo:branch(), "main")
	test.equal(repo:create_branch("x/y"), head)
	test.raises("busy", repo.create_branch, repo, "x/y")
	sh(dir, "cd r; echo 2 >a; git commit -qam two")
	test.equal(repo:create_branch("x/y", "HEAD~1", { force = true }), head)
	repo:rename_branch("x/y", "z")
	test.raises("exists already", repo.rename_branch, repo, "z", "main")
	test.equal(repo:branches(), {
		{ name = "main", oid = repo:resolve("main"), current = true,
			remote = false },
		{ name = "z", oid = head, current = false, remote = false } })
	repo:delete_branch("z")
	test.raises("checked out", repo.delete_branch, repo, "main")
	test.match(test.raises("not_found", repo.delete_branch, repo, "mian"),
		"did you mean 'main'%?")
	test.raises("invalid", repo.create_branch, repo, "a..b")
	test.equal(repo:ahead_behind("main", "HEAD~1"), 1)
end

function tests.what_is_not_merged_is_not_deleted_by_chance()
	local dir, repo = place.new()

	sh(dir, "cd r; git checkout -qb s; git commit -q --allow-empty -m s;"
		.. " git checkout -q main")
	test.raises("conflict", repo.delete_branch, repo, "s")
	repo:delete_branch("s", { force = true })
	test.equal(repo:ref("s"), nil)
end

function tests.a_branch_knows_its_upstream()
	local dir = place.new()
	local copy = git.clone(dir .. "/r", dir .. "/c")

	test.equal(copy:branches()[1].upstream, "origin/main")
	copy:set_upstream("main")
	test.equal(copy:branches()[1].upstream, nil)
	copy:set_upstream("main", "origin/main")
	test.equal(sh(dir, "git -C c rev-parse --abbrev-ref @{u}"),
		"origin/main")
	test.raises("not_found", copy.set_upstream, copy, "main", "origin/x")
	local names = {}
	for i, item in ipairs(copy:branches { remote = true }) do
		names[i] = item.name
	end
	test.equal(names, { "main", "origin/main" })
end

function tests.switching_takes_the_files_along()
	local dir, repo = place.new()

	sh(dir, "cd r; git checkout -qb side; echo s >s; echo 2 >a; git add .;"
		.. " git commit -qm s; git checkout -q main")
	repo:switch("side")
	test.equal(sh(dir, "cd r; git status --short; cat s a"), "s\n2")
	test.equal(repo:branch(), "side")
	repo:switch("main", { detach = true })
	test.equal(repo:branch(), nil)
	repo:switch("new", { create = true, rev = "side" })
	test.equal(repo:branch(), "new")
	repo:switch("main")
	sh(dir, "cd r; echo mine >a")
	test.match(test.raises("busy", repo.switch, repo, "side"), "lost: a")
	test.equal(fs.read(dir .. "/r/a"), "mine\n")
	repo:switch("side", { force = true })
	test.equal(sh(dir, "cd r; git status --short; cat a"), "2")
	test.raises("not_found", repo.switch, repo, "sied")
end

function tests.switching_to_a_branch_of_a_remote_tracks_it()
	local dir = place.new()

	sh(dir, "git -C r branch other")
	local copy = git.clone(dir .. "/r", dir .. "/c")
	copy:switch("other")
	test.equal(sh(dir, "git -C c rev-parse --abbrev-ref @{u}"),
		"origin/other")
end

function tests.tags_are_moved_and_deleted()
	local dir, repo = place.new()

	repo:tag("v1")
	sh(dir, "cd r; git commit -q --allow-empty -m x")
	test.raises("busy", repo.tag, repo, "v1")
	repo:tag("v1", "HEAD", nil, { force = true })
	test.equal(repo:ref("v1").oid, repo:resolve("HEAD"))
	repo:delete_tag("v1")
	test.equal(repo:tags(), {})
	test.raises("not_found", repo.delete_tag, repo, "v1")
end

function tests.worktrees_come_and_go()
	local dir, repo = place.new()
	local made = repo:add_worktree(dir .. "/deep/w", { branch = "fix" })

	test.equal(made, dir .. "/deep/w")
	test.equal(sh(made, "git branch --show-current; cat a"), "fix\none")
	test.equal(repo:worktrees(), { { name = "w", path = made,
		branch = "fix", oid = repo:resolve("main"), locked = false,
		gone = false } })
	test.raises("checked out already", repo.add_worktree, repo,
		dir .. "/w2", { branch = "fix" })
	test.raises("exists already", repo.add_worktree, repo, made)
	sh(made, "echo x >x")
	test.match(test.raises("busy", repo.remove_worktree, repo, "w"),
		"has changes: x")
	repo:remove_worktree(made, { force = true })
	test.ok(not fs.exists(made))
	test.equal(repo:worktrees(), {})
	repo:add_worktree(dir .. "/v")
	sh(dir, "rm -r v")
	test.equal(repo:worktrees()[1].gone, true)
	test.equal(repo:prune_worktrees(), 1)
	test.equal(repo:prune_worktrees(), 0)
	test.raises("not_found", repo.remove_worktree, repo, "none")
end

return tests
