#!/bin/bash
# clang-tidy finds nothing. It is slow, so a file that was clean is not looked
# at again until it, a header of the project, or .clang-tidy changes.
set -u
. tests/check/common.sh

cache=build/tidy
mkdir -p "$cache"
version=$(clang-tidy --version | sha256sum)

# What a file's verdict depends on, as one hash: itself, the project's headers
# it includes (also indirectly), the settings and the tool.
key_of() {
	{
		echo "$version $c_flags"
		cat .clang-tidy "$1"
		# shellcheck disable=SC2086
		gcc $c_flags -MM -MG "$1" 2>/dev/null | tr -d '\\' |
			tr ' ' '\n' | grep -v ':$' | sort -u |
			while IFS= read -r header; do
				[ -f "$header" ] && cat "$header"
			done
	} | sha256sum | cut -d ' ' -f 1
}

tidy() {
	local file=$1 key output
	key=$cache/$(key_of "$file")
	[ -e "$key" ] && return 0
	# shellcheck disable=SC2086
	if output=$(clang-tidy --quiet "$file" -- $c_flags 2>/dev/null); then
		: >"$key"
		return 0
	fi
	printf '%s\n' "$output" | grep -E '(error|warning):' |
		sed "s,^$PWD/,,"
	return 1
}
export -f tidy key_of
export cache version c_flags

files 'runtime/*.c' 'lua/*.c' |
	xargs -r -P "$(nproc)" -I FILE bash -c 'tidy "$1"' tidy FILE |
	sort -u | { findings; exit $found; }
