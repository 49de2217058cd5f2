--- Repositories for the tests of git: made with the git program.

local git = require("git")
local path = require("path")
local test = require("test")

-- Git asks nobody and reads no one's settings.
local SETTINGS <const> = [[set -e; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 \
	GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@b.c \
	GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=b@b.c
]]

local place = {}

--- Runs a script in `dir` and returns what it prints, without its last end of
--- line.
function place.sh(dir, script)
	local pipe = io.popen(("cd '%s'; %s%s"):format(dir, SETTINGS, script))
	local printed = pipe:read("a")

	test.ok(pipe:close(), script)
	return (printed:gsub("\n$", ""))
end

--- Returns a new folder and the repository "r" of one commit in it.
function place.new()
	local dir = test.temp_dir()

	place.sh(dir, [[git init -q -b main r; cd r; echo one >a
		git config user.name Eve; git config user.email e@e.e
		git add a; git commit -qm "first
		body"]])
	return dir, git.open(path.join(dir, "r"))
end

return place
