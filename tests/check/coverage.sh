#!/bin/bash
# `make coverage`: the tests on a build that counts lines. The report is
# build/coverage/index.html with lcov, else gcov's summary a file.
set -u
cd "$(dirname "$0")/../.."

# A sanitizer name of its own gives the counted objects a tree of their own.
tree=build/coverage-objects
out=build/coverage
flags="-O0 --coverage"
make_it() {
	make -s -j"$(nproc)" SANITIZE=coverage-objects OPT="$flags" "$@"
}

make_it all build-tests || exit 1
find $tree -name '*.gcda' -delete
tests/unit/run.sh $tree/unit
$tree/tidemill test tests/lua

mkdir -p $out
if command -v lcov >/dev/null; then
	lcov -q -c -d $tree --no-external -b . -o $out/all.info &&
		lcov -q -r $out/all.info '*/tests/*' '*/build/*' \
			-o $out/coverage.info &&
		genhtml -q -o $out $out/coverage.info &&
		lcov --summary $out/coverage.info 2>&1 | grep lines &&
		echo "$out/index.html"
	exit
fi

# Without lcov: "PERCENT LINES FILE" a source file, the least covered first.
find $tree -name '*.gcda' ! -path '*/unit/*' -print0 |
	xargs -0 -r gcov -n -r 2>/dev/null |
	awk -F"[':% ]+" '
		/^File/ { file = $2 }
		/^Lines executed/ && file ~ /^(runtime|lua)\/.*\.c$/ {
			printf "%6.1f %5d %s\n", $3, $5, file
			hit += $3 * $5; all += $5; file = ""
		}
		END { if (all) printf "%6.1f %5d all\n", hit / all, all }' |
	sort -n | tee $out/summary.txt
