/* Binding: the module reports. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/text/report/report.h"
#include "runtime/text/report/split.h"

#define REPORT "tidemill.report"

static int l_release(lua_State *L)
{
	report_release(luaL_checkudata(L, 1, REPORT));
	return 0;
}

/* The option `format`. */
static enum report_format format_option(lua_State *L)
{
	const char *name = options_text(L, 2, "format");
	enum report_format format = REPORT_AUTO;

	if (name)
		format = report_format_of(name);
	if (format == REPORT_FORMATS)
		luaL_error(L,
			   "format is 'auto', 'junit', 'tap', 'go', 'cargo',"
			   " 'pytest' or 'ctest', not '%s'",
			   name);
	return format;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
	if (*text == '\0')
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static void push_test(lua_State *L, const struct report_test *test)
{
	lua_createtable(L, 0, 7);
	lua_pushstring(L, test->name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, test->suite);
	lua_setfield(L, -2, "suite");
	lua_pushstring(L, report_outcome_name(test->outcome));
	lua_setfield(L, -2, "outcome");
	set_text(L, "file", test->file);
	set_text(L, "message", test->message);
	set_text(L, "details", test->details);
	if (test->seconds < 0)
		return;
	lua_pushnumber(L, test->seconds);
	lua_setfield(L, -2, "seconds");
}

static int l_read(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	enum report_format format = format_option(L);
	struct report *report = lua_newuserdatauv(L, sizeof(*report), 0);
	struct error *err = NULL;

	*report = (struct report){0};
	luaL_setmetatable(L, REPORT);
	if (report_read(report, text, length, format, &err))
		return lerror_raise(L, err);
	lua_createtable(L, (int)report->count, 0);
	for (uint32_t i = 0; i < report->count; i++) {
		push_test(L, &report->tests[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushstring(L, report_format_name(report->format));
	lua_pushinteger(L, report->dropped);
	return 3;
}

/* The time of the test on top of the stack; -1: it is not known. */
static double seconds_of(lua_State *L)
{
	double seconds = -1;

	if (lua_istable(L, -1)) {
		lua_getfield(L, -1, "seconds");
		seconds = luaL_optnumber(L, -1, -1);
		lua_pop(L, 1);
	}
	return seconds;
}

/* Pushes a list of the parts, each a list of tests in their order. */
static void push_parts(lua_State *L, const uint32_t *part, uint32_t count,
		       lua_Integer parts)
{
	lua_createtable(L, (int)parts, 0);
	for (lua_Integer i = 1; i <= parts; i++) {
		lua_newtable(L);
		lua_rawseti(L, -2, i);
	}
	for (uint32_t i = 0; i < count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)part[i] + 1);
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		lua_rawseti(L, -2, luaL_len(L, -2) + 1);
		lua_pop(L, 1);
	}
}

static int l_split(lua_State *L)
{
	lua_Integer parts = luaL_checkinteger(L, 2);
	lua_Integer index = luaL_optinteger(L, 3, 0);
	lua_Integer count;
	double *seconds;
	uint32_t *part;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argcheck(L, parts >= 1 && parts <= SPLIT_PARTS_MAX, 2,
		      "must be 1 to 10000");
	luaL_argcheck(L,
		      lua_isnoneornil(L, 3) || (index >= 1 && index <= parts),
		      3, "must be 1 to the number of parts");
	count = luaL_len(L, 1);
	luaL_argcheck(L, count <= REPORT_TESTS_MAX, 1,
		      "a list of more than 200000 tests");
	lua_settop(L, 3);
	seconds =
		lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(*seconds), 0);
	part = lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(*part), 0);
	for (lua_Integer i = 0; i < count; i++) {
		lua_geti(L, 1, i + 1);
		seconds[i] = seconds_of(L);
		lua_pop(L, 1);
	}
	split_tests(seconds, (uint32_t)count, (uint32_t)parts, part);
	push_parts(L, part, (uint32_t)count, parts);
	if (index > 0)
		lua_rawgeti(L, -1, index);
	return 1;
}

int luaopen_reports(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"read", l_read}, {"split", l_split}, {NULL, NULL}};

	luaL_newmetatable(L, REPORT);
	lua_pushcfunction(L, l_release);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
