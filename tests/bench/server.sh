#!/bin/bash
# A server at rest, one with 10,000 schedules and 1,000,000 runs of history,
# how late its cron is, and `ls` on that history.
. "$(dirname "$0")/lib.sh"

schedules=${SCHEDULES:-10000}
history=${HISTORY:-1000000}

title "The server's memory (resident)"
start_server
read -r -t 1 <> <(:)
echo "  idle: $(rss_of "$server") MB (target 10; Laminar 8.7, Woodpecker 130)"
before=$(awk '/voluntary/ {s += $2} END {print s}' "/proc/$server/status")
read -r -t 5 <> <(:)
after=$(awk '/voluntary/ {s += $2} END {print s}' "/proc/$server/status")
echo "  wake-ups in 5 s of rest: $((after - before))"
stop_server

mkdir -p "$top/recipes"
for i in $(seq "$schedules"); do
	printf 'return { name = "c%s", on = { cron = "* * * * *" }, %s }\n' \
		"$i" 'steps = { { "true", "true" } }' >"$top/recipes/$i.lua"
done
sqlite3 "$TIDEMILL_HOME/tidemill.db" "
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
		WHERE i < $history)
	INSERT INTO runs (name, path, state, created, started, finished,
		announced) SELECT 'r' || (i % 50), '/r.lua',
		CASE WHEN i % 7 THEN 'passed' ELSE 'failed' END,
		i * 1000, i * 1000, i * 1000 + 500, 1 FROM n" >/dev/null
printf 'return { recipes = { "%s/recipes/*.lua" }, retention = false }\n' \
	"$top" >"$top/server.lua"
start_server "$top/server.lua"
"$bin" pause >/dev/null
deadline=$((SECONDS + 180))
count() {
	sqlite3 "$TIDEMILL_HOME/tidemill.db" "PRAGMA busy_timeout=5000; $1" |
		tail -n 1
}
while [ "$SECONDS" -lt "$deadline" ] &&
	[ "$(count 'SELECT count(*) FROM schedules')" -lt "$schedules" ]; do
	read -r -t 1 <> <(:)
done
echo "  with $(count 'SELECT count(*) FROM schedules') schedules and" \
	"$history runs: $(rss_of "$server") MB (target 40)"

title "ls on that history, as a process"
"$tools/measure" 50 "lua5.4 -e=lua5.4 /dev/null" "tidemill ls=$bin ls" \
	"ls --state failed=$bin ls --state failed"

title "Cron lateness, $schedules schedules due at the same second"
first=$(count 'SELECT coalesce(max(id), 0) FROM events')
while [ "$SECONDS" -lt "$deadline" ] && [ "$(count \
	"SELECT count(*) FROM events WHERE id > $first AND kind = 'cron'")" \
	-lt "$schedules" ]; do
	read -r -t 1 <> <(:)
done
sqlite3 "$TIDEMILL_HOME/tidemill.db" "SELECT created % 60000 FROM events
	WHERE id > $first AND kind = 'cron' ORDER BY 1 LIMIT $schedules" |
	awk '{v[NR] = $1} END {printf "  p50 %d ms, p99 %d ms, max %d ms%s\n",
		v[int(NR / 2) + 1], v[int(NR * 0.99)], v[NR],
		" (target p99 50; cron itself: 1,600)"}'
echo "  afterwards: $(rss_of "$server") MB"
stop_server
