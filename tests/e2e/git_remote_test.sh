#!/bin/bash
# Remotes over a real connection: reading, mirroring, and giving up.
#
#     tests/e2e/git_remote_test.sh BINARY
#
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

listen=$(ls "$(dirname "$bin")"/{,release/}e2e/listen 2>/dev/null | head -n 1)
[ -n "$listen" ] || {
	echo "the tool 'listen' is not built"
	exit 1
}

# start_listener COMMAND…: sets `port`; ends with the test. The FIFO keeps its
# input open.
start_listener() {
	local fifo=$top/fifo.$RANDOM$RANDOM
	mkfifo "$fifo"
	"$listen" "$@" <"$fifo" >"$fifo.port" 2>/dev/null &
	disown
	exec {hold}>"$fifo"
	wait_for 5 test -s "$fifo.port"
	port=$(cat "$fifo.port")
}

# lua NAME <body: a test file of one test, run by tidemill.
lua() {
	{
		echo 'local git, task, test = require("git"), require("task"),'
		echo '	require("test")'
		echo 'return { it = function()'
		cat
		echo 'end }'
	} >"$top/$1_test.lua"
	"$bin" test "$top/$1_test.lua"
}

git init -q -b main "$top/src"
echo one >"$top/src/a"
git -C "$top/src" add a
git -C "$top/src" commit -qm first
git -C "$top/src" tag -m one v1
git clone -q --bare "$top/src" "$top/src.git"

start_listener git daemon --inetd --export-all --base-path="$top"
it "reads refs over git://" lua refs <<EOF
	local refs, head = git.remote_refs("git://127.0.0.1:$port/src.git")
	test.equal(head, "refs/heads/main")
	test.equal(refs["refs/heads/main"],
		git.open("$top/src"):resolve("main"))
	test.ok(refs["refs/tags/v1"])
EOF
it "mirrors over git://, twice" lua mirror <<EOF
	local url = "git://127.0.0.1:$port/src.git"
	local mirror = git.mirror(url, "$top/mirror.git")
	test.equal(mirror:file("main", "a"), "one\n")
	test.equal(mirror:head().name, "refs/heads/main")
	mirror = git.mirror(url, "$top/mirror.git")
	test.equal(#mirror:tags(), 1)
EOF
it "clones over git://" lua clone <<EOF
	local copy = git.clone("git://127.0.0.1:$port/src.git", "$top/copy")
	test.equal(copy:status(), {})
EOF
it "says what is not there" lua missing <<EOF
	test.raises("cannot read from 'git://127.0.0.1:$port/none.git'",
		git.remote_refs, "git://127.0.0.1:$port/none.git")
EOF

# Nobody answers: whoever waits can be stopped, whatever the protocol.
start_listener
for scheme in git http https ssh; do
	it "stops waiting for a silent $scheme server" lua "silent_$scheme" <<EOF
	local started = require("time").monotonic()
	test.raises("timeout", task.timeout, 200, function()
		git.remote_refs("$scheme://user@127.0.0.1:$port/x.git")
	end)
	test.ok(require("time").monotonic() - started < 5000)
EOF
done

finish
