--- The git module, compared with the git program.

local fs = require("fs")
local git = require("git")
local path = require("path")
local test = require("test")

-- Git asks nobody and reads no one's settings.
local SETTINGS <const> = [[set -e; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 \
	GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@b.c \
	GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=b@b.c
]]

--- Runs a script in `dir` and returns what it prints, without its last end of
--- line.
local function sh(dir, script)
	local pipe = io.popen(("cd '%s'; %s%s"):format(dir, SETTINGS, script))
	local printed = pipe:read("a")

	test.ok(pipe:close(), script)
	return (printed:gsub("\n$", ""))
end

--- Returns a new folder and the repository "r" of one commit in it.
local function new_repo()
	local dir = test.temp_dir()

	sh(dir, [[git init -q -b main r; cd r; echo one >a
		git add a; git commit -qm "first
		body"]])
	return dir, git.open(path.join(dir, "r"))
end

local tests = {}

function tests.refs_are_found_by_name()
	local dir, repo = new_repo()
	sh(dir, [[cd r; git branch x/y; git tag v1; git pack-refs --all
		git branch loose]])
	local names = {}
	for i, ref in ipairs(repo:refs()) do names[i] = ref.name end
	test.equal(names, { "refs/heads/loose", "refs/heads/main",
		"refs/heads/x/y", "refs/tags/v1" })
	test.equal(#repo:refs("refs/tags/"), 1)
	test.equal(repo:ref("x/y").short, "x/y")
	test.equal(repo:ref("v1").kind, "tag")
	test.equal(repo:ref("none"), nil)
	test.equal(repo:head().name, "refs/heads/main")
	test.equal(repo:default_branch().short, "main")
	test.equal(repo:head().oid, sh(dir, "git -C r rev-parse HEAD"))
	test.equal(repo.bare, false)
end

function tests.a_new_repository_has_no_commit()
	local dir = new_repo()
	sh(dir, "git init -q empty")
	local repo = git.open(dir .. "/empty")
	test.equal(repo:head(), nil)
	test.equal(repo:default_branch(), nil)
	test.equal(repo:log(), {})
	test.equal(repo:commit("HEAD"), nil)
	test.equal(repo:refs(), {})
end

function tests.commits_and_logs_say_what_git_says()
	local dir, repo = new_repo()
	sh(dir, "cd r; echo b >b; git add b; git commit -qm second")
	local commit = repo:commit("HEAD~1")
	test.equal(commit.subject, "first")
	test.equal(commit.author.name, "Ada")
	test.equal(commit.committer.email, "b@b.c")
	test.equal(commit.parents, {})
	local log = repo:log()
	test.equal(#log, 2)
	test.equal(log[1].parents, { commit.oid })
	test.equal(#repo:log { limit = 1 }, 1)
	test.equal(#repo:log { to = "HEAD~1" }, 1)
	test.equal(repo:log { paths = { "a" } }[1].oid, commit.oid)
	test.equal(repo:commit("nothing"), nil)
end

function tests.differences_have_paths_and_lines()
	local dir, repo = new_repo()
	sh(dir, [[cd r; git checkout -qb side; echo s >'s ä'; git add .
		git commit -qm s; git checkout -q main
		echo two >>a; git commit -qam m]])
	local diff = repo:diff("main~1")
	test.equal(diff.files, { { path = "a", kind = "M",
		insertions = 1, deletions = 0 } })
	test.equal(diff.insertions, 1)
	test.equal(repo:changed("main", "side"), { "s ä" })
	test.equal(repo:changed(nil, "side"), { "s ä" })
	test.equal(repo:is_ancestor("main~1", "side"), true)
	test.equal(repo:is_ancestor("main", "side"), false)
end

function tests.a_mistyped_ref_names_the_right_one()
	local dir, repo = new_repo()
	local found = test.raises("not_found", repo.resolve, repo,
		"mian")
	test.match(found, "did you mean 'main'%?")
	test.raises("not_found", repo.log, repo, { from = "mian" })
	test.raises("not_found", repo.file, repo, "mian", "a")
	test.raises("not_found", git.open, dir .. "/none")
end

function tests.files_are_read_at_a_commit()
	local dir, repo = new_repo()
	local bytes, oid = repo:file("main", "a")
	test.equal(bytes, "one\n")
	test.equal(oid, sh(dir, "git -C r rev-parse main:a"))
	test.equal(repo:file("main", "none"), nil)
end

function tests.tags_and_status()
	local dir, repo = new_repo()
	local light = repo:tag("light")
	local heavy = repo:tag("v1", "HEAD", "one")
	test.equal(sh(dir, "git -C r cat-file -t " .. heavy), "tag")
	test.equal(repo:tags(), {
		{ name = "light", oid = light, commit = light },
		{ name = "v1", oid = heavy, commit = light,
			message = "one" } })
	test.raises("busy", repo.tag, repo, "v1")
	test.equal(repo:status(), {})
	sh(dir, "cd r; echo 2 >a; echo n >new")
	test.equal(repo:status(), {
		{ path = "a", index = " ", worktree = "M" },
		{ path = "new", index = "?", worktree = "?" } })
end

function tests.workspaces_are_made_once()
	local dir, repo = new_repo()
	local target = dir .. "/w"
	local made = repo:checkout("main", target)
	test.equal(made, { path = target, oid = repo:resolve("main"),
		files = 1, reused = false })
	test.equal(sh(target, "git status --short; cat a"), "one")
	made = git.workspace(dir .. "/r", made.oid, target)
	test.equal(made.reused, true)
	git.workspace(repo, "HEAD", dir .. "/b",
		{ ref = "refs/heads/main" })
	test.equal(sh(dir .. "/b", "git branch --show-current"),
		"main")
end

function tests.clones_mirrors_and_fetches()
	local dir, repo = new_repo()
	local copy = git.clone(dir .. "/r", dir .. "/copy")
	test.equal(copy:file("HEAD", "a"), "one\n")
	local mirror = git.mirror(dir .. "/r", dir .. "/m.git")
	test.equal(mirror.bare, true)
	sh(dir, "cd r; git branch extra")
	copy:fetch()
	test.ok(copy:ref("origin/extra"))
	git.mirror(dir .. "/r", dir .. "/m.git")
	test.ok(mirror:ref("extra"))
	local refs, head = git.remote_refs("file://" .. dir .. "/r")
	test.equal(head, "refs/heads/main")
	test.equal(refs["refs/heads/extra"], repo:resolve("main"))
	test.raises("io", git.clone, dir .. "/none", dir .. "/x")
	test.ok(not fs.exists(dir .. "/x"))
end

function tests.wrong_arguments_are_refused()
	local _, repo = new_repo()

	test.raises("call with ':'", repo.refs, {})
	test.raises("call with ':'", git.workspace, {}, "HEAD", "x")
	test.raises("string expected", git.clone, "a")
	test.raises("string expected", repo.log, repo, { from = {} })
end

return tests
