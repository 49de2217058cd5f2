/* Binding: the readers of step logs. */
#include "lua/steplog_reader.h"

#include "lua/lerror.h"
#include "runtime/base/mem.h"
#include "runtime/store/steplog.h"

enum { LINES_DEFAULT = 10000, FOLLOW_DEFAULT = 1000, BYTES_MAX = 16 << 20 };

struct holder {
	struct steplog_reader *reader; /* NULL: closed */
};

/* What to read, from the table at index 2 (or nothing). */
struct range {
	lua_Integer from;
	lua_Integer lines;
	lua_Integer tail; /* -1: not asked for */
	bool times;
};

static lua_Integer number_option(lua_State *L, const char *name,
				 lua_Integer otherwise)
{
	lua_Integer value = otherwise;

	if (lua_getfield(L, 2, name) != LUA_TNIL) {
		value = lua_tointeger(L, -1);
		if (value < 0 || !lua_isinteger(L, -1))
			luaL_error(L, "%s must be an integer, not negative",
				   name);
	}
	lua_pop(L, 1);
	return value;
}

static struct range check_range(lua_State *L)
{
	struct range range = {1, LINES_DEFAULT, -1, false};

	if (lua_isnoneornil(L, 2))
		return range;
	luaL_checktype(L, 2, LUA_TTABLE);
	range.from = number_option(L, "from", 1);
	range.lines = number_option(L, "lines", LINES_DEFAULT);
	range.tail = number_option(L, "tail", -1);
	lua_getfield(L, 2, "times");
	range.times = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return range;
}

/* Push a reader that stands where the range begins. */
static struct steplog_reader *push_reader(lua_State *L, const char *path,
					  const struct range *range)
{
	struct holder *holder = lua_newuserdatauv(L, sizeof(*holder), 0);
	struct error *err = NULL;
	int status = 0;

	holder->reader = NULL;
	luaL_setmetatable(L, STEPLOG_READER);
	holder->reader = steplog_reader_open(path, &err);
	if (!holder->reader)
		lerror_raise(L, err);
	if (range->tail >= 0)
		status = steplog_reader_tail(holder->reader,
					     (uint64_t)range->tail, &err);
	else if (range->from > 1)
		status = steplog_reader_line(holder->reader,
					     (uint64_t)range->from, &err);
	if (status < 0)
		lerror_raise(L, err);
	return holder->reader;
}

static void push_line(lua_State *L, const struct steplog_line *line)
{
	lua_createtable(L, 0, 4);
	lua_pushinteger(L, (lua_Integer)line->number);
	lua_setfield(L, -2, "number");
	if (line->ms >= 0) {
		lua_pushinteger(L, line->ms);
		lua_setfield(L, -2, "ms");
	}
	lua_pushstring(L, steplog_streams[line->stream]);
	lua_setfield(L, -2, "stream");
	lua_pushlstring(L, line->text, line->length);
	lua_setfield(L, -2, "text");
}

/* Push a list of at most `max` lines, as tables or as strings. */
static int push_lines(lua_State *L, struct steplog_reader *reader,
		      const struct range *range, bool last)
{
	struct steplog_line line;
	struct error *err = NULL;

	lua_newtable(L);
	for (lua_Integer i = 1; i <= range->lines; i++) {
		int got = steplog_reader_next(reader, last, &line, &err);

		if (got < 0)
			return lerror_raise(L, err);
		if (got == 0)
			break;
		if (range->times)
			push_line(L, &line);
		else
			lua_pushlstring(L, line.text, line.length);
		lua_seti(L, -2, i);
	}
	return 1;
}

int steplog_l_read(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct range range = check_range(L);
	struct steplog_reader *reader = push_reader(L, path, &range);
	int at = lua_gettop(L);

	push_lines(L, reader, &range, true);
	lua_pushcfunction(L, steplog_l_reader_close);
	lua_pushvalue(L, at);
	lua_call(L, 1, 0);
	return 1;
}

int steplog_l_reader(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct range range = check_range(L);

	push_reader(L, path, &range);
	return 1;
}

int steplog_l_reader_close(lua_State *L)
{
	struct holder *holder = luaL_checkudata(L, 1, STEPLOG_READER);

	steplog_reader_close(holder->reader);
	holder->reader = NULL;
	return 0;
}

int steplog_l_size(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct error *err = NULL;
	struct steplog_reader *reader = steplog_reader_open(path, &err);

	if (!reader && err->code != ERROR_NOT_FOUND)
		return lerror_raise(L, err);
	error_free(err);
	lua_pushinteger(L,
			reader ? (lua_Integer)steplog_reader_size(reader) : 0);
	steplog_reader_close(reader);
	return 1;
}

static struct steplog_reader *check_reader(lua_State *L)
{
	struct holder *holder = luaL_checkudata(L, 1, STEPLOG_READER);

	luaL_argcheck(L, holder->reader, 1, "the log is closed");
	return holder->reader;
}

static int l_lines(lua_State *L)
{
	struct steplog_reader *reader = check_reader(L);
	struct range range = {1, luaL_optinteger(L, 2, FOLLOW_DEFAULT), -1,
			      true};

	return push_lines(L, reader, &range, lua_toboolean(L, 3));
}

static int l_bytes(lua_State *L)
{
	struct steplog_reader *reader = check_reader(L);
	lua_Integer max = luaL_optinteger(L, 2, STEPLOG_LINE);
	struct error *err = NULL;
	luaL_Buffer bytes;
	int64_t got;

	luaL_argcheck(L, max > 0 && max <= BYTES_MAX, 2, "out of range");
	got = steplog_reader_bytes(reader,
				   luaL_buffinitsize(L, &bytes, (size_t)max),
				   (size_t)max, &err);
	if (got < 0)
		return lerror_raise(L, err);
	luaL_pushresultsize(&bytes, (size_t)got);
	if (got == 0)
		lua_pushnil(L);
	return 1;
}

const luaL_Reg steplog_reader_methods[] = {
	{"lines", l_lines},
	{"bytes", l_bytes},
	{"close", steplog_l_reader_close},
	{NULL, NULL},
};
