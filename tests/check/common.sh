# What all checks share. Sourced, from the root of the tree:
#	. tests/check/common.sh
# A check prints one line a finding ("FILE:LINE: what") and fails if any.

# Files of the project: what git knows and what it would add, still there.
files() {
	git ls-files -co --exclude-standard -- "$@" | sort -u |
		while IFS= read -r file; do
			[ -f "$file" ] && printf '%s\n' "$file"
		done
}

c_files() {
	files 'runtime/*.c' 'lua/*.c' 'tests/*.c'
}

h_files() {
	files 'runtime/*.h' 'lua/*.h' 'tests/*.h'
}

lua_files() {
	files '*.lua'
}

sh_files() {
	files '*.sh' '.ci/run'
}

# Our own compiler flags, from the Makefile, so that they are written once.
c_flags="-std=c11 -D_GNU_SOURCE -iquote . -I/usr/include/lua5.4"

found=0

# finding TEXT: report and remember.
finding() {
	printf '%s\n' "$1"
	found=1
}

# findings: report every line of standard input.
findings() {
	local line
	while IFS= read -r line; do
		finding "$line"
	done
}
