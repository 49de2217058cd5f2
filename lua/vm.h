/* The Lua state: its memory, its modules, and the program that runs in it. */
#pragma once

#include <lua.h>
#include <stddef.h>
#include <uv.h>

struct vm; /* opaque */

/*
 * A state whose modules are found but not yet loaded. `loop` is borrowed until
 * vm_close; it may be initialised later, but before vm_run.
 */
struct vm *vm_open(uv_loop_t *loop);
void vm_close(struct vm *vm);

/*
 * Run `require("cli")(words)` as the main task until it is done, together with
 * the loop. Returns its exit code, or 70 after printing an error that nobody
 * caught.
 */
int vm_run(struct vm *vm, int count, char **words);

/*
 * For a process that will be forked: load what runners need (0, or -1 after
 * printing why not); and in the child, which must not draw the same random
 * numbers as its siblings.
 */
int vm_warm(struct vm *vm);
void vm_reseed(struct vm *vm);

/* Push the chunk of an embedded file; raises when there is none. */
void vm_load(lua_State *L, const char *name);
