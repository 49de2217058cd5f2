#!/bin/bash
# `make demo`: this very repository, pushed three times to a server of its own.
#
#     tests/e2e/demo.sh BINARY
#
# Everything happens in a temporary folder; nothing is left running.
set -u

bin=$(realpath "$1")
source=$(git rev-parse --show-toplevel)
top=$(mktemp -d)
repo=$top/tidemill.git
work=$top/work
export TIDEMILL_HOME=$top/home
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export CCACHE_DISABLE=1 MAKEFLAGS=
server=0
started=$SECONDS

finish() {
	[ "$server" -gt 0 ] && kill -9 "$server" 2>/dev/null
	for pid in $(runner); do kill -9 "$pid" 2>/dev/null; done
	rm -rf "$top"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
else
	bold="" dim="" plain=""
fi

say() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# Show a command as a user would type it, then run it.
show() {
	printf '%s$ tidemill %s%s\n' "$dim" "$*" "$plain"
	"$bin" "$@"
}

fail() {
	echo "demo: $*" >&2
	tail -n 20 "$top/server.log" >&2
	exit 1
}

runner() {
	"$bin" sql --csv "select pid from runs where state = 'running'" \
		2>/dev/null | sed 1d
}

wait_for() { # SECONDS CONDITION…
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || fail "waited too long for: $*"
		read -r -t 0.05 <> <(:)
	done
}

serve() {
	"$bin" serve >>"$top/server.log" 2>&1 &
	server=$!
	wait_for 10 test -S "$TIDEMILL_HOME/server.sock"
}

push() { # MESSAGE
	git -C "$work" commit -qam "$1" || fail "nothing to commit"
	printf '%s$ git commit -am "%s" && git push%s\n' "$dim" "$1" "$plain"
	git -C "$work" push -q origin HEAD:main || fail "the push failed"
	commit=$(git -C "$work" rev-parse HEAD)
}

in_the_middle() { # one step of the run has finished, another one has not
	[ "$("$bin" sql --csv "select count(distinct steps.state) as n from steps
		join runs on runs.id = run where runs.state = 'running' and
		steps.state in ('passed', 'running')" | tail -n 1)" = 2 ]
}

say "1. A server in an empty directory, and a bare clone of this repository"
git clone -q --bare "$source" "$repo" || fail "cannot clone"
git -C "$repo" symbolic-ref HEAD refs/heads/main
git -C "$source" push -q "$repo" HEAD:refs/heads/main --force
git clone -q -b main "$repo" "$work"
serve
show repo add "$repo" --hook --name tidemill

say "2. A good commit: the recipe in tidemill.lua compiles and tests it"
echo "A line for the demo." >>"$work/README.md"
push "Say more in the README"
show status --commit "$commit" --wait
show show 1

say "3. A commit that breaks a test"
sed -i 's/length == 2 && /length == 3 \&\& /; s/part == 2 &&/part == 3 \&\&/' \
	"$work/runtime/base/path.c"
push "Tidy the path code"
show status --commit "$commit" --wait
show show 2
show logs 2/path --tail 6

say "4. It is mended; server and runner are killed (SIGKILL) in the middle"
git -C "$work" revert --no-edit HEAD >/dev/null
git -C "$work" commit -q --amend -m "Mend the path code"
git -C "$work" push -q origin HEAD:main
commit=$(git -C "$work" rev-parse HEAD)
wait_for 60 in_the_middle
pid=$(runner)
kill -9 "$server" "$pid"
wait "$server" 2>/dev/null
printf '%s$ kill -9 %s %s   # the server, the runner%s\n' "$dim" "$server" \
	"$pid" "$plain"
show ls
serve
show status --commit "$commit" --wait
echo "   (what had finished was not run again; what was cut off was)"
show show 3

say "5. What there is to see afterwards"
show ls
show why 3
kill "$server"
wait "$server" 2>/dev/null
server=0

[ "$("$bin" sql --csv "select group_concat(state) as s from
	(select state from runs order by id)" | tail -n 1 | tr -d '"')" = \
	"passed,failed,passed" ] || fail "the runs did not end as they should"
say "That took $((SECONDS - started)) s. Next: tidemill init in a repository of yours."
