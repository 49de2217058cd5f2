#!/bin/bash
# From a push to the first step's process, beside inotifywait in a shell loop.
. "$(dirname "$0")/lib.sh"

pushes=${PUSHES:-200}
work=$top/work

prepare() { # REPO: a bare repository, and commits to push
	git init -q --bare "$1"
	git -C "$work" push -q "$1" HEAD:refs/heads/main
	tree=$(git -C "$work" rev-parse 'HEAD^{tree}')
	for i in $(seq "$pushes"); do
		git -C "$work" commit-tree -p HEAD -m "change $i" "$tree"
	done >"$1.commits"
}

title "A push: ref moved -> first process started, $pushes pushes"
git init -q "$work"
cat >"$work/tidemill.lua" <<LUA
return { name = "bench", on = { push = {} }, run = function(ctx)
	ctx:step("stamp", { "$tools/stamp", "$top/stamps", ctx.run.commit })
end }
LUA
git -C "$work" add -A
git -C "$work" commit -qm first

prepare "$top/a.git"
start_server
"$bin" repo add "$top/a.git" --hook --name a >/dev/null
: >"$top/stamps"
"$tools/push_latency" "tidemill (hook)" "$work" "$top/a.git" "$top/stamps" \
	"$pushes" <"$top/a.git.commits"

prepare "$top/b.git"
"$bin" repo add "$top/b.git" --name b >/dev/null
: >"$top/stamps"
"$tools/push_latency" "tidemill (watch)" "$work" "$top/b.git" "$top/stamps" \
	"$pushes" <"$top/b.git.commits"
stop_server

have inotifywait || exit 0
prepare "$top/c.git"
: >"$top/stamps"
inotifywait -q -m -e moved_to --format %f "$top/c.git/refs/heads" |
	while read -r ref; do
		case $ref in *.lock) continue ;; esac
		"$tools/stamp" "$top/stamps" \
			"$(cat "$top/c.git/refs/heads/$ref")"
	done &
read -r -t 0.3 <> <(:)
"$tools/push_latency" "inotifywait loop" "$work" "$top/c.git" "$top/stamps" \
	"$pushes" <"$top/c.git.commits"
pkill -P $$ inotifywait
exit 0
