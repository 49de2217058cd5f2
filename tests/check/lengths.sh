#!/bin/bash
# Files of at most 500 lines; C functions of 60, Lua functions of 80.
set -u
. tests/check/common.sh

{
	c_files; h_files; lua_files; sh_files
} | while IFS= read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -gt 500 ] && echo "$file:1: $lines lines, more than 500"
done | { findings; exit $found; } || found=1

# A C function's body is between "{" and "}" in the first column.
c_files | xargs -r awk '
	FNR == 1 { open = 0 }
	/^{/ { open = FNR }
	/^}/ {
		if (open && FNR - open - 1 > 60)
			printf "%s:%d: a function of %d lines, more than 60\n",
				FILENAME, open, FNR - open - 1
		open = 0
	}' | { findings; exit $found; } || found=1

# A Lua function ends at the "end" with the indentation of its first line.
lua_files | xargs -r awk '
	function indent(line) { match(line, /^\t*/); return RLENGTH }
	FNR == 1 { depth = 0 }
	/(^|[^[:alnum:]_])function([[:space:]]|\()/ &&
	!/(^|[^[:alnum:]_])end[^[:alnum:]_]*$/ && !/^[[:space:]]*--/ {
		depth++
		level[depth] = indent($0); start[depth] = FNR
	}
	/^\t*end([^[:alnum:]_]|$)/ {
		while (depth > 0 && level[depth] > indent($0)) depth--
		if (depth > 0 && level[depth] == indent($0)) {
			if (FNR - start[depth] - 1 > 80)
				printf "%s:%d: a function of %d lines, " \
					"more than 80\n", FILENAME,
					start[depth], FNR - start[depth] - 1
			depth--
		}
	}' | { findings; exit $found; } || found=1
exit $found
