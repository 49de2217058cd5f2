#!/bin/bash
# Runners are forked from a zygote, which may be killed at any time.
. "$(dirname "$0")/lib.sh"

gate=$top/gate
cat >"$top/one.lua" <<LUA
return { name = "one", on = { emit = "go" }, env = { GATE = "$gate" },
	steps = { { "wait", 'until test -e "\$GATE"; do sleep 0.02; done' },
		{ "mark", 'echo \$MARK' , needs = "wait" } } }
LUA
config() { # MARK
	echo "return { recipes = { '$top/one.lua' }, env = { MARK = '$1' } }" \
		>"$top/server.lua"
}

# The zygote, once it is ready: it takes its name then.
zygote() {
	local pid
	pid=$(pgrep -P "$server" -f '^tidemill-zygote') &&
		[ "$(cat "/proc/$pid/comm")" = tidemill ] && echo "$pid"
}

parent_of_run() { # RUN
	awk '/^PPid/ {print $2}' "/proc/$(value \
		"select pid from runs where id = $1")/status"
}

started() { # RUN
	soon running "select state from runs where id = $1 and pid is not null"
}

passed() { # RUN
	soon passed "select state from runs where id = $1"
}

is_child_of_server() { # RUN
	[ "$(parent_of_run "$1")" = "$server" ]
}

is_shown_as() { # RUN
	tr '\0' ' ' <"/proc/$(value "select pid from runs where id = $1")/cmdline" |
		grep -q "run --attach $1 "
}

config first
touch "$gate"
serve --config "$top/server.lua"
it "is ready" soon 1 "select count(*) from recipes where hash not null"
tm emit go >/dev/null
it "runs while there is no zygote yet" passed 1
it "makes one with the first run" wait_for 10 zygote

rm "$gate"
tm emit go >/dev/null
it "forks a runner" started 2
it "is the runner's parent" is_child_of_server 2
it "shows which run it is" is_shown_as 2
first=$(zygote)
kill -9 "$first"
touch "$gate"
it "goes on without the zygote" passed 2
tm emit go >/dev/null
it "runs when the zygote was killed" passed 3
it "makes another" wait_for 10 zygote
second=$(zygote)
it "is another" test "$first" != "$second"

kill -STOP "$second"
tm emit go >/dev/null
it "runs when the zygote does not answer" passed 4
it "has given it up" wait_for 5 test ! -e "/proc/$second"

tm emit go >/dev/null
passed 5 >/dev/null
third=$(zygote)
config second
it "ends the zygote with its configuration" wait_for 10 \
	test ! -e "/proc/$third"
tm emit go >/dev/null
it "has the new environment" passed 6
tm emit go >/dev/null
it "has it when forked" passed 7
for run in 6 7; do
	it "has given it to run $run" grep -q second <(tm logs "$run/mark")
done
it "had the old one before" grep -q first <(tm logs 5/mark)

tm emit go >/dev/null
passed 8 >/dev/null
wait_for 10 zygote
last=$(zygote)
kill_server
it "leaves no zygote behind" wait_for 5 test ! -e "/proc/$last"
finish
