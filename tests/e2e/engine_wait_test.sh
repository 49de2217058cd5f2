#!/bin/bash
# Runs that wait hold no process: sleeps, locks, sub-runs; priorities; what
# replaces what; chains; and a step that is cancelled alone.
. "$(dirname "$0")/lib.sh"

mkdir -p "$top/recipes"
gate=$top/gate
recipe() { # NAME, the rest of its table on stdin
	{
		echo "return { name = '$1', on = { emit = '$1' },"
		cat
		echo '}'
	} >"$top/recipes/$1.lua"
}
recipe nap <<'LUA'
run = function(ctx)
	ctx:step("before", "true")
	ctx:sleep("6s")
	ctx:step("after", "true")
end
LUA
recipe holder <<LUA
run = function(ctx)
	ctx:lock("db", function()
		ctx:step("hold", "while [ ! -e $gate ]; do sleep 0.02; done")
	end)
end
LUA
recipe waiter <<'LUA'
run = function(ctx)
	ctx:lock("db", function() ctx:step("mine", "true") end)
end
LUA
recipe parent <<LUA
run = function(ctx)
	ctx:run("child"):await()
	ctx:step("went on", "true")
end
LUA
recipe child <<LUA
steps = { { "wait", "while [ ! -e $gate ]; do sleep 0.02; done" } }
LUA
for name in low high; do
	recipe $name <<LUA
priority = $([ $name = high ] && echo 5 || echo 0),
steps = { { "note", "true" } }
LUA
done
recipe newest <<LUA
concurrency = { group = "newest", supersede = "running" },
steps = { { "wait", "while [ ! -e $gate ]; do sleep 0.02; done" } }
LUA
recipe two <<LUA
run = function(ctx)
	ctx:parallel {
		first = { "trap 'touch $top/stopped; exit 1' TERM; sleep 1000 & wait",
			soft = true },
		second = "while [ ! -e $gate ]; do sleep 0.02; done",
	}
end
LUA
cat >"$top/recipes/chained.lua" <<'LUA'
return { name = "chained", on = { run = { recipes = { "low", "high" },
	all = true } }, steps = { { "s", "true" } } }
LUA
configure() { # LIMIT
	echo "return { limit = $1, recipes = '$top/recipes/*.lua' }" \
		>"$top/server.lua"
}
last() { # COLUMN RECIPE
	echo "select $1 from runs where name = '$2' order by id desc limit 1"
}
configure 1
serve --config "$top/server.lua"
it "is ready" soon 10 "select count(*) from recipes where hash not null"

tm emit nap >/dev/null
it "sleeps without a process" soon "waiting|1" \
	"select state || '|' || (pid is null) from runs where name = 'nap'"
it "says till when" value "select 1 / (wake_at > 0) from runs"
tm emit parent >/dev/null
it "starts a sub-run although only one may run" soon running \
	"$(last state child)"
it "lets the parent wait without a process" soon waiting \
	"$(last state parent)"
touch "$gate"
it "wakes the parent" soon passed "$(last state parent)"
it "repeats nothing of it" is 1 "select max(attempt) from steps where
	name = 'went on'"
it "wakes the sleeper" soon passed "$(last state nap)"
it "did not repeat its step" is 1 \
	"select attempt from steps where name = 'before'"
rm "$gate"

tm pause >/dev/null
tm emit low >/dev/null
tm emit high >/dev/null
it "has both" soon 2 "select count(*) from runs where state = 'queued'"
tm unpause >/dev/null
it "ends both" soon 2 "select count(*) from runs where name in
	('low', 'high') and state = 'passed'"
it "grants by priority, then age" is "high low" "select group_concat(name,
	' ') from (select name from runs where name in ('low', 'high')
	order by started)"
it "starts a chained run when both have ended" soon passed \
	"$(last state chained)"
it "starts it once" is 1 "select count(*) from runs where name = 'chained'"
it "explains it" sh -c "'$bin' why last | grep -q 'low\|high'"

configure 4
tm emit holder >/dev/null
it "holds the lock" soon running "select state from steps where name like
	'%hold'"
tm emit waiter >/dev/null
it "waits for a lock without a process" soon "waiting|1" \
	"select state || '|' || (pid is null) from runs where name = 'waiter'"
it "names the lock" sh -c "'$bin' why last | grep -q db"
touch "$gate"
it "gets the lock when it is free" soon passed "$(last state waiter)"
rm "$gate"

tm emit newest >/dev/null
it "runs the first of them" soon running "$(last state newest)"
older=$(value "$(last id newest)")
tm emit newest >/dev/null
it "stops the one that runs for a newer one" soon superseded \
	"select state from runs where id = $older"
touch "$gate"
it "runs the newer one" soon passed "$(last state newest)"
rm "$gate"

tm emit two >/dev/null
it "runs both branches" soon 2 "select count(*) from steps where
	state = 'running'"
run=$(value "$(last id two)")
it "cancels one step" tm cancel "$run/first" --reason "not now"
it "tells its program to stop" wait_for 15 test -e "$top/stopped"
it "records it" soon cancelled "select state from steps where run = $run and
	name = 'first'"
it "lets the run go on" is running "select state from runs where id = $run"
touch "$gate"
it "ends the run" soon 1 "select finished is not null from runs
	where id = $run"
stop_server
finish
