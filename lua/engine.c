/* Binding: the server, and talking to the one that runs. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/engine/server.h"
#include "runtime/engine/tips.h"
#include "runtime/git/refs.h"
#include "runtime/loop/socket.h"

static const char *text_field(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name); /* stays: the text is borrowed from it */
	return luaL_optstring(L, -1, NULL);
}

static int served(lua_State *L, int status, lua_KContext context)
{
	struct server *server = task_awaited(L, context);

	(void)status;
	lua_pushboolean(L, server->drained);
	return 1;
}

static int l_serve(lua_State *L)
{
	struct server_options options;
	struct server *server;

	luaL_checktype(L, 1, LUA_TTABLE);
	options.home = text_field(L, "home");
	options.config = text_field(L, "config");
	options.path = text_field(L, "path");
	lua_getfield(L, 1, "optional");
	options.optional = lua_toboolean(L, -1);
	luaL_argcheck(L, options.home && options.config && options.path, 1,
		      "home, config and path are wanted");
	server = task_op(L, sizeof(*server));
	server_start(server, task_loop(L), &options);
	return task_await(L, &server->op, served);
}

static int asked(lua_State *L, int status, lua_KContext context)
{
	struct call *call = task_awaited_quietly(L, context);
	struct error *err = call->op.error;

	(void)status;
	if (err && err->code == ERROR_NOT_FOUND) {
		lua_pushnil(L);
		return 1;
	}
	if (err) {
		call->op.error = NULL;
		return lerror_raise(L, err);
	}
	lua_pushlstring(L, call->answer.data ? call->answer.data : "",
			call->answer.length);
	return 1;
}

static int l_ask(lua_State *L)
{
	const char *home = luaL_checkstring(L, 1);
	const char *request = luaL_checkstring(L, 2);
	lua_Integer timeout = luaL_optinteger(L, 3, 5000);
	const char *path = lua_pushfstring(L, "%s/server.sock", home);
	const char *text = lua_pushfstring(L, "%s\n", request);
	struct call *call = task_op(L, sizeof(*call));

	call_start(call, task_loop(L), path, text, (uint64_t)timeout);
	return task_await(L, &call->op, asked);
}

static int l_record_tips(lua_State *L)
{
	const char *home = luaL_checkstring(L, 1);
	int64_t repo = luaL_checkinteger(L, 2);
	struct error *err = NULL;
	int count = tips_record(home, repo, &err);

	if (count < 0)
		return lerror_raise(L, err);
	lua_pushinteger(L, count);
	return 1;
}

static int l_locate(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct refs_place place = {0};
	struct error *err = NULL;

	if (refs_locate(path, &place, &err) != 0)
		return lerror_raise(L, err);
	lua_pushstring(L, place.common);
	lua_pushfstring(L, "%s/hooks", place.common);
	refs_place_release(&place);
	return 2;
}

int luaopen_engine(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"serve", l_serve},
		{"ask", l_ask},
		{"record_tips", l_record_tips},
		{"locate", l_locate},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
