/* Tables of options: names that are checked, values of the right kind. */
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Each function takes the index of the table, or of nothing (nil, none): then
 * all options are missing. Wrong ones raise `invalid`.
 */

/* Refuse keys that are not in `names` (ended by NULL); `what` has them. */
void options_check(lua_State *L, int index, const char *const *names,
		   const char *what);

bool options_flag(lua_State *L, int index, const char *name, bool missing);

/* A whole number of `least` or more. */
lua_Integer options_count(lua_State *L, int index, const char *name,
			  lua_Integer least, lua_Integer missing);

/* Borrowed from the table; NULL when it is missing. */
const char *options_text(lua_State *L, int index, const char *name);

/* The position of the text in `choices` (ended by NULL); missing: 0. */
int options_choice(lua_State *L, int index, const char *name,
		   const char *const *choices);
