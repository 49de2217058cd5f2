/* Binding: masks, and the writers of step logs. */
#include "lua/steplog.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/steplog_reader.h"
#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

#define MASK "tidemill.mask"
#define WRITER "tidemill.steplog"

/* Its first user value is the mask, which must live as long. */
struct writer {
	struct steplog *log; /* NULL: closed */
	int users;
};

struct holder {
	struct mask *mask;
};

const char *const steplog_streams[] = {"stdout", "stderr", "note", NULL};

static int l_mask(lua_State *L)
{
	struct mask_secret *secrets;
	struct holder *holder;
	lua_Integer count;

	luaL_checktype(L, 1, LUA_TTABLE);
	count = luaL_len(L, 1);
	luaL_argcheck(L, count <= 100000, 1, "too many secrets");
	secrets =
		lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(*secrets), 0);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, 1, i);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1,
			      "secrets must be strings");
		secrets[i - 1].bytes =
			lua_tolstring(L, -1, &secrets[i - 1].length);
		lua_pop(L, 1); /* the table keeps it */
	}
	holder = lua_newuserdatauv(L, sizeof(*holder), 0);
	holder->mask = NULL;
	luaL_setmetatable(L, MASK);
	holder->mask = mask_new(secrets, (size_t)count);
	return 1;
}

static struct mask *check_mask(lua_State *L, int index)
{
	return ((struct holder *)luaL_checkudata(L, index, MASK))->mask;
}

static void on_masked(void *context, const char *bytes, size_t length)
{
	buf_append(context, bytes, length);
}

static int l_mask_apply(lua_State *L)
{
	const struct mask *mask = check_mask(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	struct mask_stream stream;
	struct buf masked;

	buf_init(&masked, length + 3);
	mask_stream_init(&stream, mask);
	mask_write(&stream, bytes, length, on_masked, &masked);
	mask_end(&stream, on_masked, &masked);
	mask_stream_release(&stream);
	lua_pushlstring(L, masked.data ? masked.data : "", masked.length);
	buf_release(&masked);
	return 1;
}

static int l_mask_left_out(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)mask_left_out(check_mask(L, 1)));
	return 1;
}

static int release_mask(lua_State *L)
{
	struct holder *holder = luaL_checkudata(L, 1, MASK);

	mask_free(holder->mask);
	holder->mask = NULL;
	return 0;
}

/* A positive integer of the options, or 0. */
static uint64_t size_option(lua_State *L, int index, const char *name)
{
	lua_Integer value = 0;

	if (lua_getfield(L, index, name) != LUA_TNIL) {
		value = lua_tointeger(L, -1);
		if (value <= 0)
			luaL_error(L, "%s must be a positive integer", name);
	}
	lua_pop(L, 1);
	return (uint64_t)value;
}

/* The table of the echo's options stays on the stack, and keeps its strings. */
static void echo_options(lua_State *L, struct steplog_options *options)
{
	options->echo = lua_getfield(L, 1, "echo") == LUA_TTABLE;
	if (!options->echo)
		return;
	lua_getfield(L, -1, "prefix");
	options->echo_prefix = lua_tostring(L, -1);
	lua_pop(L, 1);
	lua_getfield(L, -1, "fd");
	if (!lua_isinteger(L, -1))
		luaL_error(L, "echo.fd must be an integer");
	options->echo_fd = (int)lua_tointeger(L, -1);
	lua_pop(L, 1);
}

static int l_open(lua_State *L)
{
	struct steplog_options options = {0};
	struct writer *writer;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	options.cap = size_option(L, 1, "cap");
	options.keep = size_option(L, 1, "keep");
	echo_options(L, &options);
	lua_getfield(L, 1, "path");
	options.path = luaL_optstring(L, -1, NULL);
	if (lua_getfield(L, 1, "mask") != LUA_TNIL)
		options.mask = check_mask(L, -1);
	writer = lua_newuserdatauv(L, sizeof(*writer), 1);
	writer->log = NULL;
	writer->users = 0;
	luaL_setmetatable(L, WRITER);
	lua_pushvalue(L, -2);
	lua_setiuservalue(L, -2, 1);
	writer->log = steplog_open(&options);
	return 1;
}

