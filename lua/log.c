/* Binding: the program's own log. */
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#include "lua/modules.h"
#include "runtime/base/buf.h"
#include "runtime/base/log.h"

#define FIELDS_MAX 64
#define LINE_MAX_BYTES 4096

/* Stack slots of an entry's arguments, and of its fields as text. */
enum { MESSAGE = 1, FIELDS, NAMES, VALUES };

/* Append a text; what would end the line, or the quotes, is escaped. */
static void add_text(struct buf *line, const char *text, bool quoted)
{
	for (; *text; text++) {
		if (*text == '\n') {
			buf_puts(line, "\\n");
			continue;
		}
		if (quoted && (*text == '"' || *text == '\\'))
			buf_putc(line, '\\');
		buf_putc(line, *text);
	}
}

static void add_value(struct buf *line, const char *value)
{
	bool quoted = !*value || strpbrk(value, " \"=\n\t");

	if (quoted)
		buf_putc(line, '"');
	add_text(line, value, quoted);
	if (quoted)
		buf_putc(line, '"');
}

/* Make NAMES, sorted, and VALUES by name: from here on nothing can raise. */
static void prepare_fields(lua_State *L)
{
	lua_Integer count = 0;

	luaL_checktype(L, FIELDS, LUA_TTABLE);
	lua_settop(L, FIELDS);
	lua_newtable(L);
	lua_newtable(L);
	lua_pushnil(L);
	while (count < FIELDS_MAX && lua_next(L, FIELDS)) {
		luaL_tolstring(L, -2, NULL);
		lua_pushvalue(L, -1);
		lua_rawseti(L, NAMES, ++count);
		luaL_tolstring(L, -2, NULL);
		lua_rawset(L, VALUES);
		lua_pop(L, 1);
	}
	lua_settop(L, VALUES);
	lua_getglobal(L, "table");
	lua_getfield(L, -1, "sort");
	lua_pushvalue(L, NAMES);
	lua_call(L, 1, 0);
	lua_settop(L, VALUES);
}

/* Append " key=value" for each field. */
static void add_fields(lua_State *L, struct buf *line)
{
	lua_Integer count = (lua_Integer)lua_rawlen(L, NAMES);

	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, NAMES, i);
		buf_putc(line, ' ');
		add_text(line, lua_tostring(L, -1), false);
		buf_putc(line, '=');
		lua_rawget(L, VALUES);
		add_value(line, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
}

static int put(lua_State *L, enum log_level level)
{
	bool fields = !lua_isnoneornil(L, FIELDS);
	struct buf line;

	luaL_tolstring(L, MESSAGE, NULL);
	lua_replace(L, MESSAGE);
	if (fields)
		prepare_fields(L);
	if (level < log_level())
		return 0;
	buf_init(&line, LINE_MAX_BYTES);
	add_text(&line, lua_tostring(L, MESSAGE), false);
	if (fields)
		add_fields(L, &line);
	log_write(level, "%s", line.data ? line.data : "");
	buf_release(&line);
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
