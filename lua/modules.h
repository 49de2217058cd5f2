/* The native modules: what package.preload holds, and nothing else. */
#pragma once

#include <lauxlib.h>

/* One line a module: its name; luaopen_NAME opens it. */
#define MODULES(X)                                                             \
	X(about)                                                               \
	X(edit)
X(embedded)
X(fs)
X(json)
X(log)
X(path)
X(task)
X(time)
X(tty)

#define MODULE_DECLARE(name) int luaopen_##name(lua_State *L);
MODULES(MODULE_DECLARE)
#undef MODULE_DECLARE

extern const luaL_Reg modules[]; /* ended by a NULL name */
