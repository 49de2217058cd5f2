#include "lua/lerror.h"

#include <lauxlib.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

#define CAUSES_MAX 16 /* longer chains are cut: they may even be circles */
#define METATABLE "tidemill.error"

static int text(lua_State *L)
{
	luaL_Buffer whole;

	luaL_buffinit(L, &whole);
	lua_pushvalue(L, 1);
	for (int depth = 0; depth < CAUSES_MAX && lua_istable(L, -1); depth++) {
		int error = lua_gettop(L);

		lua_getfield(L, error, "message");
		luaL_tolstring(L, -1, NULL);
		lua_remove(L, -2);
		if (depth)
			lua_pushfstring(L, "%s: %s", lua_tostring(L, 2),
					lua_tostring(L, -1));
		lua_replace(L, 2);
		lua_settop(L, error > 2 ? error : 2);
		lua_getfield(L, error, "cause");
	}
	lua_settop(L, 2);
	return 1;
}

static void push_metatable(lua_State *L)
{
	if (!luaL_newmetatable(L, METATABLE))
		return;
	lua_pushcfunction(L, text);
	lua_setfield(L, -2, "__tostring");
}

void lerror_adorn(lua_State *L)
{
	push_metatable(L);
	lua_setmetatable(L, -2);
}

static void push_chain(lua_State *L, const struct error *err)
{
	luaL_checkstack(L, 4, "too many causes");
	lua_createtable(L, 0, 3);
	lua_pushstring(L, error_code_name(err->code));
	lua_setfield(L, -2, "code");
	lua_pushstring(L, err->message);
	lua_setfield(L, -2, "message");
	if (err->cause) {
		push_chain(L, err->cause);
		lua_setfield(L, -2, "cause");
	}
	lerror_adorn(L);
}

void lerror_push(lua_State *L, struct error *err)
{
	push_chain(L, err);
	error_free(err);
}

int lerror_raise(lua_State *L, struct error *err)
{
	lerror_push(L, err);
	return lua_error(L);
}

static enum error_code code_named(const char *name)
{
	for (int code = ERROR_IO; code <= ERROR_CONFLICT; code++)
		if (strcmp(name, error_code_name((enum error_code)code)) == 0)
			return (enum error_code)code;
	return ERROR_SCRIPT;
}

static struct error *take(lua_State *L, int index, int depth)
{
	struct error *err = NULL;
	const char *message;

	index = lua_absindex(L, index);
	luaL_checkstack(L, 4, "too many causes");
	if (!lua_istable(L, index)) {
		message = luaL_tolstring(L, index, NULL);
		error_set(&err, ERROR_SCRIPT, "%s", message);
		lua_pop(L, 1);
		return err;
	}
	lua_getfield(L, index, "code");
	lua_getfield(L, index, "message");
	message = luaL_tolstring(L, -1, NULL);
	error_set(&err,
		  lua_type(L, -3) == LUA_TSTRING
			  ? code_named(lua_tostring(L, -3))
			  : ERROR_SCRIPT,
		  "%s", message);
	lua_pop(L, 3);
	lua_getfield(L, index, "cause");
	if (!lua_isnil(L, -1) && depth < CAUSES_MAX)
		err->cause = take(L, -1, depth + 1);
	lua_pop(L, 1);
	return err;
}

struct error *lerror_take(lua_State *L, int index)
{
	return take(L, index, 0);
}
