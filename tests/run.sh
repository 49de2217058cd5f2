#!/bin/bash
# `make test`: everything, in the order in which failures are cheapest to
# understand. C and Lua tests run with AddressSanitizer and UBSan; the
# end-to-end tests run what users run, the release.
set -u
cd "$(dirname "$0")/.."

sanitize=address,undefined
sanitized="build/address-undefined"
jobs=$(nproc)
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Whole stacks, so that the leaks of libgit2 1.5 itself are told from ours.
export ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0
export UBSAN_OPTIONS=print_stacktrace=1
export MAKEFLAGS=

build() {
	make -s -j"$jobs" "$@" >"$log" 2>&1 && return 0
	cat "$log"
	echo "make test: the build failed" >&2
	exit 1
}

# Run a part; its last line "N passed, N failed" is added to the total.
part() {
	local name=$1 counts
	shift
	echo "== $name"
	"$@" 2>&1 | tee "$log"
	local status=${PIPESTATUS[0]}
	counts=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -z "$counts" ]; then
		echo "$name: ended with status $status and no count"
		failed=$((failed + 1))
		return
	fi
	passed=$((passed + ${counts%% *}))
	counts=${counts#*, }
	failed=$((failed + ${counts%% *}))
	if [ "$status" -ne 0 ] && [ "${counts%% *}" -eq 0 ]; then
		echo "$name: ended with status $status"
		failed=$((failed + 1))
	fi
}

echo "building: the release, and the tests with $sanitize"
build all
build SANITIZE=$sanitize all
build SANITIZE=$sanitize build-tests
build build-tests
part unit tests/unit/run.sh $sanitized/unit
part lua $sanitized/tidemill test tests/lua
part recipes $sanitized/tidemill test recipes --min-coverage 95
part fuzz tests/fuzz/replay.sh $sanitized
part end-to-end tests/e2e/run.sh build/tidemill
part crash tests/e2e/crash.sh build/tidemill 50

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
