/* Paths as arguments of bindings. */
#pragma once

#include <lua.h>

/* The string; raises when there is none, or it has a zero byte in it. */
const char *path_check(lua_State *L, int index);
