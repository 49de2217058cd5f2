/*
 * Binding: JSON, by lua-cjson, with what it leaves open settled: an empty table
 * is an object, `json.array` marks arrays, null is `json.null`, and encoding is
 * stable because keys are sorted.
 */
#include <lauxlib.h>

#include "lua/modules.h"
#include "lua/vm.h"

int luaopen_cjson(lua_State *L);

/* cjson's own instance, so that nobody else's settings reach it. */
static void push_cjson(lua_State *L)
{
	lua_pushcfunction(L, luaopen_cjson);
	lua_call(L, 0, 1);
}

int luaopen_json(lua_State *L)
{
	lua_newtable(L);
	vm_load(L, "stdlib/host/json.lua");
	lua_pushvalue(L, -2);
	push_cjson(L);
	lua_call(L, 2, 0);
	return 1;
}
