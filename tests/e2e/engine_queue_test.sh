#!/bin/bash
# Limits, groups, pause, cancelling, crashes and restarts.
. "$(dirname "$0")/lib.sh"

mkdir -p "$top/recipes"
gate=$top/gate
cat >"$top/recipes/slow.lua" <<LUA
return { name = "slow", on = { emit = "slow" }, steps = {
	{ "one", "echo one >>$top/trace" },
	{ "wait", "while [ ! -e $gate ]; do sleep 0.02; done" },
	{ "two", "echo two >>$top/trace" } } }
LUA
cat >"$top/recipes/group.lua" <<LUA
return { name = "group", on = { emit = "group" },
	concurrency = { group = "g", supersede = "queued" }, steps = {
	{ "wait", "while [ ! -e $gate ]; do sleep 0.02; done" } } }
LUA
cat >"$top/recipes/frail.lua" <<'LUA'
return { name = "frail", on = { emit = "frail" }, on_crash = "fail",
	steps = { { "wait", "sleep 1000" } } }
LUA
echo "return { limit = 2, recipes = '$top/recipes/*.lua' }" >"$top/server.lua"
serve --config "$top/server.lua"
it "is ready" soon 3 "select count(*) from recipes where hash not null"

tm pause >/dev/null
for _ in 1 2 3; do tm emit slow >/dev/null; done
it "queues while it is paused" soon 3 \
	"select count(*) from runs where state = 'queued'"
tm unpause >/dev/null
it "keeps the limit" soon 2 "select count(*) from runs where state = 'running'"
it "says what the third waits for" soon "a free place (limit 2)" \
	"select waits_for from runs where state = 'queued'"
tm cancel 3 >/dev/null
it "cancels what is queued" soon cancelled "select state from runs where id = 3"

it "has begun" soon 2 "select count(*) from steps where name = 'wait'"
it "has recorded what has ended" soon 4 \
	"select count(*) from steps where state = 'passed'"
kill_server
it "leaves runners alone" is 2 \
	"select count(*) from runs where state = 'running'"
serve --config "$top/server.lua"
it "adopts them" wait_for 5 grep -q "adopted 2 living runners" "$top/server.log"
kill -9 "$(value "select pid from runs where id = 1")"
it "resumes a run whose runner died" soon 2 \
	"select attempt from runs where id = 1 and state = 'running'"
touch "$gate"
it "ends both" soon 2 "select count(*) from runs where state = 'passed'"
it "repeated no finished step" test "$(sort "$top/trace" | uniq -c |
	tr -s ' ' | tr '\n' ';')" = " 2 one; 2 two;"
rm "$gate"

tm emit group >/dev/null
it "starts the first of a group" soon running \
	"select state from runs where id = 4"
for _ in 1 2; do tm emit group >/dev/null; done
it "lets the newest replace what is queued" soon superseded \
	"select state from runs where id = 5"
it "says who replaced it" is "run 6 of group 'g' replaced run 5" \
	"select reason from decisions where run = 5 and verdict = 'superseded'"
it "runs one of a group" soon "run 4 in group 'g'" \
	"select waits_for from runs where id = 6"
touch "$gate"
it "goes on in the group" soon "passed passed" "select group_concat(state,
	' ') from runs where id in (4, 6)"

tm emit frail >/dev/null
it "starts" soon 1 "select count(*) from steps join runs on runs.id = run
	where runs.name = 'frail'"
kill -9 "$(value "select pid from runs where name = 'frail'")"
it "fails when the recipe wants that" soon failed \
	"select state from runs where name = 'frail'"
it "says so" value "select error from runs where name = 'frail' and
	error like '%killed by signal 9%'"

tm emit frail >/dev/null
it "starts again" soon 2 "select count(*) from steps join runs on
	runs.id = run where runs.name = 'frail'"
tm cancel "$(value "select max(id) from runs")" >/dev/null
it "stops what runs" soon cancelled \
	"select state from runs order by id desc limit 1"
it "drains" tm drain --wait --stop
it "has stopped" wait_for 5 test ! -S "$TIDEMILL_HOME/server.sock"
server=0

no_groups_left() {
	! find /sys/fs/cgroup -maxdepth 6 -name "tidemill-$id-*" 2>/dev/null |
		grep -q .
}
id=$(value "select value from settings where key = 'id'")
it "leaves no control groups behind" wait_for 5 no_groups_left
finish
