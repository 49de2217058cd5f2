/* Binding: names of files. */
#include <lauxlib.h>
#include <string.h>

#include "lua/modules.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

/* Push an owned string and free it. */
static int give(lua_State *L, char *text)
{
	lua_pushstring(L, text);
	mem_free(text);
	return 1;
}

static int l_join(lua_State *L)
{
	int count = lua_gettop(L);

	luaL_checkstring(L, 1);
	lua_pushvalue(L, 1);
	for (int i = 2; i <= count; i++) {
		give(L, path_join(lua_tostring(L, -1), luaL_checkstring(L, i)));
		lua_remove(L, -2);
	}
	return 1;
}

static int l_dir(lua_State *L)
{
	return give(L, path_dir(luaL_checkstring(L, 1)));
}

static int l_base(lua_State *L)
{
	lua_pushstring(L, path_base(luaL_checkstring(L, 1)));
	return 1;
}

static int l_extension(lua_State *L)
{
	lua_pushstring(L, path_extension(luaL_checkstring(L, 1)));
	return 1;
}

static int l_clean(lua_State *L)
{
	return give(L, path_clean(luaL_checkstring(L, 1)));
}

static int l_absolute(lua_State *L)
{
	return give(L, path_absolute(luaL_checkstring(L, 1)));
}

static int l_is_absolute(lua_State *L)
{
	lua_pushboolean(L, path_is_absolute(luaL_checkstring(L, 1)));
	return 1;
}

static int l_inside(lua_State *L)
{
	lua_pushboolean(
		L, path_inside(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
	return 1;
}

static int l_relative(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	const char *dir = luaL_checkstring(L, 2);
	size_t length = strlen(dir);

	if (!path_inside(dir, path)) {
		lua_settop(L, 1);
		return 1;
	}
	path += length;
	while (*path == '/')
		path++;
	lua_pushstring(L, *path ? path : ".");
	return 1;
}

int luaopen_path(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"absolute", l_absolute},
		{"base", l_base},
		{"clean", l_clean},
		{"dir", l_dir},
		{"extension", l_extension},
		{"inside", l_inside},
		{"is_absolute", l_is_absolute},
		{"join", l_join},
		{"relative", l_relative},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
