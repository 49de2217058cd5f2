#!/bin/bash
# 5,000 trivial steps, output captured and every one durable, and whole runs.
. "$(dirname "$0")/lib.sh"

steps=${STEPS:-5000}
title "$steps x /bin/true, two at a time (tidemill: captured, durable)"
cat >"$top/steps.lua" <<LUA
return { name = "steps", run = function(ctx)
	local list = { limit = 2 }
	for i = 1, $steps do list[i] = { "s" .. i, { "/bin/true" } } end
	ctx:parallel(list)
end }
LUA
{
	printf 'rule r\n  command = /bin/true\n'
	for i in $(seq "$steps"); do echo "build t$i: r"; done
} >"$top/build.ninja"
{
	printf 'all:'
	for i in $(seq "$steps"); do printf ' t%s' "$i"; done
	printf '\n'
	for i in $(seq "$steps"); do printf 't%s:\n\t@/bin/true\n' "$i"; done
} >"$top/Makefile"
set -- "C posix_spawn + pipe=$tools/spawn floor $steps 2" \
	"tidemill run=$bin run --quiet $top/steps.lua" \
	"make -j2=make -s -j2 -C $top"
have ninja && set -- "$@" "ninja -j2=ninja --quiet -j2 -C $top"
"$tools/measure" "${RUNS:-3}" "$@"
if have parallel; then
	echo "  a tenth of it, $((steps / 10)):"
	seq $((steps / 10)) >"$top/list"
	"$tools/measure" 1 "GNU parallel=parallel -j2 -a $top/list /bin/true"
fi

title "CPU a child, beside a bare posix_spawn + pipe loop"
"$tools/spawn"

runs=${WHOLE_RUNS:-1000}
title "$runs whole trivial runs through the server, limit 2"
printf 'return { limit = 2, recipes = { "%s" } }\n' "$top/one.lua" \
	>"$top/server.lua"
cat >"$top/one.lua" <<LUA
return { name = "one", on = { emit = "go" },
	steps = { { "true", { "/bin/true" } } } }
LUA
start_server "$top/server.lua"
"$bin" pause >/dev/null
"$tools/repeat" "$runs" "$bin" emit go >/dev/null
"$bin" unpause >/dev/null
deadline=$((SECONDS + 120))
while [ "$SECONDS" -lt "$deadline" ]; do
	left=$("$bin" sql --csv "select count(*) as n from runs where name = 'one'
		and state = 'passed'" | tail -n 1)
	[ "$left" -ge "$runs" ] && break
	read -r -t 0.2 <> <(:)
done
"$bin" sql --csv "select count(*) * 1000.0 / (max(finished) - min(started))
	as n from runs where name = 'one' and state = 'passed'" | tail -n 1 |
	awk '{printf "  tidemill: %.0f runs/s (Laminar on such a machine: 113)\n", $1}'
stop_server
