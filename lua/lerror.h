/* Errors between C and Lua: tables {code, message, cause} with __tostring. */
#pragma once

#include <lua.h>

#include "runtime/base/error.h"

/* Push the table of `err` and free it. */
void lerror_push(lua_State *L, struct error *err);

/* Push it, free it, raise it. Never returns; `return lerror_raise(L, err);` */
int lerror_raise(lua_State *L, struct error *err);

/* Make a struct error (owned by the caller) of any Lua value at `index`. */
struct error *lerror_take(lua_State *L, int index);

/* Give the table at the stack's top the metatable of errors. */
void lerror_adorn(lua_State *L);
