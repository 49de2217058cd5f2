#!/bin/bash
# A flood of connections, half-open ones and readers that do not read: the
# server answers others, and runs go on.
. "$(dirname "$0")/lib.sh"

address() {
	value "select value from settings where key = 'listen'"
}

listens() {
	[ -n "$(address)" ]
}

healthy() {
	curl -sf -m 5 "http://$(address)/healthz" >"$top/body"
}

flooded() {
	[ -s "$top/flooded" ]
}

mkdir -p "$TIDEMILL_HOME" "$top/recipes"
cat >"$top/recipes/loud.lua" <<'L'
return { name = "loud", on = { emit = "loud" },
	steps = { { "print", "seq 1 200000" } } }
L
cat >"$top/recipes/small.lua" <<'L'
return { name = "small", on = { emit = "small" }, steps = { { "s", "true" } } }
L
echo "return { recipes = '$top/recipes/*.lua' }" >"$TIDEMILL_HOME/server.lua"
ulimit -n 512
serve --listen 127.0.0.1:0
it "listens" wait_for 10 listens
soon 2 "select count(*) from recipes where hash is not null" >/dev/null
tm emit loud >/dev/null
it "has a long log" soon passed "select state from runs where name = 'loud'"

cat >"$top/flood.py" <<'P'
import socket, sys, time
host, port = sys.argv[1].rsplit(":", 1)
held = []
def connect():
    one = socket.create_connection((host, int(port)), 5)
    held.append(one)
    return one
for _ in range(400):
    try:
        connect().sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    except OSError:
        pass
for _ in range(20):
    try:
        one = connect()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(b"GET /api/v1/runs/1/steps/1/log?follow=true HTTP/1.1\r\n"
                    b"Host: localhost\r\n\r\n")
    except OSError:
        pass
open(sys.argv[2], "w").write("done")
sys.stdin.read()
P
mkfifo "$top/end"
python3 "$top/flood.py" "$(address)" "$top/flooded" <"$top/end" &
flood=$!
exec 8>"$top/end"
it "is flooded" wait_for 20 flooded
it "answers others" healthy
it "answers again" healthy
tm emit small >/dev/null
it "runs meanwhile" soon passed "select state from runs where name = 'small'"
it "keeps its memory" test "$(awk '/VmRSS/ {print $2}' \
	"/proc/$server/status")" -lt 100000
exec 8>&-
wait "$flood"
it "answers afterwards" healthy
kill "$server"
it "ends well" wait "$server"
server=0
finish
