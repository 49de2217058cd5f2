#!/bin/bash
# Every header compiles alone, says what it is, and is guarded.
set -u
. tests/check/common.sh

lone() {
	local output
	head -n 1 "$1" | grep -q '^/\* .' ||
		echo "$1:1: begins with one sentence: /* What it is. */"
	grep -q '^#pragma once$' "$1" || echo "$1:1: has no #pragma once"
	# shellcheck disable=SC2086
	output=$(gcc $c_flags -Wall -Wextra -Werror -fsyntax-only \
		-include "$1" -x c /dev/null 2>&1) ||
		printf '%s\n' "$output" | grep -m 1 'error:'
}
export -f lone
export c_flags

files 'runtime/*.h' 'lua/*.h' |
	xargs -r -P "$(nproc)" -I FILE bash -c 'lone "$1"' lone FILE |
	{ findings; exit $found; }
