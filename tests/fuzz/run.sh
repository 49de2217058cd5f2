#!/bin/bash
# `make fuzz`: libFuzzer for SECONDS_EACH (30) seconds on every target. What it
# finds lands in build/fuzz; a fixed finding goes to corpus/NAME.
set -u
cd "$(dirname "$0")/../.."

tests/check/deps.sh fuzz || exit 1
clang=$(command -v clang-14 || command -v clang) || {
	echo "make fuzz: clang is not installed (package clang)" >&2
	exit 1
}
sources=$(ls runtime/base/*.c runtime/text/*.c runtime/store/steplog*.c \
	runtime/store/zones.c runtime/git/refs*.c \
	runtime/git/features_{author,bytes,cache,history,past}.c \
	runtime/learn/gbt/*.c runtime/learn/config/*.c \
	runtime/learn/linear/*.c runtime/learn/triage/*.c \
	runtime/text/report/*.c)
status=0
for target in tests/fuzz/*_fuzz.c; do
	name=$(basename "$target" _fuzz.c)
	mkdir -p "build/fuzz/$name"
	more=
	[ "$name" = template ] &&
		more="$(ls runtime/text/template/*.c) -lpcre2-8 -lcrypto -lsodium"
	# shellcheck disable=SC2086 # a list of files
	"$clang" -std=c11 -D_GNU_SOURCE -iquote . -g -O1 \
		-fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined \
		-o "build/fuzz/${name}_fuzz" "$target" $sources $more -lyaml \
		-lcrypto -lsodium -lexpat -lm || exit 1
	printf '%-8s ' "$name"
	if "build/fuzz/${name}_fuzz" -max_total_time="${SECONDS_EACH:-30}" \
		-timeout=10 -artifact_prefix="build/fuzz/$name-" \
		"build/fuzz/$name" "tests/fuzz/corpus/$name" \
		>"build/fuzz/$name.log" 2>&1; then
		tail -n 1 "build/fuzz/$name.log"
	else
		echo "found something:"
		tail -n 25 "build/fuzz/$name.log"
		status=1
	fi
done
exit $status
