/* Binding: TOML. */
#include <lauxlib.h>

#include "lua/document.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/text/toml_read.h"
#include "runtime/text/toml_write.h"

static int l_read(lua_State *L)
{
	static const char *const names[] = {DOCUMENT_OPTIONS, NULL};
	struct reading reading;

	luaL_checkstring(L, 1);
	lua_settop(L, 2);
	options_check(L, 2, names, "toml.read");
	reading_begin(L, &reading);
	return reading_end(L, &reading,
			   toml_read(&reading.document, reading.arena,
				     &reading.value, &reading.err));
}

static int l_write(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	return document_write(L, toml_write);
}

int luaopen_toml(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"read", l_read},
		{"write", l_write},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
