#!/bin/bash
# Each check can fail: one violation of each kind, planted in a small copy of
# the tree, must be found; and the copy without any must be clean.
set -u
shopt -s lastpipe # `plant` ends pipes, and counts

root=$PWD
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
bad=0

mkdir -p "$tree/lua" "$tree/stdlib" "$tree/tests" "$tree/runtime/text"
cp -r .clang-format .clang-tidy .luacheckrc "$tree"
cp -r runtime/base "$tree/runtime"
cp -r tests/check "$tree/tests"
cp lua/lerror.h "$tree/lua"
cp stdlib/nearest.lua "$tree/stdlib" 2>/dev/null ||
	echo 'return {}' >"$tree/stdlib/nearest.lua"
cd "$tree" || exit 1
git init -q . && git add -A

clean() {
	local check
	for check in format luacheck layers headers lengths banned words shell
	do
		"tests/check/$check.sh" >out 2>&1 && continue
		echo "$check: finds something in a clean tree:"
		cat out
		bad=1
	done
	rm -f out
}

# plant CHECK EXPECTED FILE: the violation is standard input.
plant() {
	local check=$1 expected=$2 file=$3 output
	mkdir -p "$(dirname "$file")"
	cat >"$file"
	[[ $file == *.sh ]] && chmod "${4:-+x}" "$file"
	if output=$("tests/check/$check.sh" 2>&1); then
		echo "$check: does not find '$expected' in $file"
		bad=1
	elif ! grep -qF -- "$expected" <<<"$output"; then
		echo "$check: fails without '$expected': $output"
		bad=1
	fi
	rm -f "$file"
}

# c LINES…: a C file that is well-formed but for these lines.
c() {
	printf '%s\n' "$@"
}

repeat() {
	local i
	for ((i = 0; i < $1; i++)); do echo "$2"; done
}

clean

c 'int x  = 1;' | plant format 'not formatted' runtime/base/x.c
c 'x = 1' | plant luacheck 'x' stdlib/x.lua
c "local x = '$(repeat 81 a | tr -d '\n')'" 'return x' |
	plant luacheck 'too long' stdlib/x.lua

c '#include <lua.h>' | plant layers 'knows no Lua' runtime/base/x.c
c '#include "lua/task.h"' | plant layers 'knows no Lua' runtime/base/x.c
c '#include "runtime/store/db.h"' |
	plant layers 'it is above git/' runtime/git/x.c
c '#include "runtime/loop/op.h"' |
	plant layers 'it is above base/' runtime/base/x.h
c '#include <git2.h>' | plant layers 'belongs to runtime/git' runtime/store/x.c
c '#include <sqlite3.h>' |
	plant layers 'belongs to runtime/store' runtime/git/x.c
c '#include <uv.h>' | plant layers 'does not wait' runtime/text/x.c
c '#include <unistd.h>' | plant layers 'are pure' runtime/text/x.c
c 'long f(void) { return time(0); }' |
	plant layers 'no clock' runtime/learn/x.c
c '#include <git2.h>' | plant layers 'not its libraries' lua/x.c
c '#include <curl/curl.h>' | plant layers 'not its libraries' lua/x.c
c '#include <sqlite3.h>' | plant layers 'not its libraries' lua/x.c
c '#include <uv.h>' | plant layers 'comes from lua/task.h' lua/x.c
c '	lua_resume(L, 0, 0, &n);' | plant layers 'only lua/task.c' lua/x.c
c '	return lua_yieldk(L, 0, 0, 0);' |
	plant layers 'only lua/task.c' runtime/loop/x.c
c 'local x = require("recipes.x")' 'return x' |
	plant layers 'does not know recipes' stdlib/x.lua

c '/* A. */' '#pragma once' 'struct x { size_t y; };' |
	plant headers 'size_t' runtime/base/x.h
c '/* A. */' 'struct x;' | plant headers 'pragma once' runtime/base/x.h
c '#pragma once' 'struct x;' | plant headers 'one sentence' runtime/base/x.h

repeat 501 '/* x */' | plant lengths '501 lines' runtime/base/x.c
repeat 501 '-- x' | plant lengths '501 lines' stdlib/x.lua
repeat 501 '# x' | plant lengths '501 lines' tests/x.sh
c 'int x(void)' '{' "$(repeat 61 '	;')" '}' |
	plant lengths 'function of 61 lines' runtime/base/x.c
c 'local function x()' "$(repeat 81 '	print()')" 'end' 'return x' |
	plant lengths 'function of 81 lines' stdlib/x.lua

for name in strcpy strcat sprintf strtok atoi gets alloca system popen; do
	c "int x(void) { return $name(0); }" |
		plant banned "$name is banned" runtime/base/x.c
done

for word in TODO FIXME XXX; do
	c "/* $word: later */" | plant words 'unfinished' runtime/base/x.c
done
c 'error("not implemented")' | plant words 'not implemented' stdlib/x.lua
c '/* see /ho''me/me/x */' | plant words 'path of one machine' runtime/base/x.c
c 'cd /wo''rk/x' | plant words 'path of one machine' tests/x.sh

c '#!/bin/bash' 'if' | plant shell 'syntax error' tests/x.sh
c '#!/bin/sh' 'true' | plant shell 'not executable' tests/x.sh -x

c 'int x(int a);' '' 'int x(int a)' '{' '	if (a)' '		a = a;' \
	'	return a / 0;' '}' | plant tidy 'error:' runtime/base/x.c

exit $bad
