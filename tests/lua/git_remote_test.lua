--- Cloning, fetching, pushing, submodules, with remotes of this machine.

local fs = require("fs")
local git = require("git")
local task = require("task")
local test = require("test")

local place = assert(load(fs.read("tests/lua/git_place.lua"),
	"@tests/lua/git_place.lua"))()
local sh = place.sh

local tests = {}

--- A bare copy "b.git" of the repository, and a clone "c" of that.
local function with_clone()
	local dir, repo = place.new()

	sh(dir, "git clone -q --bare r b.git")
	local copy = git.clone(dir .. "/b.git", dir .. "/c")
	sh(dir, "cd c; git config user.name Eve; git config user.email e@e.e")
	return dir, copy, repo
end

local function commit(dir, text)
	sh(dir, ("echo %s >>a; git commit -qam '%s'"):format(text, text))
end

function tests.new_repositories_are_made()
	local dir = test.temp_dir()
	local repo = git.init(dir .. "/deep/n", { branch = "trunk" })

	test.equal(repo.bare, false)
	fs.write(repo.path .. "/x", "x")
	repo:commit { message = "first", paths = { "x" } }
	test.equal(repo:branch(), "trunk")
	test.equal(git.init(dir .. "/b", { bare = true }).bare, true)
	test.raises("busy", git.init, dir .. "/b", { bare = true })
end

