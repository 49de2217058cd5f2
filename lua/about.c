/* Binding: the version of Tidemill, and of what is inside it. */
#include <lauxlib.h>
#include <lua.h>

#include "lua/modules.h"
#include "runtime/base/version.h"
#include "runtime/engine/about.h"

static int l_libraries(lua_State *L)
{
	lua_newtable(L);
	lua_pushstring(L, LUA_VERSION_MAJOR "." LUA_VERSION_MINOR
					    "." LUA_VERSION_RELEASE);
	lua_setfield(L, -2, "lua");
	for (const struct about_library *library = about_libraries;
	     library->name; library++) {
		lua_pushstring(L, library->version);
		lua_setfield(L, -2, library->name);
	}
	return 1;
}

int luaopen_about(lua_State *L)
{
	static const luaL_Reg functions[] = {{"libraries", l_libraries},
					     {NULL, NULL}};

	luaL_newlib(L, functions);
	lua_pushliteral(L, TIDEMILL_VERSION);
	lua_setfield(L, -2, "VERSION");
	return 1;
}
