#!/bin/bash
# Many small requests to a local nginx, beside curl -Z with as many at a time;
# and large bodies up and down in constant memory.
. "$(dirname "$0")/lib.sh"

requests=${REQUESTS:-20000}
parallel=${PARALLEL:-50}
megabytes=${MEGABYTES:-2000}
rounds=${ROUNDS:-5}
nginx_pid=0
helper_pid=0

stop() {
	[ "$nginx_pid" -gt 0 ] && kill "$nginx_pid" 2>/dev/null
	[ "$helper_pid" -gt 0 ] && kill "$helper_pid" 2>/dev/null
	finish
}
trap stop EXIT

start_nginx() {
	mkdir -p "$top/www"
	printf 'hello, world\n' >"$top/www/small"
	for _ in $(seq 20); do
		port=$((20000 + RANDOM % 20000))
		cat >"$top/nginx.conf" <<-CONF
			daemon off; pid $top/nginx.pid; worker_processes 1;
			error_log $top/nginx.log crit;
			events { worker_connections 2048; }
			http {
				access_log off; sendfile on;
				keepalive_requests 1000000;
				client_body_temp_path $top; proxy_temp_path $top;
				fastcgi_temp_path $top; uwsgi_temp_path $top;
				scgi_temp_path $top;
				server { listen 127.0.0.1:$port; root $top/www; }
			}
		CONF
		nginx -c "$top/nginx.conf" -p "$top" -e "$top/nginx.log" \
			2>/dev/null &
		nginx_pid=$!
		for _ in $(seq 50); do
			curl -s -o /dev/null "http://127.0.0.1:$port/small" &&
				return 0
			kill -0 "$nginx_pid" 2>/dev/null || break
			read -r -t 0.05 <> <(:)
		done
	done
	echo "nginx did not come up" >&2
	exit 1
}

have nginx || exit 0
have curl || exit 0
title "$requests small requests to nginx, $parallel at a time"
start_nginx

cat >"$top/each_test.lua" <<LUA
local http = require("http")
return { requests = function()
	local list = {}
	for i = 1, $requests do
		list[i] = "http://127.0.0.1:$port/small?" .. i
	end
	local total = 0
	http.each(list, { limit = $parallel }, function(response)
		total = total + #response.body
	end)
	assert(total == $requests * 13)
end }
LUA
"$tools/measure" "$rounds" \
	"curl -Z=curl -s -Z --parallel-max $parallel -o /dev/null \
		http://127.0.0.1:$port/small?[1-$requests]" \
	"tidemill (http.each)=$bin test --timeout 60s $top/each_test.lua"
echo "  (aim: wall 0.77x of curl -Z, cpu 0.55x)"

title "$megabytes MB down, then up, in constant memory"
mkfifo "$top/hold"
"$tools/../e2e/http_server" <"$top/hold" >"$top/port" &
helper_pid=$!
exec 9>"$top/hold"
until [ -s "$top/port" ]; do read -r -t 0.05 <> <(:); done
port=$(cat "$top/port")
bytes=$((megabytes * 1000000))
truncate -s "$bytes" "$top/sparse"
one_test() { # NAME LUA
	printf 'local http = require("http")\nreturn { it = function()\n%s\nend }' \
		"$2" >"$top/$1_test.lua"
}
one_test down "local stream = http.get('http://127.0.0.1:$port/bytes/$bytes',
	{ stream = true })
local total = 0
for piece in function() return stream:read() end do total = total + #piece end
assert(total == $bytes)"
one_test up "assert(http.put('http://127.0.0.1:$port/upload',
	{ upload = '$top/sparse' }).body == '$bytes')"
"$tools/measure" 1 \
	"curl, down=curl -s -o /dev/null http://127.0.0.1:$port/bytes/$bytes" \
	"tidemill, down=$bin test --timeout 600s $top/down_test.lua" \
	"curl, up=curl -s -T $top/sparse http://127.0.0.1:$port/upload" \
	"tidemill, up=$bin test --timeout 600s $top/up_test.lua"
