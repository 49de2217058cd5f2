/* Binding: the module anomaly. */
#include <lauxlib.h>
#include <math.h>

#include "lua/modules.h"
#include "runtime/learn/anomaly/anomaly.h"

#define ANOMALY "tidemill.anomaly"

static int l_new(lua_State *L)
{
	struct anomaly *anomaly = lua_newuserdatauv(L, sizeof(*anomaly), 0);

	anomaly_init(anomaly);
	luaL_setmetatable(L, ANOMALY);
	return 1;
}

static void set(lua_State *L, const char *name, double value)
{
	if (isnan(value))
		return;
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static int l_add(lua_State *L)
{
	struct anomaly *anomaly = luaL_checkudata(L, 1, ANOMALY);
	double value = luaL_optnumber(L, 2, NAN);
	double time = luaL_optnumber(L, 3, NAN);
	struct anomaly_point point;

	anomaly_add(anomaly, time, value, &point);
	lua_createtable(L, 0, 7);
	set(L, "score", point.score);
	set(L, "deviation", point.deviation);
	set(L, "lower", point.lower);
	set(L, "upper", point.upper);
	set(L, "value", point.value);
	lua_pushboolean(L, point.alert);
	lua_setfield(L, -2, "alert");
	if (point.reason[0]) {
		lua_pushstring(L, point.reason);
		lua_setfield(L, -2, "reason");
	}
	return 1;
}

int luaopen_anomaly(lua_State *L)
{
	static const luaL_Reg functions[] = {{"new", l_new}, {NULL, NULL}};
	static const luaL_Reg methods[] = {{"add", l_add}, {NULL, NULL}};

	luaL_newmetatable(L, ANOMALY);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
