/* Binding: the module csv. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/text/csv.h"

#define CSV "tidemill.csv"

/* A reader that the garbage collector frees, with the header's names. */
struct reading {
	struct csv csv;
	char **names; /* owned, or NULL */
	size_t count;
};

static int l_gc(lua_State *L)
{
	struct reading *reading = luaL_checkudata(L, 1, CSV);

	for (size_t i = 0; i < reading->count; i++)
		mem_free(reading->names[i]);
	mem_free(reading->names);
	csv_release(&reading->csv);
	*reading = (struct reading){0};
	return 0;
}

/* Pushes the reader of the text at 1; options at 2. */
static struct reading *start(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	const char *file = options_text(L, 2, "file");
	const char *separator = options_text(L, 2, "separator");
	lua_Integer line = options_count(L, 2, "line", 1, 1);
	struct reading *reading = lua_newuserdatauv(L, sizeof(*reading), 0);

	*reading = (struct reading){0};
	luaL_setmetatable(L, CSV);
	csv_init(&reading->csv, text, length, file);
	reading->csv.next = (uint64_t)line;
	if (separator)
		reading->csv.separator = separator[0];
	return reading;
}

static void push_field(lua_State *L, const struct csv_field *field)
{
	lua_pushlstring(L, field->data, field->length);
}

static void header(lua_State *L, struct reading *reading)
{
	struct error *err = NULL;

	if (csv_header(&reading->csv, &reading->names, &reading->count, &err))
		lerror_raise(L, err);
}

static bool next(lua_State *L, struct reading *reading)
{
	struct error *err = NULL;
	int status = csv_next(&reading->csv, &err);

	if (status < 0)
		lerror_raise(L, err);
	return status > 0;
}

static int l_decode(lua_State *L)
{
	static const char *const names[] = {"file", "header", "line",
					    "separator", NULL};
	struct reading *reading;
	bool named;

	lua_settop(L, 2);
	options_check(L, 2, names, "csv.decode");
	named = options_flag(L, 2, "header", true);
	reading = start(L);
	if (named)
		header(L, reading);
	lua_newtable(L);
	for (lua_Integer row = 1; next(L, reading); row++) {
		lua_newtable(L);
		for (size_t i = 0; i < reading->csv.count; i++) {
			push_field(L, &reading->csv.fields[i]);
			if (named)
				lua_setfield(L, -2, reading->names[i]);
			else
				lua_rawseti(L, -2, (lua_Integer)i + 1);
		}
		lua_rawseti(L, -2, row);
	}
	return 1;
}

static void push_number(lua_State *L, const struct reading *reading, size_t i)
{
	const struct csv_field *field = &reading->csv.fields[i];
	struct error *err = NULL;
	double number;

	if (!csv_number(field, &number)) {
		csv_error(&reading->csv, &err,
			  "'%.*s' in column '%s', expected a number",
			  field->length > 40 ? 40 : (int)field->length,
			  field->data, reading->names[i]);
		lerror_raise(L, err);
	}
	lua_pushnumber(L, number);
}

/* Is the column `name` named in the list at `index`? */
static bool is_listed(lua_State *L, int index, const char *name)
{
	bool found = false;

	if (!lua_istable(L, index))
		return false;
	for (lua_Integer i = 1; !found; i++) {
		if (lua_rawgeti(L, index, i) != LUA_TSTRING) {
			lua_pop(L, 1);
			break;
		}
		lua_pushstring(L, name);
		found = lua_rawequal(L, -1, -2);
		lua_pop(L, 2);
	}
	return found;
}

/* Pushes what option `text` of the table at 2 has, or nil. */
static int push_texts(lua_State *L)
{
	if (lua_istable(L, 2))
		lua_getfield(L, 2, "text");
	else
		lua_pushnil(L);
	return lua_gettop(L);
}

/* Fills the lists at `first` and behind, one a column. */
static void read_columns(lua_State *L, struct reading *reading, int texts,
			 int first)
{
	for (lua_Integer row = 1; next(L, reading); row++)
		for (size_t i = 0; i < reading->count; i++) {
			if (is_listed(L, texts, reading->names[i]))
				push_field(L, &reading->csv.fields[i]);
			else
				push_number(L, reading, i);
			lua_rawseti(L, first + (int)i, row);
		}
}

static int l_columns(lua_State *L)
{
	static const char *const names[] = {"file", "line", "text", "separator",
					    NULL};
	struct reading *reading;
	int first, texts;

	options_check(L, 2, names, "csv.columns");
	lua_settop(L, 2);
	texts = push_texts(L);
	reading = start(L);
	header(L, reading);
	luaL_checkstack(L, (int)reading->count + 8, "too many columns");
	first = lua_gettop(L) + 1;
	for (size_t i = 0; i < reading->count; i++)
		lua_newtable(L);
	read_columns(L, reading, texts, first);
	lua_createtable(L, (int)reading->count, 0);
	lua_createtable(L, 0, (int)reading->count);
	for (size_t i = 0; i < reading->count; i++) {
		lua_pushstring(L, reading->names[i]);
		lua_rawseti(L, -3, (lua_Integer)i + 1);
		lua_pushvalue(L, first + (int)i);
		lua_setfield(L, -2, reading->names[i]);
	}
	return 2;
}

int luaopen_csv(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"columns", l_columns},
		{"decode", l_decode},
		{NULL, NULL},
	};

	luaL_newmetatable(L, CSV);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
