#!/bin/bash
# Remote repositories: polled, adopted without a run, back after an outage.
. "$(dirname "$0")/lib.sh"

make_repo far <<'LUA'
return { name = "far", on = { push = { paths = { "src/**" } } },
	steps = { { "one", "test -f src/a" } } }
LUA
echo 'return { poll = { min = "100ms", max = "300ms" } }' >"$top/server.lua"
serve --config "$top/server.lua"
it "registers a URL" tm repo add "file://$top/far.git" --name far
it "has no hook for it" bash -c "! '$bin' repo add file://$top/x.git --hook"
it "asks it" soon 1 "select polled not null from repos"
it "runs nothing that was there" is 0 "select count(*) from events"
commit far "Add a" src/a
push far
it "finds a push and runs it" soon passed "select state from runs where id = 1"
it "filters by path" is "any branch; 1 of 1 changed files match src/**" \
	"select reason from decisions where run = 1"

mv "$top/far.git" "$top/away.git"
it "notices an outage" soon 1 "select failures > 1 and error not null and
	next_poll > polled from repos"
it "shows it" bash -c "'$bin' repo ls | grep -q 'down'"
mv "$top/away.git" "$top/far.git"
commit far "Add b" src/b
push far
it "comes back by itself" soon passed "select state from runs where id = 2"
it "has forgotten the outage" soon 0 "select failures from repos"
it "forgets it" tm repo rm far
it "keeps its runs" is 2 "select count(*) from runs"
finish
