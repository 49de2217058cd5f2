#!/bin/bash
# What a server keeps and what it clears away; what it tells systemd.
. "$(dirname "$0")/lib.sh"

mkdir -p "$top/recipes"
cat >"$top/recipes/kept.lua" <<'LUA'
return { name = "kept", on = { emit = "go" }, steps = {
	{ "say", "echo something" } } }
LUA
cat >"$top/server.lua" <<LUA
return { recipes = '$top/recipes/*.lua', retention = { runs = 2 } }
LUA

# A socket as systemd's: prints a line for each message.
python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode().replace("\n", " "), flush=True)
' "$top/notify" >"$top/told" &
listener=$!
it "listens" wait_for 5 test -S "$top/notify"
NOTIFY_SOCKET=$top/notify WATCHDOG_USEC=200000 serve --config "$top/server.lua"
it "says when it is ready" wait_for 5 grep -q "READY=1" "$top/told"
it "keeps the watchdog quiet" wait_for 5 sh -c \
	"[ \"\$(grep -c WATCHDOG=1 '$top/told')\" -ge 3 ]"
echo "-- a comment" >>"$top/server.lua"
it "says that it reads its configuration" wait_for 5 \
	grep -q "RELOADING=1" "$top/told"

for _ in 1 2 3 4 5; do tm emit go >/dev/null; done
it "runs all" soon 5 "select count(*) from runs where state = 'passed'"
it "has their logs" test "$(find "$TIDEMILL_HOME/logs" -name '*.log' -size +0 |
	grep -vc runner)" -ge 5
stop_server
it "says that it stops" wait_for 5 grep -q "STOPPING=1" "$top/told"
kill "$listener"

serve --config "$top/server.lua"
it "keeps the newest two" soon "4 5" "select group_concat(id, ' ') from
	(select id from runs order by id)"
it "has no steps of the others" is 2 "select count(distinct run) from steps"
it "removes their logs" wait_for 10 test ! -e "$TIDEMILL_HOME/logs/1"
it "keeps the logs of those that are left" grep -q something \
	"$TIDEMILL_HOME/logs/5/"*.log
it "still knows why they ran" sh -c "'$bin' why 5 | grep -q go"
stop_server
finish
