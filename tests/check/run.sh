#!/bin/bash
# `make check`: every check, a line each; its findings below when it fails.
#	tests/check/run.sh [NAME…]	only these (format tidy luacheck …)
set -u
cd "$(dirname "$0")/../.."

names=("$@")
[ $# -eq 0 ] && names=(format luacheck layers headers lengths banned words
	shell selftest tidy)

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0
failed=0

# Two at a time: most are short and each starts many small programs.
export log
one() {
	local start=$EPOCHREALTIME
	"tests/check/$1.sh" >"$log/$1" 2>&1
	echo $? >"$log/$1.status"
	echo $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) >"$log/$1.ms"
}
export -f one
printf '%s\n' "${names[@]}" |
	xargs -P "$(nproc)" -I NAME bash -c 'one "$1"' one NAME

for name in "${names[@]}"; do
	seconds=$(awk '{ printf "%.1f", $1 / 1000 }' "$log/$name.ms")
	if [ "$(cat "$log/$name.status")" -eq 0 ]; then
		passed=$((passed + 1))
		printf 'ok      %-10s %6s s\n' "$name" "$seconds"
	else
		failed=$((failed + 1))
		printf 'FAILED  %-10s %6s s\n' "$name" "$seconds"
		sed 's/^/        /' "$log/$name"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
