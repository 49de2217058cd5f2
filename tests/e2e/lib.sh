# What end-to-end tests share: a temporary home, repositories, servers that
# never outlive the test, and waiting for conditions.
#
#     . "$(dirname "$0")/lib.sh"      with the binary as $1
#     it "does something" command…    a check: the command must succeed
#     finish                          prints the counts, is the last line
set -u

bin=$(realpath "${1:?the binary}")
top=$(mktemp -d)
export TIDEMILL_HOME=$top/home
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export NO_COLOR=1
unset TIDEMILL_CONFIG NOTIFY_SOCKET WATCHDOG_USEC
server=0
checks_passed=0
checks_failed=0

# Everything that has this home in its environment is ours.
left_over() {
	grep -lazx "TIDEMILL_HOME=$TIDEMILL_HOME" /proc/[0-9]*/environ \
		2>/dev/null | cut -d/ -f3 | grep -vxE "$$|$BASHPID"
}

clean_up() {
	[ "$server" -gt 0 ] && kill -9 "$server" 2>/dev/null
	for pid in $(left_over); do
		[ -e "/proc/$pid" ] && [ "$pid" != "$$" ] &&
			kill -9 "$pid" 2>/dev/null
	done
	if [ -n "${KEEP:-}" ]; then echo "$top"; else rm -rf "$top"; fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

it() { # NAME COMMAND…
	local name=$1
	shift
	if "$@" >"$top/check.log" 2>&1; then
		checks_passed=$((checks_passed + 1))
	else
		checks_failed=$((checks_failed + 1))
		echo "FAILED: $name: $*"
		sed 's/^/    /' "$top/check.log"
		[ -f "$top/server.log" ] &&
			tail -n 15 "$top/server.log" | sed 's/^/    server: /'
	fi
}

finish() {
	echo "$checks_passed passed, $checks_failed failed"
	[ "$checks_failed" -eq 0 ]
	exit $?
}

wait_for() { # SECONDS COMMAND…
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || {
			echo "waited too long for: $*"
			return 1
		}
		read -r -t 0.02 <> <(:)
	done
	return 0
}

tm() {
	"$bin" "$@"
}

# One value of the database.
value() { # SQL
	sqlite3 -cmd '.timeout 5000' "$TIDEMILL_HOME/tidemill.db" "$1"
}

is() { # WANTED SQL
	local got
	got=$(value "$2")
	[ "$got" = "$1" ] || {
		echo "expected '$1', got '$got': $2"
		return 1
	}
}

# Wait until a query has a result.
soon() { # WANTED SQL
	wait_for 15 is "$1" "$2" || is "$1" "$2"
}

serve() { # OPTION…
	"$bin" serve "$@" >>"$top/server.log" 2>&1 &
	server=$!
	wait_for 10 test -S "$TIDEMILL_HOME/server.sock"
}

stop_server() {
	kill "$server"
	wait "$server" 2>/dev/null
	server=0
}

kill_server() {
	kill -9 "$server"
	wait "$server" 2>/dev/null
	server=0
}

# A bare repository, a clone to push from, and a first commit with a recipe.
make_repo() { # NAME <recipe
	git init -q --bare -b main "$top/$1.git"
	git init -q -b main "$top/$1"
	cat >"$top/$1/tidemill.lua"
	git -C "$top/$1" add -A
	git -C "$top/$1" commit -qm first
	git -C "$top/$1" remote add origin "$top/$1.git"
	git -C "$top/$1" push -q origin main
}

commit() { # REPO MESSAGE [FILE]
	local file=$top/$1/${3:-file}
	mkdir -p "$(dirname "$file")"
	echo "$2 $RANDOM" >>"$file"
	git -C "$top/$1" add -A
	git -C "$top/$1" commit -qm "$2"
}

push() { # REPO [REFSPEC]
	git -C "$top/$1" push -q origin "${2:-main}" 2>>"$top/push.log"
}

exits() { # CODE COMMAND…
	local wanted=$1 got
	shift
	"$@"
	got=$?
	[ "$got" = "$wanted" ] || {
		echo "exit $got, not $wanted: $*"
		return 1
	}
}
