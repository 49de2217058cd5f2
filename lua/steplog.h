/* The writer that module steplog gives to Lua, for bindings that fill it. */
#pragma once

#include <lua.h>

#include "runtime/store/steplog.h"

/*
 * The open log of the writer at `index`, borrowed while the userdata lives and
 * is not closed: keep it reachable (a user value of the request) and pinned
 * with steplog_use. Raises if it is something else or already closed.
 */
struct steplog *steplog_check(lua_State *L, int index);

/*
 * While somebody uses it, closing waits for the last user: `steplog_use(L,
 * index, 1)` when a process starts to write, -1 when it is done. After the
 * call with -1 the pointer must not be used any more.
 */
void steplog_use(lua_State *L, int index, int change);
