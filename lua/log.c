/* Binding: the program's own log. */
#include <lauxlib.h>
#include <string.h>

#include "lua/modules.h"
#include "runtime/base/log.h"

#define FIELDS_MAX 64

static int text_order(lua_State *L)
{
	lua_pushboolean(L, strcmp(luaL_tolstring(L, 1, NULL),
				  luaL_tolstring(L, 2, NULL)) < 0);
	return 1;
}

/* Append " key=value" for each field of the table at 2, sorted by key. */
static void add_fields(lua_State *L, luaL_Buffer *line, int names)
{
	lua_Integer count = luaL_len(L, names);

	for (lua_Integer i = 1; i <= count; i++) {
		const char *value;

		lua_rawgeti(L, names, i);
		lua_pushvalue(L, -1);
		lua_gettable(L, 2);
		value = luaL_tolstring(L, -1, NULL);
		lua_pushfstring(
			L, strpbrk(value, " \"=") ? " %s=\"%s\"" : " %s=%s",
			lua_tostring(L, -3), value);
		lua_replace(L, -4);
		lua_pop(L, 2);
		luaL_addvalue(line);
	}
}

static void list_names(lua_State *L)
{
	lua_Integer count = 0;

	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, 2) && count < FIELDS_MAX) {
		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		luaL_tolstring(L, -1, NULL);
		lua_rawseti(L, 3, ++count);
		lua_pop(L, 1);
	}
	lua_settop(L, 3);
	lua_getglobal(L, "table");
	lua_getfield(L, -1, "sort");
	lua_pushvalue(L, 3);
	lua_pushcfunction(L, text_order);
	lua_call(L, 2, 0);
	lua_settop(L, 3);
}

static int put(lua_State *L, enum log_level level)
{
	luaL_Buffer line;

	luaL_tolstring(L, 1, NULL);
	lua_replace(L, 1);
	if (level < log_level())
		return 0;
	if (lua_isnoneornil(L, 2)) {
		log_write(level, "%s", lua_tostring(L, 1));
		return 0;
	}
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	list_names(L);
	luaL_buffinit(L, &line);
	lua_pushvalue(L, 1);
	luaL_addvalue(&line);
	add_fields(L, &line, 3);
	luaL_pushresult(&line);
	log_write(level, "%s", lua_tostring(L, -1));
	return 0;
}

static int l_debug(lua_State *L)
{
	return put(L, LOG_DEBUG);
}

static int l_info(lua_State *L)
{
	return put(L, LOG_INFO);
}

static int l_warn(lua_State *L)
{
	return put(L, LOG_WARN);
}

static int l_error(lua_State *L)
{
	return put(L, LOG_ERROR);
}

static int l_level(lua_State *L)
{
	static const char *const names[] = {"debug", "info", "warn", "error",
					    NULL};

	lua_pushstring(L, names[log_level()]);
	if (!lua_isnoneornil(L, 1))
		log_set_level(
			(enum log_level)luaL_checkoption(L, 1, NULL, names));
	return 1;
}

int luaopen_log(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"debug", l_debug}, {"info", l_info},   {"warn", l_warn},
		{"error", l_error}, {"level", l_level}, {NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
