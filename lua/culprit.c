/* Binding: the module culprit. */
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/learn/culprit/culprit.h"

enum { VALUES_MAX = 16 << 20 };

static int invalid(lua_State *L, const char *format, int number)
{
	struct error *err = NULL;

	error_set(&err, ERROR_INVALID, format, number);
	return lerror_raise(L, err);
}

/* The numbers of the list at the top; what is no number is missing. */
static void read_values(lua_State *L, double *values, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		values[i] = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : NAN;
		lua_pop(L, 1);
	}
}

/* The length of the first list at `index`. */
static size_t length_of(lua_State *L, int index, size_t *count)
{
	size_t length = 0;

	luaL_checktype(L, index, LUA_TTABLE);
	*count = lua_rawlen(L, index);
	if (*count > CULPRIT_METRICS_MAX)
		invalid(L, "more than %d metrics", CULPRIT_METRICS_MAX);
	if (*count == 0)
		return 0;
	lua_rawgeti(L, index, 1);
	luaL_checktype(L, -1, LUA_TTABLE);
	length = lua_rawlen(L, -1);
	lua_pop(L, 1);
	if (length > VALUES_MAX / *count)
		invalid(L, "more than %d values", VALUES_MAX);
	return length;
}

static void push_number(lua_State *L, const char *name, double value)
{
	if (isfinite(value)) {
		lua_pushnumber(L, value);
		lua_setfield(L, -2, name);
	}
}

static void push_metric(lua_State *L, const struct culprit_metric *metric)
{
	lua_createtable(L, 0, 6);
	lua_pushboolean(L, metric->moved);
	lua_setfield(L, -2, "moved");
	if (metric->moved) {
		lua_pushinteger(L, (lua_Integer)metric->onset + 1);
		lua_setfield(L, -2, "onset");
	}
	push_number(L, "before", metric->before);
	push_number(L, "after", metric->after);
	push_number(L, "size", metric->size);
	push_number(L, "score", metric->score);
}

static int l_find(lua_State *L)
{
	static const char *const names[] = {"calm", NULL};
	struct culprit_options options;
	struct culprit_metric *metrics;
	size_t count, length = length_of(L, 1, &count);
	double *values;

	options_check(L, 2, names, "culprit.find");
	options.calm = (size_t)options_count(L, 2, "calm", 1,
					     (lua_Integer)length * 2 / 5);
	if (count > 0 &&
	    (options.calm < CULPRIT_CALM || options.calm >= length))
		invalid(L, "'calm' wants %d values or more, and some after",
			CULPRIT_CALM);
	metrics = lua_newuserdatauv(L, (count + 1) * sizeof(*metrics), 0);
	values =
		lua_newuserdatauv(L, (count * length + 1) * sizeof(*values), 0);
	memset(metrics, 0, (count + 1) * sizeof(*metrics));
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		luaL_checktype(L, -1, LUA_TTABLE);
		if (lua_rawlen(L, -1) != length)
			invalid(L, "metric %d has another number of values",
				(int)i + 1);
		read_values(L, values + i * length, length);
		metrics[i].values = values + i * length;
		lua_pop(L, 1);
	}
	culprit_find(metrics, count, length, &options);
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		push_metric(L, &metrics[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int luaopen_culprit(lua_State *L)
{
	static const luaL_Reg functions[] = {{"find", l_find}, {NULL, NULL}};

	luaL_newlib(L, functions);
	return 1;
}
