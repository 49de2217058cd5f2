#!/bin/bash
# All Lua is clean for luacheck, with the settings of .luacheckrc.
set -u
. tests/check/common.sh

mapfile -t all < <(lua_files)
[ ${#all[@]} -eq 0 ] && exit 0
luacheck --no-color --formatter plain "${all[@]}"
