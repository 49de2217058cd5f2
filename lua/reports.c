/* Binding: the module reports. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/text/report/report.h"

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

int luaopen_reports(lua_State *L)
{
	static const luaL_Reg functions[] = {{"read", l_read}, {NULL, NULL}};

	luaL_newmetatable(L, REPORT);
	lua_pushcfunction(L, l_release);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
