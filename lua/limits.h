/* Limits of a Lua state: memory, and time without waiting. */
#pragma once

#include <lua.h>
#include <stddef.h>

#include "lua/host.h"

enum {
	LIMITS_MEMORY = 512 * 1024 * 1024, /* default ceiling, bytes */
	LIMITS_SLICE = 10000,              /* default slice, ms of CPU time */
};

/*
 * The state's allocator, with its struct host as `context`. Up to the ceiling
 * it never fails (a machine without memory ends the program). A single
 * allocation of 16 MiB or more that would pass the ceiling is refused, which
 * Lua raises as an error; passing it by small ones is noticed by the hook.
 */
void *limits_allocate(void *context, void *memory, size_t old, size_t size);

/*
 * Watch the coroutine by a count hook. Passing a limit raises an error of code
 * `limit`, again and again at each instruction until the task's function is
 * left: no pcall can swallow it. It cannot interrupt a C function: a single
 * string.find with a pattern that backtracks, or a sort of a huge table.
 */
void limits_watch(lua_State *thread);

/*
 * Start the garbage collector when the state has grown so much that it pays: a
 * short command ends without. Called whenever a task goes on.
 */
void limits_collect(struct host *host);

/* The task goes on: from here on its time counts. */
void limits_begin(struct task *task);

/* The task's function has been left: calm the hook. */
void limits_settle(struct task *task);

/* Prepare L: no message handler of an xpcall escapes the limits. */
void limits_install(lua_State *L);
