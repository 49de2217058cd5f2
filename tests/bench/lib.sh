# What every benchmark shares: a temporary folder, tools, and a heading.

bin=$(realpath "${1:-build/tidemill}")
tools=$(dirname "$bin")/release/bench
top=$(mktemp -d)
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
server=0
export TIDEMILL_HOME=$top/home
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t
export GIT_COMMITTER_EMAIL=t@t

finish() {
	[ "$server" -gt 0 ] && kill -9 "$server" 2>/dev/null
	rm -rf "$top"
}
trap finish EXIT

title() {
	printf '\n%s\n' "$*"
}

have() {
	command -v "$1" >/dev/null && return 0
	echo "  ($1 is not installed: its line is left out)"
	return 1
}

start_server() { # [CONFIG]
	"$bin" serve ${1:+--config "$1"} >>"$top/server.log" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		"$bin" status >/dev/null 2>&1 && [ -S "$TIDEMILL_HOME/server.sock" ] &&
			return
		read -r -t 0.05 <> <(:)
	done
	echo "the server did not come up" >&2
	cat "$top/server.log" >&2
	exit 1
}

stop_server() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server=0
}

rss_of() { # PID -> MB
	awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"
}