function tests.clones_have_the_shape_that_was_asked_for()
	local dir = place.new()
	local url = dir .. "/r"

	commit(url, "two")
	commit(url, "three")
	sh(url, "git branch side; git update-ref refs/pull/1 HEAD")
	local progress = git.progress()
	test.equal(progress:snapshot().phase, "waiting")
	test.equal(#git.clone(url, dir .. "/full",
		{ progress = progress }):log(), 3)
	test.equal(progress:snapshot().phase, "done")
	test.ok(progress:snapshot().files > 0)
	local shallow = git.clone(url, dir .. "/shallow", { depth = 2 })
	test.equal(#shallow:log(), 2)
	test.ok(shallow:ref("origin/side"))
	test.equal(#shallow:log { paths = { "a" }, limit = 1 }, 1)
	test.raises("not_found", shallow.log, shallow, { from = "none" })
	test.match(test.raises("is a shallow clone", shallow.is_ancestor,
		shallow, "origin/side", "main~1"), "greater depth")
	shallow:fetch { depth = 3 }
	test.equal(#shallow:log(), 3)
	local single = git.clone(url, dir .. "/single", { branch = "side",
		single_branch = true })
	test.equal(single:ref("origin/main"), nil)
	test.equal(single:branch(), "side")
	local mirror = git.clone(url, dir .. "/m", { mirror = true })
	test.ok(mirror:ref("refs/pull/1"))
	test.equal(sh(dir, "git -C m config remote.origin.fetch"),
		"+refs/*:refs/*")
	test.equal(git.clone(url, dir .. "/bare", { bare = true }).bare, true)
	test.raises("busy", git.clone, url, dir .. "/full")
	test.raises("cannot read from", git.clone, url, dir .. "/none",
		{ depth = 1, branch = "none" })
	test.ok(not fs.exists(dir .. "/none"))
	test.raises("git.progress", git.clone, url, dir .. "/none",
		{ progress = {} })
	test.raises("did you mean 'depth'", git.clone, url, dir .. "/none",
		{ dpeth = 1 })
end

function tests.fetches_say_what_changed()
	local dir, copy, repo = with_clone()
	local old = repo:resolve("main")

	sh(dir, "cd r; git remote add b ../b.git; git branch side;"
		.. " git tag -m t v1; git push -q b side v1")
	commit(dir .. "/r", "two")
	sh(dir, "cd r; git push -q b main")
	local changes = copy:fetch()
	table.sort(changes, function(a, b) return a.name < b.name end)
	test.equal(changes[1], { name = "refs/remotes/origin/main", old = old,
		new = repo:resolve("main") })
	test.equal(changes[2].name, "refs/remotes/origin/side")
	test.equal(changes[2].old, nil)
	test.ok(copy:ref("v1"))
	test.equal(copy:fetch(), {})
	sh(dir, "git -C b.git branch -D side")
	copy:fetch { prune = false }
	test.ok(copy:ref("origin/side"))
	copy:fetch("origin")
	test.equal(copy:ref("origin/side"), nil)
	copy:fetch { refspecs = { "refs/heads/main:refs/x/y" },
		tags = "none" }
	test.ok(copy:ref("refs/x/y"))
	test.match(test.raises("not_found", copy.fetch, copy, "orgin"),
		"it has 'origin'")
	test.raises("'auto', 'all' or 'none'", copy.fetch, copy,
		{ tags = "some" })
end

function tests.pushes_say_what_changed()
	local dir, copy = with_clone()
	local old = copy:resolve("main")

	sh(dir, [[echo 'echo done >>../hooked' >b.git/hooks/post-receive
		chmod +x b.git/hooks/post-receive]])
	commit(dir .. "/c", "two")
	test.equal(copy:push(), { { name = "refs/heads/main", old = old,
		new = copy:resolve("main") } })
	test.equal(fs.read(dir .. "/hooked"), "done\n")
	test.equal(copy:push(), {})
	copy:create_branch("side")
	copy:tag("v1", "HEAD", "one")
	local made = copy:push { refspecs = { "side", "HEAD~1:old", "v1" },
		set_upstream = true }
	test.equal(#made, 3)
	test.equal(sh(dir, "git -C b.git for-each-ref --format='%(refname)'"),
		"refs/heads/main\nrefs/heads/old\nrefs/heads/side\n"
		.. "refs/tags/v1")
	test.equal(copy:branches()[2].upstream, "origin/side")
	copy:push { delete = { "old", "v1" } }
	test.equal(#git.open(dir .. "/b.git"):refs(), 2)
	copy:push { tags = true }
	test.ok(git.open(dir .. "/b.git"):ref("v1"))
	test.raises("does not say what to push to", copy.push, copy,
		{ refspecs = { copy:resolve("HEAD") } })
	test.raises("not_found", copy.push, copy, { refspecs = { "mian" } })
end

function tests.a_push_does_not_lose_what_others_pushed()
	local dir, copy = with_clone()
	local other = git.clone(dir .. "/b.git", dir .. "/o")

	commit(dir .. "/o", "theirs")
	other:push()
	commit(dir .. "/c", "ours")
	test.match(test.raises("conflict", copy.push, copy),
		"refused refs/heads/main: fetch first")
	test.match(test.raises("conflict", copy.push, copy, { lease = true }),
		"stale info")
	copy:fetch()
	test.raises("conflict", copy.push, copy)
	copy:push { lease = true }
	test.equal(git.open(dir .. "/b.git"):resolve("main"),
		copy:resolve("main"))
	test.raises("conflict", other.push, other,
		{ refspecs = { "HEAD~1:main" } })
	other:push { refspecs = { "HEAD~1:main" }, force = true }
end

function tests.a_refused_push_says_which_and_why()
	local dir, copy = with_clone()

	sh(dir, [[printf '#!/bin/sh\necho no >&2\nexit 1\n' \
		>b.git/hooks/pre-receive; chmod +x b.git/hooks/pre-receive]])
	commit(dir .. "/c", "two")
	test.match(test.raises("io", copy.push, copy),
		"refused refs/heads/main: pre%-receive hook declined")
end

function tests.remotes_are_listed_added_and_removed()
	local dir, copy = with_clone()

	copy:add_remote("up", "https://ada:secret@example.org/x")
	test.equal(copy:remotes(), { origin = dir .. "/b.git",
		up = "https://ada@example.org/x" })
	test.raises("busy", copy.add_remote, copy, "up", "x")
	copy:remove_remote("up")
	sh(dir, "cd c; git remote set-url origin ../b.git")
	copy:create_branch("rel")
	copy:push { refspecs = { "rel" } } -- from the repository, not from here
	copy:fetch()
	test.raises("not_found", copy.remove_remote, copy, "up")
end

function tests.submodules_are_brought_along()
	local dir = place.new()

	sh(dir, [[git init -q -b main deep; cd deep; echo d >d; git add .
		git commit -qm d; cd ..
		git init -q -b main inner; cd inner
		git -c protocol.file.allow=always submodule -q add ../deep deep
		git commit -qm i; cd ../r
		git -c protocol.file.allow=always submodule -q add ../inner in
		git commit -qm s]])
	local copy = git.clone(dir .. "/r", dir .. "/c")
	local list = copy:submodules()
	test.equal(#list, 1)
	test.equal(list[1].path, "in")
	test.equal(list[1].actual, nil)
	test.equal(list[1].wanted, sh(dir, "git -C inner rev-parse HEAD"))
	copy:update_submodules { paths = { "in" } }
	test.equal(copy:submodules()[1].actual, list[1].wanted)
	test.ok(not fs.exists(dir .. "/c/in/deep/d"))
	copy:update_submodules { recursive = true }
	test.equal(fs.read(dir .. "/c/in/deep/d"), "d\n")
	test.raises("no submodule 'x'", copy.update_submodules, copy,
		{ paths = { "x" } })
	local whole = git.clone(dir .. "/r", dir .. "/w",
		{ recursive = true })
	test.equal(fs.read(dir .. "/w/in/deep/d"), "d\n")
	-- What comes from elsewhere must not read what is here.
	sh(dir, "cd w; git config remote.origin.url https://example.org/x;"
		.. " git config submodule.in.url " .. dir .. "/inner;"
		.. " git config -f .gitmodules submodule.in.url " .. dir
		.. "/inner")
	test.raises("of this machine", whole.update_submodules, whole)
	whole:update_submodules { allow_local = true }
end

function tests.waiting_for_a_program_of_gits_can_be_cancelled()
	local dir, copy = with_clone()

	sh(dir, [[printf '#!/bin/sh\nexec sleep 60\n' >b.git/hooks/pre-receive
		chmod +x b.git/hooks/pre-receive]])
	commit(dir .. "/c", "two")
	test.raises("timeout", task.timeout, 300, function() copy:push() end)
end

return tests
