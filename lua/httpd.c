/* Binding: the HTTP server. Requests are taken and answered by tasks. */
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "lua/host.h"
#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/loop/http/httpd.h"

#define SERVER "tidemill.httpd"
#define REQUEST "tidemill.httpd.request"
#define BODY_MAX (1 << 20)
#define HEADERS_MAX 64
#define HELD (64U << 10) /* bytes after which a writer waits */

/* Somebody who waits for a request, or for a reader of an answer. */
struct turn {
	struct op op;
	struct ready ready;
	struct host *host;
	struct turn **place; /* where it is noted; NULL: it has left */
};

struct listening {
	struct httpd *httpd; /* NULL: closed */
	struct turn *turn;
};

struct answering {
	struct exchange *exchange; /* NULL: finished */
	struct turn *turn;
};

static void leave(struct turn *turn)
{
	if (!turn || !turn->place)
		return;
	*turn->place = NULL;
	turn->place = NULL;
	host_ready(turn->host, &turn->ready);
}

static void on_ready(struct ready *ready)
{
	struct turn *turn =
		(struct turn *)((char *)ready - offsetof(struct turn, ready));

	turn->op.done(&turn->op);
}

static void cancel(struct op *op)
{
	struct turn *turn = (struct turn *)op;

	if (!turn->place)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	leave(turn);
}

static int wait_at(lua_State *L, struct turn **place, lua_KFunction next)
{
	struct turn *turn = task_op(L, sizeof(*turn));

	turn->op.cancel = cancel;
	turn->ready.call = on_ready;
	turn->host = host_of(L);
	turn->place = place;
	*place = turn;
	return task_await(L, &turn->op, next);
}

static void on_moved(void *context)
{
	leave(((struct answering *)context)->turn);
}

static void on_request(void *context)
{
	leave(((struct listening *)context)->turn);
}

static int l_listen(lua_State *L)
{
	static const char *const names[] = {
		"address", "connections", "per_address", "body", "idle", NULL};
	struct httpd_options options = {.ready = on_request};
	struct listening *listening;
	struct error *err = NULL;

	luaL_checktype(L, 1, LUA_TTABLE);
	options_check(L, 1, names, "httpd.listen");
	options.address = options_text(L, 1, "address");
	luaL_argcheck(L, options.address, 1, "address is wanted");
	options.connections =
		(unsigned)options_count(L, 1, "connections", 1, 1000);
	options.per_address =
		(unsigned)options_count(L, 1, "per_address", 0, 0);
	options.body_max = (size_t)options_count(L, 1, "body", 0, BODY_MAX);
	options.idle = (unsigned)options_count(L, 1, "idle", 1, 60);
	listening = lua_newuserdatauv(L, sizeof(*listening), 0);
	*listening = (struct listening){0};
	luaL_setmetatable(L, SERVER);
	options.context = listening;
	listening->httpd = httpd_open(task_loop(L), &options, &err);
	return listening->httpd ? 1 : lerror_raise(L, err);
}

static int push_request(lua_State *L, struct exchange *exchange)
{
	struct answering *answering =
		lua_newuserdatauv(L, sizeof(*answering), 0);

	answering->exchange = exchange;
	answering->turn = NULL;
	luaL_setmetatable(L, REQUEST);
	exchange_watch(exchange, on_moved, answering);
	return 1;
}

static int l_next(lua_State *L);

static int came(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	lua_settop(L, 1);
	return l_next(L);
}

static int l_next(lua_State *L)
{
	struct listening *listening = luaL_checkudata(L, 1, SERVER);
	struct exchange *exchange;

	luaL_argcheck(L, !listening->turn, 1, "is waited for already");
	if (!listening->httpd) {
		lua_pushnil(L);
		return 1;
	}
	exchange = httpd_next(listening->httpd);
	if (exchange)
		return push_request(L, exchange);
	return wait_at(L, &listening->turn, came);
}

static int l_address(lua_State *L)
{
	struct listening *listening = luaL_checkudata(L, 1, SERVER);

	luaL_argcheck(L, listening->httpd, 1, "is closed");
	lua_pushstring(L, httpd_address(listening->httpd));
	return 1;
}

static int l_quiesce(lua_State *L)
{
	struct listening *listening = luaL_checkudata(L, 1, SERVER);

	if (listening->httpd)
		httpd_quiesce(listening->httpd);
	return 0;
}

static int l_close(lua_State *L)
{
	struct listening *listening = luaL_checkudata(L, 1, SERVER);

	if (listening->httpd)
		httpd_close(listening->httpd);
	listening->httpd = NULL;
	leave(listening->turn);
	return 0;
}

static struct answering *check(lua_State *L)
{
	struct answering *answering = luaL_checkudata(L, 1, REQUEST);

	luaL_argcheck(L, answering->exchange, 1, "is finished");
	return answering;
}

static int l_method(lua_State *L)
{
	lua_pushstring(L, exchange_method(check(L)->exchange));
	return 1;
}

static int l_target(lua_State *L)
{
	lua_pushstring(L, exchange_target(check(L)->exchange));
	return 1;
}

static int l_peer(lua_State *L)
{
	lua_pushstring(L, exchange_peer(check(L)->exchange));
	return 1;
}

static int l_body(lua_State *L)
{
	size_t length;
	const char *body = exchange_body(check(L)->exchange, &length);

	lua_pushlstring(L, body, length);
	return 1;
}

static void push_lower(lua_State *L, const char *name)
{
	luaL_Buffer out;

	luaL_buffinit(L, &out);
	for (; *name; name++)
		luaL_addchar(&out,
			     (char)(*name >= 'A' && *name <= 'Z' ? *name + 32
								 : *name));
	luaL_pushresult(&out);
}

