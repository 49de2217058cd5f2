#!/bin/sh
# Run every unit test program in a folder: tests/unit/run.sh FOLDER
# A program's own output is shown only when it fails.
set -u

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$1"/*_test; do
	name=$(basename "$program")
	if timeout 120 "$program" >"$log" 2>&1; then
		count=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" |
			head -n 1)
		passed=$((passed + ${count:-1}))
	else
		status=$?
		echo "--- $name (status $status)"
		cat "$log"
		count=$(grep -c '^\[  FAILED  \] [a-z_0-9]*$' "$log")
		[ "$count" -gt 0 ] || count=1
		failed=$((failed + count))
	fi
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
