/* Binding: the files inside the binary, by name. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "lua/embedded.h"
#include "lua/modules.h"

static int by_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct embedded *)element)->name);
}

const struct embedded *embedded_find(const char *name)
{
	return bsearch(name, embedded_files, embedded_count,
		       sizeof(*embedded_files), by_name);
}

static int l_has(lua_State *L)
{
	lua_pushboolean(L, embedded_find(luaL_checkstring(L, 1)) != NULL);
	return 1;
}

static int l_read(lua_State *L)
{
	const struct embedded *file = embedded_find(luaL_checkstring(L, 1));

	if (!file)
		return 0;
	lua_pushlstring(L, (const char *)file->bytes, file->length);
	return 1;
}

static int l_names(lua_State *L)
{
	const char *prefix = luaL_optstring(L, 1, "");
	size_t length = strlen(prefix);
	lua_Integer count = 0;

	lua_newtable(L);
	for (unsigned i = 0; i < embedded_count; i++) {
		const char *name = embedded_files[i].name;

		if (strncmp(name, prefix, length) != 0)
			continue;
		lua_pushstring(L, name);
		lua_rawseti(L, -2, ++count);
	}
	return 1;
}

int luaopen_embedded(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"has", l_has},
		{"names", l_names},
		{"read", l_read},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
