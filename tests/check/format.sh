#!/bin/bash
# All C is as clang-format writes it.
set -u
. tests/check/common.sh

mapfile -t all < <(c_files; h_files)
[ ${#all[@]} -eq 0 ] && exit 0
printf '%s\0' "${all[@]}" |
	xargs -0 -P "$(nproc)" -n 40 clang-format --dry-run -Werror 2>&1 |
	sed -n 's/: error: code should be clang-formatted.*/: not formatted/p' |
	{ findings; exit $found; }
