/* Durations as arguments of bindings: 1500 or "1.5s". */
#pragma once

#include <lua.h>
#include <stdint.h>

/* The milliseconds of the argument; raises when it is no duration. */
int64_t duration_check(lua_State *L, int index);
