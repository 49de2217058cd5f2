#!/bin/bash
# Who may know whom (docs/architecture.md): each room includes only its own
# headers and those of the rooms below it.
set -u
. tests/check/common.sh

mapfile -t sources < <(files 'runtime/*.c' 'runtime/*.h' 'lua/*.c' 'lua/*.h')

# may ROOM OTHER: may runtime/ROOM include headers of runtime/OTHER?
may() {
	case $1/$2 in
	"$2/$1") return 0 ;; # its own
	*/base) return 0 ;;
	base/* | text/* | learn/* | loop/*) return 1 ;;
	*/loop) return 0 ;;
	store/text) return 0 ;;
	archive/text) return 0 ;;
	archive/* | git/* | store/*) return 1 ;;
	*/text | */git | */store | */learn) return 0 ;;
	web/engine) return 0 ;;
	*) return 1 ;;
	esac
}

# refuse WHY: the include that is looked at.
refuse() {
	finding "$file:$line: may not include $name: $1"
}

check_runtime() {
	local room=${file#runtime/} other=${name#runtime/}
	room=${room%%/*}
	case $name in
	lua/* | lua.h | lauxlib.h | lualib.h | lua5.*)
		refuse "runtime/ knows no Lua" ;;
	runtime/*)
		may "$room" "${other%%/*}" || refuse "it is above $room/" ;;
	git2.h | git2/*)
		[ "$room" = git ] || refuse "libgit2 belongs to runtime/git/" ;;
	archive.h | archive_entry.h)
		[ "$room" = archive ] ||
			refuse "libarchive belongs to runtime/archive/" ;;
	sqlite3.h)
		[ "$room" = store ] ||
			refuse "SQLite belongs to runtime/store/" ;;
	uv.h | uv/*)
		case $room in
		base | text | learn) refuse "$room/ does not wait" ;;
		esac ;;
	unistd.h | fcntl.h | dirent.h | poll.h | spawn.h | ftw.h | sys/*)
		case $room in
		text | learn) refuse "text/ and learn/ are pure" ;;
		esac ;;
	esac
}

check_binding() {
	case $name in
	git2.h | git2/* | curl/* | sqlite3.h | archive.h | archive_entry.h)
		refuse "a binding uses runtime/, not its libraries" ;;
	uv.h | uv/*)
		case $file in
		lua/task.h | lua/host.h | lua/vm.h | lua/main.c) ;; # the host
		*) refuse "the loop comes from lua/task.h" ;;
		esac ;;
	esac
}

check_include() {
	case $file in
	runtime/engine/hook/*) ;; # a program of its own
	runtime/engine/about.c) ;; # asks each library for its version
	lua/embed.c) ;; # a program of the build
	runtime/*) check_runtime ;;
	lua/*) check_binding ;;
	esac
}

includes='^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]'
while IFS=: read -r file line name; do
	name=${name#*[\"<]}
	name=${name%[\">]*}
	check_include
done < <(grep -HnE "$includes" "${sources[@]}")

# calls PATTERN FILES…: where these functions are called, "FILE:LINE".
calls() {
	local pattern=$1
	shift
	[ $# -eq 0 ] && return
	grep -HnE "\\b($pattern)\\(" "$@" |
		grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//)' |
		cut -d : -f 1,2
}

mapfile -t pure < <(files 'runtime/text/*.[ch]' 'runtime/learn/*.[ch]')
clocks='fopen|getenv|time|clock_gettime|gettimeofday|clock_now|clock_monotonic'
while IFS= read -r place; do
	finding "$place: text/ and learn/ use no files and no clock"
done < <(calls "$clocks|clock_monotonic_us" "${pure[@]}")

while IFS= read -r place; do
	[[ $place == lua/task.c:* ]] ||
		finding "$place: only lua/task.c resumes and yields"
done < <(calls 'lua_resume|lua_yieldk|lua_yield' "${sources[@]}")

# Lua: the library does not know recipes; recipes require the library.
while IFS=: read -r file line _; do
	finding "$file:$line: stdlib/ does not know recipes/"
done < <(files 'stdlib/*.lua' |
	xargs -r grep -HnE "require[ (]*[\"']recipes[./]")
exit $found
