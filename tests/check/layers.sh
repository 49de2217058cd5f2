#!/bin/bash
# Who may know whom (docs/architecture.md): each room includes only its own
# headers and those of the rooms below it.
set -u
. tests/check/common.sh

# allowed ROOM -> the rooms of runtime/ it may include, as a pattern.
allowed() {
	case $1 in
	base) echo 'base' ;;
	loop) echo 'base|loop' ;;
	text | learn) echo "base|$1" ;;
	git) echo 'base|loop|git' ;;
	store) echo 'base|loop|text|store' ;;
	engine) echo 'base|loop|text|git|store|learn|engine' ;;
	web) echo 'base|loop|text|git|store|learn|engine|web' ;;
	*) echo "$1" ;;
	esac
}

# includes FILE -> "LINE:NAME" of all that it includes.
includes() {
	grep -nE '^[[:space:]]*#[[:space:]]*include' "$1" |
		sed -E 's/^([0-9]+):[^"<]*["<]([^">]*)[">].*/\1:\2/'
}

refuse() {
	finding "$1:${2%%:*}: may not include ${2#*:}: $3"
}

check_runtime() {
	local file=$1 room rooms item name
	room=$(echo "$file" | cut -d / -f 2)
	rooms=$(allowed "$room")
	while IFS= read -r item; do
		name=${item#*:}
		case $name in
		lua/* | lua.h | lauxlib.h | lualib.h | lua5.*)
			refuse "$file" "$item" "runtime/ knows no Lua" ;;
		runtime/*)
			echo "$name" | grep -qE "^runtime/($rooms)/" ||
				refuse "$file" "$item" \
					"it is above $room/" ;;
		git2.h | git2/*)
			[ "$room" = git ] || refuse "$file" "$item" \
				"libgit2 belongs to runtime/git/" ;;
		sqlite3.h)
			[ "$room" = store ] || refuse "$file" "$item" \
				"SQLite belongs to runtime/store/" ;;
		uv.h | uv/*)
			case $room in
			base | text | learn) refuse "$file" "$item" \
				"$room/ does not wait" ;;
			esac ;;
		esac
	done < <(includes "$file")
}

# Readers of text and learners: no files, no clock, no processes.
check_pure() {
	grep -nE '#[[:space:]]*include[[:space:]]*<(unistd|fcntl|dirent|poll|ftw|spawn|sys/(stat|types|mman|socket|wait|file|time|ioctl))\.h>' "$1" |
		sed "s,^,$1:,; s,\$, : text/ and learn/ are pure," | findings_of
	grep -nE '\b(fopen|getenv|time|clock_gettime|gettimeofday|clock_now|clock_monotonic(_us)?)\(' "$1" |
		grep -vE '^[0-9]+:[[:space:]]*(\*|/\*|//)' |
		sed "s,^\([0-9]*\):.*,$1:\1: text/ and learn/ use no files and no clock," |
		findings_of
}

# `findings` in a pipe would set `found` in a subshell; keep a file instead.
collected=$(mktemp)
trap 'rm -f "$collected"' EXIT
findings_of() { cat >>"$collected"; }

check_binding() {
	local file=$1 item
	while IFS= read -r item; do
		case ${item#*:} in
		git2.h | git2/* | curl/* | sqlite3.h)
			refuse "$file" "$item" \
				"a binding uses runtime/, not its libraries" ;;
		uv.h | uv/*)
			case $file in
			lua/task.h | lua/host.h | lua/vm.h | lua/main.c) ;; # the host
			*) refuse "$file" "$item" \
				"the loop comes from lua/task.h" ;;
			esac ;;
		esac
	done < <(includes "$file")
}

check_resume() {
	[ "$1" = lua/task.c ] && return
	grep -nE '\blua_(resume|yieldk|yield)\(' "$1" |
		sed "s,^\([0-9]*\):.*,$1:\1: only lua/task.c resumes and yields," |
		findings_of
}

while IFS= read -r file; do
	case $file in
	runtime/engine/hook/*) ;; # a program of its own
	runtime/engine/about.c) ;; # asks each library for its version
	runtime/*) check_runtime "$file" ;;
	lua/embed.c) ;; # a program of the build
	lua/*) check_binding "$file" ;;
	esac
	case $file in
	runtime/text/* | runtime/learn/*) check_pure "$file" ;;
	esac
	check_resume "$file"
done < <(files 'runtime/*.c' 'runtime/*.h' 'lua/*.c' 'lua/*.h')

# Lua: the library does not know recipes; what recipes may require is stdlib.
files 'stdlib/*.lua' | xargs -r grep -nE "require[ (]*[\"']recipes[./]" |
	sed 's,$, : stdlib/ does not know recipes/,' | findings_of
findings <"$collected"
exit $found
