/* Waiting for tasks to end, and for events that a script sets. */
#pragma once

#include <lua.h>
#include <stdbool.h>

/*
 * Wait for the tasks in the list at `list`: until one has ended (`any`), or
 * until all have or one has failed. Gives the index of the one that decided, or
 * 0 when all ended well. Who waits is who gets their failures. `next` continues
 * (NULL: return that index). Ends the calling C function.
 */
int join_wait(lua_State *L, int list, bool any, lua_KFunction next);

/* Push a new event: a value that is set once, and waited for by any number. */
int event_new(lua_State *L);