struct steplog *steplog_check(lua_State *L, int index)
{
	struct writer *writer = luaL_checkudata(L, index, WRITER);

	luaL_argcheck(L, writer->log, index, "the log is closed");
	return writer->log;
}

void steplog_use(lua_State *L, int index, int change)
{
	struct writer *writer = luaL_checkudata(L, index, WRITER);

	writer->users += change;
}

static int l_write(lua_State *L)
{
	struct steplog *log = steplog_check(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	int stream = luaL_checkoption(L, 3, "stdout", steplog_streams);

	steplog_write(log, (enum steplog_stream)stream, bytes, length);
	return 0;
}

static int l_remask(lua_State *L)
{
	struct steplog *log = steplog_check(L, 1);

	steplog_remask(log, check_mask(L, 2));
	lua_settop(L, 2);
	lua_setiuservalue(L, 1, 1);
	return 0;
}

static int l_note(lua_State *L)
{
	steplog_note(steplog_check(L, 1), luaL_checkstring(L, 2));
	return 0;
}

static int l_latest(lua_State *L)
{
	lua_pushstring(L, steplog_latest(steplog_check(L, 1)));
	return 1;
}

static void push_result(lua_State *L, const struct steplog_result *result)
{
	lua_createtable(L, 0, 6);
	lua_pushinteger(L, (lua_Integer)result->bytes);
	lua_setfield(L, -2, "bytes");
	lua_pushinteger(L, (lua_Integer)result->lines);
	lua_setfield(L, -2, "lines");
	lua_pushinteger(L, (lua_Integer)result->dropped);
	lua_setfield(L, -2, "dropped");
	lua_pushboolean(L, result->dropped > 0);
	lua_setfield(L, -2, "truncated");
	lua_pushlstring(L, result->tail, result->tail_length);
	lua_setfield(L, -2, "tail");
}

static int l_close(lua_State *L)
{
	struct writer *writer = luaL_checkudata(L, 1, WRITER);
	struct steplog *log = writer->log;
	struct steplog_result result;
	struct error *err = NULL;

	if (!log)
		return 0;
	if (writer->users > 0) {
		error_set(&err, ERROR_BUSY,
			  "a process still writes to this log");
		return lerror_raise(L, err);
	}
	writer->log = NULL;
	steplog_close(log, &result, &err);
	push_result(L, &result);
	mem_free(result.tail);
	if (err) {
		char *text = error_text(err);

		lua_pushstring(L, text);
		lua_setfield(L, -2, "error");
		mem_free(text);
		error_free(err);
	}
	return 1;
}

static int release_writer(lua_State *L)
{
	struct writer *writer = luaL_checkudata(L, 1, WRITER);

	if (writer->log)
		steplog_close(writer->log, NULL, NULL);
	writer->log = NULL;
	return 0;
}

static void add_class(lua_State *L, const char *name, const luaL_Reg *methods,
		      lua_CFunction release)
{
	luaL_newmetatable(L, name);
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, release);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, release);
	lua_setfield(L, -2, "__close");
	lua_pop(L, 1);
}

int luaopen_steplog(lua_State *L)
{
	static const luaL_Reg mask[] = {{"apply", l_mask_apply},
					{"left_out", l_mask_left_out},
					{NULL, NULL}};
	static const luaL_Reg writer[] = {
		{"write", l_write},   {"mark", l_note},   {"latest", l_latest},
		{"remask", l_remask}, {"close", l_close}, {NULL, NULL}};
	static const luaL_Reg functions[] = {
		{"open", l_open},         {"mask", l_mask},
		{"read", steplog_l_read}, {"reader", steplog_l_reader},
		{"size", steplog_l_size}, {NULL, NULL}};

	add_class(L, MASK, mask, release_mask);
	add_class(L, WRITER, writer, release_writer);
	add_class(L, STEPLOG_READER, steplog_reader_methods,
		  steplog_l_reader_close);
	luaL_newlib(L, functions);
	return 1;
}
