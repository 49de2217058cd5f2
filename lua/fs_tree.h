/* Functions of module fs that look at whole trees, and so wait. */
#pragma once

#include <lua.h>

int fs_copy(lua_State *L);
int fs_glob(lua_State *L);
int fs_remove(lua_State *L);
