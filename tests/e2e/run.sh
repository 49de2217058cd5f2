#!/bin/bash
# Run every end-to-end test: tests/e2e/run.sh BINARY [NAME…]
# Each prints a line a check; the last line here is the sum.
set -u

bin=$(realpath "$1")
shift
dir=$(dirname "$0")
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for test in "$dir"/*_test.sh; do
	name=$(basename "$test" _test.sh)
	[ $# -gt 0 ] && [[ " $* " != *" $name "* ]] && continue
	timeout 180 bash "$test" "$bin" >"$log" 2>&1
	status=$?
	counts=$(grep -oE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	good=${counts%% *}
	bad=${counts#*, }
	bad=${bad%% *}
	passed=$((passed + ${good:-0}))
	if [ "$status" -eq 0 ] && [ "${bad:-1}" -eq 0 ]; then
		echo "$name: ${good} passed"
	else
		failed=$((failed + (${bad:-0} > 0 ? ${bad:-0} : 1)))
		echo "--- $name (status $status)"
		cat "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
