/* Globals: strict, and chunks are loaded as text only. */
#include "lua/globals.h"

#include <lauxlib.h>

/* Push ", did you mean 'x'?" or "" for the name at index 2. */
static void push_advice(lua_State *L)
{
	lua_getglobal(L, "require");
	lua_pushliteral(L, "nearest");
	if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
		lua_pushvalue(L, 2);
		lua_newtable(L);
		lua_pushglobaltable(L);
		lua_pushnil(L);
		for (int i = 1; lua_next(L, -2); i++) {
			lua_pop(L, 1);
			lua_pushvalue(L, -1);
			lua_rawseti(L, -4, i);
		}
		lua_pop(L, 1);
		if (lua_pcall(L, 2, 1, 0) == LUA_OK && lua_isstring(L, -1)) {
			lua_pushfstring(L, " (did you mean '%s'?)",
					lua_tostring(L, -1));
			return;
		}
	}
	lua_pushliteral(L, "");
}

static int refuse(lua_State *L, const char *verb)
{
	const char *name = luaL_tolstring(L, 2, NULL);

	push_advice(L);
	return luaL_error(L, "cannot %s undeclared global '%s'%s", verb, name,
			  lua_tostring(L, -1));
}

static int on_read(lua_State *L)
{
	return refuse(L, "read");
}

static int on_write(lua_State *L)
{
	return refuse(L, "assign to");
}

/* load, as ever, but its mode is "t". The original is the upvalue. */
static int l_load(lua_State *L)
{
	if (lua_gettop(L) < 3)
		lua_settop(L, 3);
	lua_pushliteral(L, "t");
	lua_replace(L, 3);
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void remove_field(lua_State *L, const char *table, const char *name)
{
	lua_getglobal(L, table);
	lua_pushnil(L);
	lua_setfield(L, -2, name);
	lua_pop(L, 1);
}

void globals_install(lua_State *L)
{
	lua_getglobal(L, "load");
	lua_pushcclosure(L, l_load, 1);
	lua_setglobal(L, "load");
	remove_field(L, "_G", "loadfile"); /* they would load bytecode */
	remove_field(L, "_G", "dofile");
	remove_field(L, "package", "loadlib");
	lua_pushglobaltable(L);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, on_read);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, on_write);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}
