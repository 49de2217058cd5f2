/* What reading and writing of JSON share. */
#pragma once

#include <lua.h>

#define JSON_LIST "json.array" /* metatable of marked arrays */
#define JSON_DEPTH_MAX 1000

/* Raises an error of code `invalid`. */
int json_invalid(lua_State *L, const char *format, const char *what);

int json_encode(lua_State *L);
int json_is_list(lua_State *L);
