#!/bin/bash
# The server over HTTP with 1,000,000 runs, beside nginx that serves the same
# bytes from a file, in one run: tests/bench/web.sh BINARY
set -eu
cd "$(dirname "$0")/../.."
bin=$(realpath "$1")
runs=${RUNS:-1000000}
seconds=${SECONDS_EACH:-5}
top=$(mktemp -d)
chmod 711 "$top"
export TIDEMILL_HOME=$top/home
pids=()

clean_up() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait
	rm -rf "$top"
}
trap clean_up EXIT

command -v wrk >/dev/null || { echo "skipped: no wrk"; exit 0; }

seed() {
	mkdir -p "$TIDEMILL_HOME"
	echo 'return { retention = { days = 36500, runs = 1000000000 } }' \
		>"$TIDEMILL_HOME/server.lua"
	"$bin" token ls >/dev/null
	sqlite3 "$TIDEMILL_HOME/tidemill.db" "PRAGMA synchronous = off;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
		SELECT i + 1 FROM n WHERE i < $runs)
		INSERT INTO runs (name, path, state, created, started,
		finished, announced, ref, oid) SELECT 'recipe' || (i % 50),
		'/recipe.lua', CASE WHEN i % 10 = 0 THEN 'failed' ELSE
		'passed' END, 1700000000000 + i * 1000, 1700000000000 + i *
		1000, 1700000000500 + i * 1000, 1, 'refs/heads/main',
		printf('%040x', i) FROM n" >/dev/null
}

address() {
	sqlite3 -cmd '.timeout 5000' "$TIDEMILL_HOME/tidemill.db" \
		"SELECT value FROM settings WHERE key = 'listen'"
}

rss() {
	awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$server/status"
}

measure() { # NAME URL
	wrk -t1 -c50 "-d${seconds}s" --latency "$2" >"$top/wrk" 2>&1
	awk -v name="$1" '/ 50%/ {half = $2} / 99%/ {most = $2}
		/Requests\/sec/ {rate = $2} /Non-2xx/ {bad = $NF}
		END {printf "%-28s %9.0f/s  p50 %-8s p99 %-8s%s\n", name, rate,
		half, most, bad ? "  refused: " bad : ""}' "$top/wrk"
}

start_nginx() {
	curl -s "http://$(address)/api/v1/runs" >"$top/runs.json"
	cat >"$top/nginx.conf" <<-C
		daemon off; worker_processes 1; pid $top/nginx.pid;
		error_log $top/nginx.log; events {}
		http { access_log off; client_body_temp_path $top/body;
		proxy_temp_path $top/proxy; fastcgi_temp_path $top/fastcgi;
		uwsgi_temp_path $top/uwsgi; scgi_temp_path $top/scgi;
		server { listen unix:$top/nginx.sock; listen 127.0.0.1:$port;
		root $top; default_type application/json; } }
	C
	nginx -c "$top/nginx.conf" 2>/dev/null &
	pids+=($!)
	until curl -s -o "$top/got" "http://127.0.0.1:$port/runs.json"; do
		kill -0 "${pids[-1]}"
	done
}

seed
"$bin" serve --listen 127.0.0.1:0 2>"$top/server.log" &
server=$!
pids+=("$server")
until [ -n "$(address)" ]; do kill -0 "$server"; done
port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
start_nginx
base=http://$(address)
echo "$runs runs, 50 connections, $seconds s each; RSS at first $(rss) MiB"
measure "nginx, the same file" "http://127.0.0.1:$port/runs.json"
measure "GET /api/v1/runs" "$base/api/v1/runs"
measure "GET /api/v1/runs, filtered" \
	"$base/api/v1/runs?state=failed&recipe=recipe10"
measure "GET /api/v1/runs/ID" "$base/api/v1/runs/$((runs / 2))"
measure "GET /api/v1/queue" "$base/api/v1/queue"
measure "GET / (the dashboard)" "$base/"
echo "RSS at the end $(rss) MiB"
bytes=0
for name in "" $(curl -s "$base/" | grep -o '/assets/[a-z.]*') \
	/assets/lib.js /assets/lists.js /assets/run.js /assets/tests.js /assets/log.js \
	/assets/ansi.js; do
	bytes=$((bytes + $(curl -s -H 'Accept-Encoding: gzip' \
		"$base${name:-/}" | wc -c)))
done
echo "first view of the dashboard: $bytes bytes compressed"
