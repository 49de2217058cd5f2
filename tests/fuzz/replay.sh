#!/bin/bash
# Run every fuzz target on its corpus: tests/fuzz/replay.sh BUILD-FOLDER
# The folder holds libtidemill.a; sanitizers are those of its name.
set -u
cd "$(dirname "$0")/../.."

build=$1
out=$build/fuzz
flags=
case $build in
*address*) flags="-fsanitize=address,undefined" ;;
esac
passed=0
failed=0
mkdir -p "$out"
for target in tests/fuzz/*_fuzz.c; do
	name=$(basename "$target" _fuzz.c)
	# shellcheck disable=SC2086 # several flags
	if ${CC:-gcc} -std=c11 -D_GNU_SOURCE -iquote . -g $flags \
		-o "$out/${name}_replay" "$target" tests/fuzz/replay.c \
		"$build/libtidemill.a" -lyaml -lpcre2-8 -lcrypto -lsodium -lexpat \
		-lm >"$out/$name.log" 2>&1 &&
		timeout 60 "$out/${name}_replay" "tests/fuzz/corpus/$name"/* \
			>"$out/$name.log" 2>&1; then
		passed=$((passed + 1))
	else
		echo "--- $name"
		cat "$out/$name.log"
		failed=$((failed + 1))
	fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
