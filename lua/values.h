/* The one conversion between Lua values and struct value. */
#pragma once

#include <lua.h>

#include "runtime/text/arena.h"
#include "runtime/text/value.h"

/*
 * The two sides agree as module json does:
 *
 *	Lua                                    struct value
 *	nil, json.null (lightuserdata NULL)    none
 *	boolean, integer, float, string        bool, int, float, string
 *	table with keys 1 to n, n > 0,         list
 *	  or marked by json.array
 *	every other table, {} too              dict
 *	table with __pairs (module ordered)    dict in the order it gives
 *
 * Other dicts have their keys sorted: numbers, then strings by their bytes.
 * Keys are strings, integers, floats and booleans; none is json.null.
 */
enum values_flag {
	VALUES_ORDERED = 1, /* dicts become tables of module `ordered` */
};

enum { VALUES_DEPTH = 500 }; /* how deeply values may be nested */

/*
 * Push a userdata with an empty arena that should hand out at most `max` bytes:
 * whatever raises, the garbage collector frees it. arena_release frees it at
 * once, when nothing needs its values any longer.
 */
struct arena *values_arena(lua_State *L, size_t max);

/*
 * Push `value` as Lua; absent is nil, a tuple a list. What Lua cannot have (an
 * integer beyond 64 bits, a template's object) raises `invalid`. Shared lists
 * and dicts become separate tables.
 */
void values_push(lua_State *L, struct value value, unsigned flags);

/*
 * The Lua value at `index` in `arena`, strings copied. Functions, threads,
 * userdata, tables that hold themselves or are nested too deeply raise
 * `invalid` with their path ("a.b[3]"); too much memory raises `limit`. May
 * call __pairs, which must not wait.
 */
struct value values_take(lua_State *L, int index, struct arena *arena);
