/* Binding: the module flaky. */
#include <lauxlib.h>
#include <math.h>

#include "lua/modules.h"
#include "runtime/learn/flaky/flaky.h"

static double number_at(lua_State *L, const char *name)
{
	double number;

	lua_getfield(L, 1, name);
	number = luaL_optnumber(L, -1, 0);
	lua_pop(L, 1);
	return isfinite(number) ? number : 0;
}

static uint32_t count_at(lua_State *L, const char *name)
{
	double number = number_at(L, name);

	return number > 0 && number < UINT32_MAX ? (uint32_t)number : 0;
}

static bool flag_at(lua_State *L, const char *name)
{
	bool flag;

	lua_getfield(L, 1, name);
	flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

static void set_number(lua_State *L, const char *name, double number)
{
	lua_pushnumber(L, number);
	lua_setfield(L, 1, name);
}

static void set_count(lua_State *L, const char *name, uint32_t count)
{
	lua_pushinteger(L, count);
	lua_setfield(L, 1, name);
}

static void set_flag(lua_State *L, const char *name, bool flag)
{
	lua_pushboolean(L, flag);
	lua_setfield(L, 1, name);
}

static void read_state(lua_State *L, struct flaky_state *state)
{
	state->weight = number_at(L, "weight");
	state->failing = number_at(L, "failing");
	state->score = number_at(L, "score");
	state->results = count_at(L, "results");
	state->streak = count_at(L, "streak");
	state->retried = count_at(L, "retried");
	state->failed = flag_at(L, "failed");
	state->flaky = flag_at(L, "flaky");
	if (state->streak == 0)
		state->results = 0; /* a table that is not from here */
}

static int l_update(lua_State *L)
{
	struct flaky_state state;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TBOOLEAN);
	read_state(L, &state);
	flaky_update(&state, lua_toboolean(L, 2), lua_toboolean(L, 3));
	set_number(L, "weight", state.weight);
	set_number(L, "failing", state.failing);
	set_number(L, "score", state.score);
	set_count(L, "results", state.results);
	set_count(L, "streak", state.streak);
	set_count(L, "retried", state.retried);
	set_flag(L, "failed", state.failed);
	set_flag(L, "flaky", state.flaky);
	lua_pushboolean(L, state.flaky);
	return 1;
}

static int l_mass(lua_State *L)
{
	lua_Integer broken = luaL_checkinteger(L, 1);
	lua_Integer count = luaL_checkinteger(L, 2);

	luaL_argcheck(L, broken >= 0 && broken <= UINT32_MAX, 1,
		      "must be a count");
	luaL_argcheck(L, count >= 0 && count <= UINT32_MAX, 2,
		      "must be a count");
	lua_pushboolean(L, flaky_is_mass((uint32_t)broken, (uint32_t)count));
	return 1;
}

int luaopen_flaky(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"update", l_update}, {"mass", l_mass}, {NULL, NULL}};

	luaL_newlib(L, functions);
	return 1;
}
