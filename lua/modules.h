/* The native modules: what package.preload holds, and nothing else. */
#pragma once

#include <lauxlib.h>

#define MODULE(name) int luaopen_##name(lua_State *L);
#include "lua/modules.inc"
#undef MODULE

extern const luaL_Reg modules[]; /* ended by a NULL name */
