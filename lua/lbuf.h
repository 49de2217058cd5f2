/* Buffers that the garbage collector frees, for code that may raise. */
#pragma once

#include <lua.h>

#include "runtime/base/buf.h"

/* Push a userdata that is an empty buffer. */
struct buf *lbuf_push(lua_State *L, size_t max);

/* Push what is in it as a string, and free the bytes at once. */
void lbuf_push_string(lua_State *L, struct buf *bytes);
