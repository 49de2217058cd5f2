#!/bin/bash
# Many small requests to a local nginx, beside curl -Z with as many at a time;
# and large bodies up and down in constant memory.
. "$(dirname "$0")/lib.sh"

requests=${REQUESTS:-20000}
parallel=${PARALLEL:-50}
megabytes=${MEGABYTES:-2000}
rounds=${ROUNDS:-3}
nginx_pid=0
helper_pid=0

stop() {
	[ "$nginx_pid" -gt 0 ] && kill "$nginx_pid" 2>/dev/null
	[ "$helper_pid" -gt 0 ] && kill "$helper_pid" 2>/dev/null
	finish
}
trap stop EXIT

# A port that is free now: what nginx cannot choose by itself.
free_port() {
	"$bin" sql 'select abs(random()) % 20000 + 20000' 2>/dev/null |
		grep -oE '[0-9]{5}' | head -n 1
}

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

# spent COMMAND…: sets wall and cpu, in ms.
spent() {
	local TIMEFORMAT='%R %U %S' all
	all=$({ time "$@" >/dev/null 2>"$top/err"; } 2>&1) || {
		cat "$top/err" >&2
		exit 1
	}
	read -r wall cpu < <(awk '{printf "%d %d\n", $1 * 1000,
		($2 + $3) * 1000}' <<<"$all")
}

# best NAME COMMAND…: the round with the least CPU.
best() {
	local name=$1 least_wall=999999 least_cpu=999999
	shift
	for _ in $(seq "$rounds"); do
		spent "$@"
		[ "$wall" -lt "$least_wall" ] && least_wall=$wall
		[ "$cpu" -lt "$least_cpu" ] && least_cpu=$cpu
	done
	wall=$least_wall cpu=$least_cpu
	awk -v n="$name" -v w="$wall" -v c="$cpu" -v r="$requests" 'BEGIN {
		printf "  %-28s %7.0f /s  %6.1f us CPU each\n", n,
			r * 1000 / w, c * 1000 / r }'
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
best "curl -Z" curl -s -Z --parallel-max "$parallel" -o /dev/null \
	"http://127.0.0.1:$port/small?[1-$requests]"
peer_wall=$wall peer_cpu=$cpu
best "tidemill (http.each)" "$bin" test --timeout 60s "$top/each_test.lua"
awk -v w="$wall" -v c="$cpu" -v pw="$peer_wall" -v pc="$peer_cpu" 'BEGIN {
	printf "  rate %.2fx curl -Z (aim 1.3), CPU %.2fx (aim 0.55)\n", pw / w,
		c / pc }'
