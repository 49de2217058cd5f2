/*
 * Binding: JSON. Reading is jansson's, which knows an empty array from an empty
 * object and whole numbers from others; writing is in json_write.c.
 */
#include "lua/json.h"

#include <jansson.h>
#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"

int json_invalid(lua_State *L, const char *format, const char *what)
{
	struct error *err = NULL;

	lua_pushfstring(L, format, what);
	error_set(&err, ERROR_INVALID, "%s", lua_tostring(L, -1));
	return lerror_raise(L, err);
}

/* A userdata that frees the value, whatever raises meanwhile. */
struct holder {
	json_t *value;
};

static int collect(lua_State *L)
{
	struct holder *holder = lua_touserdata(L, 1);

	json_decref(holder->value);
	holder->value = NULL;
	return 0;
}

static void push_value(lua_State *L, json_t *value, int depth);

static void push_array(lua_State *L, json_t *array, int depth)
{
	size_t count = json_array_size(array);

	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		push_value(L, json_array_get(array, i), depth);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	if (count == 0)
		luaL_setmetatable(L, JSON_LIST);
}

static void push_object(lua_State *L, json_t *object, int depth)
{
	const char *key;
	json_t *value;

	lua_createtable(L, 0, (int)json_object_size(object));
	json_object_foreach(object, key, value)
	{
		lua_pushstring(L, key);
		push_value(L, value, depth);
		lua_rawset(L, -3);
	}
}

static void push_value(lua_State *L, json_t *value, int depth)
{
	if (depth >= JSON_DEPTH_MAX)
		json_invalid(L, "not JSON that %s",
			     "can be read: its values "
			     "are nested too deeply");
	luaL_checkstack(L, 4, "JSON is nested too deeply");
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		push_object(L, value, depth + 1);
		break;
	case JSON_ARRAY:
		push_array(L, value, depth + 1);
		break;
	case JSON_STRING:
		lua_pushlstring(L, json_string_value(value),
				json_string_length(value));
		break;
	case JSON_INTEGER:
		lua_pushinteger(L, json_integer_value(value));
		break;
	case JSON_REAL:
		lua_pushnumber(L, json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		lua_pushboolean(L, json_is_true(value));
		break;
	case JSON_NULL:
		lua_pushlightuserdata(L, NULL);
		break;
	}
}

static int l_decode(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct holder *holder = lua_newuserdatauv(L, sizeof(*holder), 0);
	json_error_t problem;

	holder->value = NULL;
	luaL_setmetatable(L, "tidemill.json");
	holder->value = json_loadb(text, length,
				   JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
	if (!holder->value) {
		lua_pushfstring(L, "line %d, column %d: %s", problem.line,
				problem.column, problem.text);
		return json_invalid(L, "not JSON: %s", lua_tostring(L, -1));
	}
	if (memchr(text, '\0', length)) /* jansson takes 1 before it */
		return json_invalid(L, "not JSON: %s",
				    "it has a zero byte behind its end");
	push_value(L, holder->value, 0);
	json_decref(holder->value);
	holder->value = NULL;
	return 1;
}

static int l_array(lua_State *L)
{
	if (lua_isnoneornil(L, 1)) {
		lua_settop(L, 0);
		lua_newtable(L);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	luaL_setmetatable(L, JSON_LIST);
	return 1;
}

int luaopen_json(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"array", l_array},
		{"decode", l_decode},
		{"encode", json_encode},
		{"is_array", json_is_list},
		{NULL, NULL},
	};

	if (luaL_newmetatable(L, "tidemill.json")) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	luaL_newmetatable(L, JSON_LIST);
	luaL_newlib(L, functions);
	lua_pushlightuserdata(L, NULL);
	lua_setfield(L, -2, "null");
	return 1;
}
