/*
 * The script's own coroutines beside the tasks: module coroutine, with what
 * would resume or end a task's coroutine refused.
 */
#include <lauxlib.h>

#include "lua/host.h"

/* Call the original, which is the upvalue, unless argument 1 is a task's. */
static int pass(lua_State *L)
{
	lua_State *thread = lua_tothread(L, 1);

	if (thread && task_current(thread))
		return luaL_error(L, "a task goes on by itself: it cannot be "
				     "resumed or closed");
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* A task's own function has nobody to yield to. */
static int l_yield(lua_State *L)
{
	if (task_current(L))
		return luaL_error(L, "cannot yield outside of a coroutine");
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void coroutine_install(lua_State *L)
{
	static const char *const guarded[] = {"resume", "close"};

	lua_getglobal(L, "coroutine");
	for (int i = 0; i < 2; i++) {
		lua_getfield(L, -1, guarded[i]);
		lua_pushcclosure(L, pass, 1);
		lua_setfield(L, -2, guarded[i]);
	}
	lua_getfield(L, -1, "yield");
	lua_pushcclosure(L, l_yield, 1);
	lua_setfield(L, -2, "yield");
	lua_pop(L, 1);
}