static int l_headers(lua_State *L)
{
	struct answering *answering = check(L);
	struct exchange_header header;

	lua_newtable(L);
	for (size_t i = 0; exchange_header(answering->exchange, i, &header);
	     i++) {
		push_lower(L, header.name);
		lua_pushvalue(L, -1);
		if (lua_rawget(L, 2) == LUA_TSTRING) {
			lua_pushfstring(L, "%s, %s", lua_tostring(L, -1),
					header.value);
			lua_remove(L, -2);
		} else {
			lua_pop(L, 1);
			lua_pushstring(L, header.value);
		}
		lua_rawset(L, 2);
	}
	return 1;
}

/* The pairs of the table at 3; its strings are borrowed from it. */
static size_t read_headers(lua_State *L, struct exchange_header *headers)
{
	size_t count = 0;

	luaL_checktype(L, 3, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, 3)) {
		luaL_argcheck(L,
			      count < HEADERS_MAX &&
				      lua_type(L, -2) == LUA_TSTRING &&
				      lua_type(L, -1) == LUA_TSTRING,
			      3, "must have at most 64 names and texts");
		headers[count].name = lua_tostring(L, -2);
		headers[count++].value = lua_tostring(L, -1);
		lua_pop(L, 1);
	}
	return count;
}

static int answer(lua_State *L, const char *body, size_t length)
{
	struct answering *answering = check(L);
	struct exchange_header headers[HEADERS_MAX];
	lua_Integer status = luaL_checkinteger(L, 2);
	struct exchange_answer answer = {
		.status = (unsigned)status,
		.headers = headers,
		.header_count = read_headers(L, headers),
		.body = body,
		.length = length,
	};

	luaL_argcheck(L, status >= 200 && status <= 599, 2, "is no status");
	if (exchange_answer(answering->exchange, &answer) != 0)
		return luaL_error(L, "it was answered before, or a header "
				     "cannot be sent");
	return 0;
}

static int l_answer(lua_State *L)
{
	size_t length;
	const char *body = luaL_checklstring(L, 4, &length);

	return answer(L, body, length);
}

static int l_stream(lua_State *L)
{
	return answer(L, NULL, 0);
}

static int moved(lua_State *L, int status, lua_KContext context)
{
	struct answering *answering = luaL_checkudata(L, 1, REQUEST);

	(void)status;
	task_awaited(L, context);
	if (answering->exchange && !exchange_gone(answering->exchange) &&
	    exchange_held(answering->exchange) > HELD)
		return wait_at(L, &answering->turn, moved);
	lua_pushboolean(L, answering->exchange &&
				   !exchange_gone(answering->exchange));
	return 1;
}

static int l_write(lua_State *L)
{
	struct answering *answering = check(L);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	long held;

	luaL_argcheck(L, !answering->turn, 1, "is written to already");
	held = exchange_write(answering->exchange, bytes, length);
	if (held > (long)HELD)
		return wait_at(L, &answering->turn, moved);
	lua_pushboolean(L, held >= 0);
	return 1;
}

static int l_gone(lua_State *L)
{
	lua_pushboolean(L, exchange_gone(check(L)->exchange));
	return 1;
}

static int l_finish(lua_State *L)
{
	struct answering *answering = luaL_checkudata(L, 1, REQUEST);

	if (answering->exchange)
		exchange_drop(answering->exchange);
	answering->exchange = NULL;
	leave(answering->turn);
	return 0;
}

/* Compress in one go; nil when that makes it no smaller. */
static int l_gzip(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	int level = (int)luaL_optinteger(L, 2, 1);
	z_stream stream = {.next_in = (Bytef *)text, .avail_in = (uInt)length};
	struct buf *out;
	int status;

	luaL_argcheck(L, length <= 64U << 20, 1, "is too long");
	luaL_argcheck(L, level >= 1 && level <= 9, 2, "is no level");
	out = lbuf_push(L, length + 64);
	stream.next_out = (Bytef *)buf_reserve(out, length + 32);
	stream.avail_out = (uInt)length + 32;
	if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return luaL_error(L, "cannot compress");
	status = deflate(&stream, Z_FINISH);
	out->length = stream.total_out;
	deflateEnd(&stream);
	if (status != Z_STREAM_END || out->length >= length)
		lua_pushnil(L);
	else
		lbuf_push_string(L, out);
	return 1;
}

static int l_slice(lua_State *L)
{
	struct task *task = task_current(L);
	lua_Integer ms = luaL_checkinteger(L, 1);

	luaL_argcheck(L, ms > 0, 1, "must be positive");
	if (task) {
		task->slice = ms;
		task->preemptible = true;
	}
	return 0;
}

static void make_class(lua_State *L, const char *name, const luaL_Reg *methods,
		       lua_CFunction end)
{
	luaL_newmetatable(L, name);
	lua_pushcfunction(L, end);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, end);
	lua_setfield(L, -2, "__close");
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

int luaopen_httpd(lua_State *L)
{
	static const luaL_Reg server[] = {
		{"next", l_next},       {"address", l_address},
		{"quiesce", l_quiesce}, {"close", l_close},
		{NULL, NULL},
	};
	static const luaL_Reg request[] = {
		{"method", l_method}, {"target", l_target},
		{"peer", l_peer},     {"headers", l_headers},
		{"body", l_body},     {"answer", l_answer},
		{"stream", l_stream}, {"write", l_write},
		{"gone", l_gone},     {"finish", l_finish},
		{NULL, NULL},
	};
	static const luaL_Reg functions[] = {
		{"listen", l_listen},
		{"gzip", l_gzip},
		{"slice", l_slice},
		{NULL, NULL},
	};

	make_class(L, SERVER, server, l_close);
	make_class(L, REQUEST, request, l_finish);
	luaL_newlib(L, functions);
	return 1;
}
