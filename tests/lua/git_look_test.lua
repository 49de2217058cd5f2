--- Blame, describe, trees, patches, files of commits.

local fs = require("fs")
local test = require("test")

local place = assert(load(fs.read("tests/lua/git_place.lua"),
	"@tests/lua/git_place.lua"))()
local sh = place.sh

local tests = {}

function tests.blame_says_who_wrote_each_line()
	local dir, repo = place.new()
	local first = repo:resolve("HEAD")

	sh(dir, [[cd r; git mv a b; printf 'zero\none\ntwo\n' >b
		git commit -qam "second"]])
	local blame = repo:blame("b")
	test.equal(#blame, 3)
	test.equal(blame[1].subject, "second")
	test.equal(blame[1].first, 1)
	test.equal(blame[1].last, 1)
	test.equal(blame[2].first, 2)
	test.equal(blame[1].author.name, "Ada")
	test.equal(#repo:blame("b", { from = 2, to = 2 }), 1)
	test.equal(repo:blame("a", { rev = first })[1].oid, first)
	test.raises("not_found", repo.blame, repo, "a")
end

function tests.descriptions_are_those_of_git()
	local dir, repo = place.new()

	test.equal(repo:describe(), nil)
	test.equal(repo:describe { always = true },
		repo:resolve("HEAD"):sub(1, 7))
	repo:tag("light")
	test.equal(repo:describe(), nil)
	test.equal(repo:describe { tags = true }, "light")
	repo:tag("v1.0", "HEAD", "one")
	sh(dir, "cd r; git commit -q --allow-empty -m x")
	test.equal(repo:describe(), sh(dir, "cd r; git describe"))
	test.equal(repo:describe { rev = "HEAD~1" }, "v1.0")
	test.equal(repo:describe { exact = true }, nil)
	test.equal(repo:describe { pattern = "w*" }, nil)
	test.equal(repo:describe { rev = "HEAD~1", long = true },
		sh(dir, "cd r; git describe --long HEAD~1"))
	sh(dir, "cd r; echo 2 >a")
	test.equal(repo:describe { dirty = true },
		sh(dir, "cd r; git describe --dirty"))
	test.raises("not_found", repo.describe, repo, { rev = "none" })
	test.raises("only HEAD", repo.describe, repo, { rev = "main",
		dirty = true })
end

function tests.trees_are_listed_without_a_checkout()
	local dir, repo = place.new()

	sh(dir, [[cd r; mkdir -p d/e; echo x >d/e/x; echo y >d/y; chmod +x d/y
		ln -s a link; git add .; git commit -qm t; rm -r d]])
	local names = {}
	for i, entry in ipairs(repo:tree()) do
		names[i] = entry.kind .. ":" .. entry.path
	end
	test.equal(names, { "file:a", "folder:d", "link:link" })
	test.equal(repo:tree("HEAD", { path = "d/", recursive = true,
		sizes = true }), {
		{ path = "d/e/x", kind = "file", executable = false, size = 2,
			oid = sh(dir, "git -C r rev-parse HEAD:d/e/x") },
		{ path = "d/y", kind = "file", executable = true, size = 2,
			oid = sh(dir, "git -C r rev-parse HEAD:d/y") } })
	test.raises("no folder 'none'", repo.tree, repo, "HEAD",
		{ path = "none" })
	test.raises("limit", repo.tree, repo, "HEAD", { max = 2 })
	test.equal(repo:tree("HEAD~1")[2], nil)
end

function tests.files_are_read_without_a_checkout()
	local dir, repo = place.new()

	sh(dir, "git clone -q --bare r b.git")
	local bare = require("git").open(dir .. "/b.git")
	test.equal(bare:read("main", "a"), "one\n")
	test.raises("no file 'b'", bare.read, bare, "main", "b")
	test.raises("limit", repo.read, repo, "main", "a", { max = 3 })
	sh(dir, "cd r; head -c 3000000 /dev/zero >big; git add .;"
		.. " git commit -qm big")
	test.equal(#repo:read("HEAD", "big"), 3000000)
	test.raises("limit", repo.file, repo, "HEAD", "big")
end

function tests.patches_are_those_of_git()
	local dir, repo = place.new()

	sh(dir, [[cd r; git checkout -qb side; echo s >s; git add .
		git commit -qm s; git checkout -q main; echo 2 >>a
		git commit -qam two]])
	local function same(script, options)
		test.equal(repo:patch(options), sh(dir, "cd r; git diff "
			.. script) .. "\n")
	end
	same("main~1 main", { from = "main~1", to = "main" })
	same("main...side", { from = "main", to = "side", merge_base = true })
	same("main side -- a", { from = "main", to = "side",
		paths = { "a" } })
	same("-U0 main~1", { from = "main~1", context = 0 })
	sh(dir, "cd r; echo 3 >>a; git add a; echo 4 >>a")
	same("HEAD", {})
	same("--cached", { staged = true })
	sh(dir, "cd r; git reset -q --hard; git mv a z")
	same("--cached -M", { staged = true })
	test.equal(repo:patch { from = "main", to = "main" }, "")
	test.raises("limit", repo.patch, repo, { max = 10 })
	test.raises("not_found", repo.patch, repo, { from = "mian" })
end

return tests
