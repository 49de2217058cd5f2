#!/bin/bash
# Start-up is part of every step and every command.
. "$(dirname "$0")/lib.sh"

title "Start-up: an empty recipe, durable, without a server"
printf 'return { name = "empty", run = function() end }\n' >"$top/empty.lua"
"$bin" run --quiet "$top/empty.lua" >/dev/null
printf '' >"$top/nothing.lua"
set -- "lua5.4 -e=lua5.4 $top/nothing.lua" \
	"tidemill run=$bin run --quiet $top/empty.lua" \
	"tidemill version=$bin version" "tidemill ls=$bin ls"
have nvim && set -- "$@" "nvim=nvim --headless -u NONE +q"
have python3 && set -- "$@" "python3=python3 -S -c pass"
"$tools/measure" 200 "$@"
