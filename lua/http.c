/* Binding: HTTP requests, sessions that share connections and cookies. */
#include "lua/http.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"

enum { PER_HOST = 64, COOKIES_MAX = 16 * 1024 * 1024 };

struct client *http_client(lua_State *L, int index)
{
	struct client **slot = luaL_checkudata(L, index, HTTP_SESSION);

	if (!*slot)
		http_invalid(L, "the session is closed");
	return *slot;
}

/* Read the session's options, then those of the request at `index`. */
static void read_options(lua_State *L, struct http_options *options, int index)
{
	http_options_init(L, options);
	if (lua_getiuservalue(L, 1, 1) == LUA_TTABLE) {
		options->of_session = true;
		http_options_read(options, -1);
		options->of_session = false;
	}
	if (!lua_isnoneornil(L, index)) {
		luaL_checktype(L, index, LUA_TTABLE);
		http_options_read(options, index);
	}
}

static int got(lua_State *L, int status, lua_KContext context)
{
	struct request *request = task_awaited_quietly(L, context);
	struct error *err = request->op.error;

	(void)status;
	if (err && err->code == ERROR_CANCELLED)
		task_awaited(L, context);
	if (err)
		return http_raise(L, request);
	http_push_response(L, request);
	return 1;
}

static int specially_done(lua_State *L, int status, lua_KContext context)
{
	(void)L;
	(void)status;
	(void)context;
	return 1;
}

/* A body that comes bit by bit, a stream, progress: see stdlib/http/. */
static int request_specially(lua_State *L, struct http_options *options)
{
	bool stream = options->request.stream;

	lua_getglobal(L, "require");
	lua_pushliteral(L, "http.special");
	lua_call(L, 1, 1);
	http_open(L, options);
	lua_pushvalue(L, options->feed);
	lua_pushvalue(L, options->progress);
	lua_pushboolean(L, stream);
	lua_callk(L, 4, 1, 0, specially_done);
	return specially_done(L, LUA_OK, 0);
}

/* The session is at 1, URL or options at 2, options at 3. */
static int start(lua_State *L, const char *method)
{
	struct client *client = http_client(L, 1);
	struct http_options options;
	struct request *request;

	lua_settop(L, 3);
	if (lua_type(L, 2) == LUA_TSTRING) {
		read_options(L, &options, 3);
		options.path = lua_tostring(L, 2);
		if (strlen(options.path) != lua_rawlen(L, 2))
			return http_invalid(L, "the URL holds a NUL");
	} else {
		luaL_checktype(L, 2, LUA_TTABLE);
		read_options(L, &options, 2);
	}
	http_options_finish(&options, method);
	if (options.request.stream || options.request.progress ||
	    !lua_isnil(L, options.feed))
		return request_specially(L, &options);
	request = task_op(L, sizeof(*request));
	if (options.request.body == REQUEST_BODY_BYTES) {
		lua_pushvalue(L, options.kept);
		lua_setiuservalue(L, -2, 1);
	}
	request_start(request, client, &options.request);
	return task_await(L, &request->op, got);
}

/* Of a session, or of the module: then the default session is an upvalue. */
static int start_method(lua_State *L, const char *method)
{
	if (!lua_isnone(L, lua_upvalueindex(1))) {
		lua_pushvalue(L, lua_upvalueindex(1));
		lua_insert(L, 1);
	}
	return start(L, method);
}

static int l_request(lua_State *L)
{
	return start_method(L, NULL);
}

static int l_get(lua_State *L)
{
	return start_method(L, "GET");
}

static int l_head(lua_State *L)
{
	return start_method(L, "HEAD");
}

static int l_post(lua_State *L)
{
	return start_method(L, "POST");
}

static int l_put(lua_State *L)
{
	return start_method(L, "PUT");
}

static int l_patch(lua_State *L)
{
	return start_method(L, "PATCH");
}

static int l_delete(lua_State *L)
{
	return start_method(L, "DELETE");
}

static int fanned(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	return lua_gettop(L) - (int)context;
}

/* (list, options, fn): what stdlib/http/each.lua does. */
static int l_each(lua_State *L)
{
	if (!lua_isnone(L, lua_upvalueindex(1))) {
		lua_pushvalue(L, lua_upvalueindex(1));
		lua_insert(L, 1);
	}
	http_client(L, 1);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "http.each");
	lua_call(L, 1, 1);
	lua_insert(L, 1);
	lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, fanned);
	return fanned(L, LUA_OK, 0);
}

static int close_session(lua_State *L)
{
	struct client **slot = luaL_checkudata(L, 1, HTTP_SESSION);
	struct client *client = *slot;
	struct error *err = NULL;
	int status;

	*slot = NULL;
	if (!client)
		return 0;
	status = client_save(client, &err);
	client_free(client);
	if (status != 0)
		return lerror_raise(L, err);
	return 0;
}

static int collect_session(lua_State *L)
{
	struct client **slot = luaL_checkudata(L, 1, HTTP_SESSION);

	client_free(*slot);
	*slot = NULL;
	return 0;
}

static int l_cookies(lua_State *L)
{
	struct client *client = http_client(L, 1);
	struct buf *text = lbuf_push(L, COOKIES_MAX);

	client_cookies(client, text);
	lbuf_push_string(L, text);
	return 1;
}

static int l_save(lua_State *L)
{
	struct error *err = NULL;

	if (client_save(http_client(L, 1), &err) != 0)
		return lerror_raise(L, err);
	return 0;
}

/* Push a session that has no options. */
static void push_session(lua_State *L, const struct client_options *options)
{
	struct client **slot = lua_newuserdatauv(L, sizeof(struct client *), 1);

	*slot = NULL;
	luaL_setmetatable(L, HTTP_SESSION);
	*slot = client_new(task_loop(L), options);
}

static int l_session(lua_State *L)
{
	struct client_options client = {.per_host = PER_HOST};
	struct http_options options;

	lua_settop(L, 1);
	if (lua_isnil(L, 1)) {
		push_session(L, &client);
		return 1;
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	http_options_init(L, &options);
	options.of_session = true;
	options.session.per_host = PER_HOST;
	http_options_read(&options, 1);
	client.per_host = options.session.per_host;
	client.cookies = options.session.cookies;
	client.jar = options.session.jar;
	push_session(L, &client);
	/* A copy, so that later changes of the table mean nothing. */
	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, 1)) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, -4);
	}
	lua_setiuservalue(L, -2, 1);
	return 1;
}

#define REQUESTS                                                               \
	{"request", l_request}, {"get", l_get}, {"head", l_head},              \
		{"post", l_post}, {"put", l_put}, {"patch", l_patch},          \
		{"delete", l_delete},                                          \
	{                                                                      \
		"each", l_each                                                 \
	}

static void register_session(lua_State *L)
{
	static const luaL_Reg methods[] = {
		REQUESTS,
		{"cookies", l_cookies},
		{"save", l_save},
		{"close", close_session},
		{"__close", close_session},
		{"__gc", collect_session},
		{NULL, NULL},
	};

	luaL_newmetatable(L, HTTP_SESSION);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

int luaopen_http(lua_State *L)
{
	static const luaL_Reg requests[] = {REQUESTS, {NULL, NULL}};
	static const luaL_Reg functions[] = {{"session", l_session},
					     {NULL, NULL}};
	struct client_options client = {.per_host = PER_HOST};

	http_response_register(L);
	http_stream_register(L);
	register_session(L);
	luaL_newlib(L, functions);
	push_session(L, &client);
	luaL_setfuncs(L, requests, 1);
	return 1;
}
