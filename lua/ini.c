/* Binding: INI files. */
#include <lauxlib.h>

#include "lua/document.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/text/ini_read.h"
#include "runtime/text/ini_write.h"

static int l_read(lua_State *L)
{
	static const char *const names[] = {DOCUMENT_OPTIONS, "duplicates",
					    "flags", "lower", NULL};
	static const char *const duplicates[] = {"error", "first", "last",
						 "all", NULL};
	struct ini_options options = {.duplicates = INI_REFUSE};
	struct reading reading;

	luaL_checkstring(L, 1);
	lua_settop(L, 2);
	options_check(L, 2, names, "ini.read");
	options.duplicates = (enum ini_duplicates)options_choice(
		L, 2, "duplicates", duplicates);
	options.flags = options_flag(L, 2, "flags", false);
	options.lower = options_flag(L, 2, "lower", false);
	reading_begin(L, &reading);
	return reading_end(L, &reading,
			   ini_read(&reading.document, &options, reading.arena,
				    &reading.value, &reading.err));
}

static int l_write(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	return document_write(L, ini_write);
}

int luaopen_ini(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"read", l_read},
		{"write", l_write},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
