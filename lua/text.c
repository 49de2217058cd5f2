/* Binding: globs, and cron expressions with time zones. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "runtime/base/buf.h"
#include "runtime/base/clock.h"
#include "runtime/store/zones.h"
#include "runtime/text/cron.h"
#include "runtime/text/glob.h"

#define ZONES "tidemill.zones"

enum { PATTERNS_MAX = 10000, TIMES_MAX = 100000, SENTENCE_MAX = 4096 };

/* Put the strings of a table (or the one string) at `index` into a userdata at
 * the stack's top: an array of borrowed pointers. */
static const char **check_patterns(lua_State *L, int index, size_t *count)
{
	bool one = lua_type(L, index) == LUA_TSTRING;
	lua_Integer length;
	const char **patterns;

	if (!one)
		luaL_checktype(L, index, LUA_TTABLE);
	length = one ? 1 : luaL_len(L, index);
	luaL_argcheck(L, length <= PATTERNS_MAX, index, "too many patterns");
	*count = (size_t)length;
	patterns = lua_newuserdatauv(L, (*count + 1) * sizeof(*patterns), 0);
	for (lua_Integer i = 1; i <= length; i++) {
		struct error *err = NULL;

		if (one)
			lua_pushvalue(L, index);
		else
			lua_geti(L, index, i);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, index,
			      "patterns must be strings");
		patterns[i - 1] = lua_tostring(L, -1);
		lua_pop(L, 1); /* the table keeps it */
		if (glob_check(patterns[i - 1], &err) < 0)
			lerror_raise(L, err);
	}
	return patterns;
}

static int l_match(lua_State *L)
{
	const char *subject = luaL_checkstring(L, 2);
	size_t count;
	const char **patterns = check_patterns(L, 1, &count);
	size_t which;
	bool matched = glob_list_match(patterns, count, subject, &which);

	lua_pushboolean(L, matched);
	if (which < count)
		lua_pushfstring(L, "'%s' %s '%s'", subject,
				matched ? "matches" : "is excluded by",
				patterns[which]);
	else if (matched)
		lua_pushfstring(L, "'%s' is not excluded", subject);
	else if (count == 1)
		lua_pushfstring(L, "'%s' does not match '%s'", subject,
				patterns[0]);
	else
		lua_pushfstring(L, "'%s' matches none of %d patterns", subject,
				(int)count);
	return 2;
}

static void check_cron(lua_State *L, int index, struct cron *cron)
{
	struct error *err = NULL;

	if (cron_parse(cron, luaL_checkstring(L, index), &err) < 0)
		lerror_raise(L, err);
}

/* The zones are the functions' first upvalue, and freed with the module. */
static const struct zone *check_zone(lua_State *L, int index)
{
	struct zones *zones = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = luaL_optstring(L, index, NULL);
	const struct zone *zone = NULL;
	struct error *err = NULL;

	if (zones_get(zones, name, &zone, &err) < 0)
		lerror_raise(L, err);
	return zone;
}

static int64_t check_time(lua_State *L, int index)
{
	return lua_isnoneornil(L, index) ? clock_now()
					 : luaL_checkinteger(L, index);
}

static int l_cron_next(lua_State *L)
{
	struct cron cron;
	const struct zone *zone = check_zone(L, 2);
	int64_t at = check_time(L, 3);
	lua_Integer count = luaL_optinteger(L, 4, 1);

	check_cron(L, 1, &cron);
	luaL_argcheck(L, count >= 0 && count <= TIMES_MAX, 4, "out of range");
	lua_createtable(L, (int)count, 0);
	for (lua_Integer i = 1; i <= count; i++) {
		at = cron_next(&cron, zone, at);
		if (at == CRON_NEVER)
			break;
		lua_pushinteger(L, at);
		lua_seti(L, -2, i);
	}
	return 1;
}

static int l_cron_describe(lua_State *L)
{
	struct cron cron;
	struct buf sentence;

	check_cron(L, 1, &cron);
	buf_init(&sentence, SENTENCE_MAX);
	cron_describe(&cron, &sentence);
	lua_pushlstring(L, sentence.data, sentence.length);
	buf_release(&sentence);
	return 1;
}

static int l_zone_offset(lua_State *L)
{
	const struct zone *zone = check_zone(L, 1);
	int64_t at = check_time(L, 2);

	lua_pushinteger(L, zone_span(zone, at / 1000).offset);
	return 1;
}

static int release_zones(lua_State *L)
{
	zones_release(luaL_checkudata(L, 1, ZONES));
	return 0;
}

int luaopen_text(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"match", l_match},
		{"cron_next", l_cron_next},
		{"cron_describe", l_cron_describe},
		{"zone_offset", l_zone_offset},
		{NULL, NULL},
	};
	struct zones *zones;

	luaL_newlibtable(L, functions);
	zones = lua_newuserdatauv(L, sizeof(*zones), 0);
	zones_init(zones);
	if (luaL_newmetatable(L, ZONES)) {
		lua_pushcfunction(L, release_zones);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	luaL_setfuncs(L, functions, 1);
	return 1;
}
