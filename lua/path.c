/* Binding: names of files. */
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#include "lua/modules.h"
#include "lua/path.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

const char *path_check(lua_State *L, int index)
{
	size_t length;
	const char *path = luaL_checklstring(L, index, &length);

	luaL_argcheck(L, strlen(path) == length, index,
		      "is no path: it has a zero byte in it");
	return path;
}

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

	path_check(L, 1);
	lua_pushvalue(L, 1);
	for (int i = 2; i <= count; i++) {
		give(L, path_join(lua_tostring(L, -1), path_check(L, i)));
		lua_remove(L, -2);
	}
	return 1;
}

static int l_dir(lua_State *L)
{
	return give(L, path_dir(path_check(L, 1)));
}

static int l_base(lua_State *L)
{
	lua_pushstring(L, path_base(path_check(L, 1)));
	return 1;
}

static int l_extension(lua_State *L)
{
	lua_pushstring(L, path_extension(path_check(L, 1)));
	return 1;
}

static int l_clean(lua_State *L)
{
	return give(L, path_clean(path_check(L, 1)));
}

static int l_absolute(lua_State *L)
{
	return give(L, path_absolute(path_check(L, 1)));
}

static int l_is_absolute(lua_State *L)
{
	lua_pushboolean(L, path_is_absolute(path_check(L, 1)));
	return 1;
}

static int l_inside(lua_State *L)
{
	lua_pushboolean(L, path_inside(path_check(L, 1), path_check(L, 2)));
	return 1;
}

/* How long the beginning is that two clean paths share, whole names only. */
static size_t shared_length(const char *a, const char *b)
{
	size_t shared = 0;
	size_t i = 0;

	for (;; i++) {
		bool a_ends = a[i] == '\0' || a[i] == '/';
		bool b_ends = b[i] == '\0' || b[i] == '/';

		if (a_ends && b_ends)
			shared = i;
		if (a[i] != b[i] || a[i] == '\0')
			return shared;
	}
}

/* "../.." up from what is left of `dir`, then down to the rest of `path`. */
static void add_steps(luaL_Buffer *steps, const char *dir, const char *path)
{
	const char *separator = "";

	while (*dir) {
		dir += strspn(dir, "/");
		if (!*dir)
			break;
		dir += strcspn(dir, "/");
		luaL_addstring(steps, separator);
		luaL_addstring(steps, "..");
		separator = "/";
	}
	path += strspn(path, "/");
	if (*path) {
		luaL_addstring(steps, separator);
		luaL_addstring(steps, path);
	}
}

static int l_relative(lua_State *L)
{
	const char *path = path_check(L, 1);
	const char *dir = path_check(L, 2);
	luaL_Buffer steps;
	size_t shared;

	luaL_argcheck(L, path_is_absolute(path) == path_is_absolute(dir), 2,
		      "must be absolute if, and only if, the path is");
	give(L, path_clean(path));
	give(L, path_clean(dir));
	path = lua_tostring(L, -2);
	dir = lua_tostring(L, -1);
	path = strcmp(path, ".") == 0 ? "" : path;
	dir = strcmp(dir, ".") == 0 ? "" : dir;
	shared = *path && *dir ? shared_length(path, dir) : 0;
	luaL_buffinit(L, &steps);
	add_steps(&steps, dir + shared, path + shared);
	luaL_pushresult(&steps);
	if (lua_rawlen(L, -1) == 0)
		lua_pushliteral(L, ".");
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
