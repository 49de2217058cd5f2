/* The options of proc.run and proc.spawn, and the result, between Lua and C. */
#pragma once

#include <lua.h>

#include "runtime/loop/proc.h"

/*
 * Read the table at index 1 into `options`; raises on anything wrong. What it
 * points to lives in values pushed on the stack: start before popping them.
 */
void proc_options_read(lua_State *L, struct proc_options *options);

/* The guard of this state (proc.isolate), or NULL. */
struct guard *proc_guard(lua_State *L);

/* Push the result's table, without the output. */
void proc_result_push(lua_State *L, const struct proc *proc);

/* The metatable of handles, for luaopen_proc. */
void proc_handle_register(lua_State *L);
int proc_spawn(lua_State *L); /* proc.spawn */
