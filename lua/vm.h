/* The Lua state: its memory, its modules, and the program that runs in it. */
#pragma once

#include <lua.h>
#include <stddef.h>
#include <uv.h>

struct vm; /* opaque */

/*
 * A state whose modules are found but not yet loaded. `loop` is borrowed until
 * vm_close and must have been closed of everything by then.
 */
struct vm *vm_open(uv_loop_t *loop);
void vm_close(struct vm *vm);

/*
 * Run `require("cli")(words)` as the main task until it is done, together with
 * the loop. Returns its exit code, or 70 after printing an error that nobody
 * caught.
 */
int vm_run(struct vm *vm, int count, char **words);

/* Push the chunk of an embedded file; raises when there is none. */
void vm_load(lua_State *L, const char *name);
