/* A response that is pulled, and a request's body that comes bit by bit. */
#include <lauxlib.h>
#include <string.h>

#include "lua/http.h"
#include "lua/lerror.h"
#include "lua/task.h"
#include "runtime/base/mem.h"

enum { PIECE = 1024 * 1024 };

struct wait;

/* The loop's until the request is done, then the userdata's. */
struct stream {
	struct request request;
	uv_loop_t *loop;
	struct wait *waits;
	uint64_t serial; /* of the latest wait */
	bool done;
	bool orphan; /* the userdata is gone */
	bool waking; /* those who wait are being told */
};

/* Somebody waits for a change, or for the end. */
struct wait {
	struct op op;
	struct stream *stream; /* NULL: completed */
	bool for_end;
	uint64_t serial;
	struct wait *next;
	struct timer later; /* of a cancelled one */
};

static void free_stream(struct stream *stream)
{
	struct op *op = &stream->request.op;

	error_free(op->error);
	if (op->release)
		op->release(op);
	mem_free(stream);
}

static void detach(struct wait *wait)
{
	struct wait **link = &wait->stream->waits;

	while (*link != wait)
		link = &(*link)->next;
	*link = wait->next;
	wait->stream = NULL;
}

static struct wait *find(struct stream *stream, bool end, uint64_t last)
{
	struct wait *wait = stream->waits;

	while (wait && (wait->serial > last || (!end && wait->for_end)))
		wait = wait->next;
	return wait;
}

/* Each may lead to anything, also to new waits, which are not meant. */
static void wake(struct stream *stream, bool end)
{
	uint64_t last = stream->serial;
	struct wait *wait;

	stream->waking = true;
	while ((wait = find(stream, end, last)) != NULL) {
		detach(wait);
		wait->op.done(&wait->op);
	}
	stream->waking = false;
	if (stream->done && stream->orphan)
		free_stream(stream); /* collected meanwhile */
}

static void on_change(struct request *request)
{
	wake(request->context, false);
}

static void on_done(struct op *op)
{
	struct stream *stream = op->waiter;

	stream->done = true;
	wake(stream, true);
}

static void on_cancelled(struct op *op)
{
	struct wait *wait = op->waiter;

	wait->op.done(&wait->op);
}

/* Whoever waits for a stream is its reader: with him it ends. */
static void cancel(struct op *op)
{
	struct wait *wait = (struct wait *)op;
	struct stream *stream = wait->stream;

	if (!stream)
		return;
	detach(wait);
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	wait->later.op.done = on_cancelled;
	wait->later.op.waiter = wait;
	timer_start(&wait->later, stream->loop, 0);
	stream->request.op.cancel(&stream->request.op);
}

static int await(lua_State *L, struct stream *stream, bool for_end,
		 lua_KFunction next)
{
	struct wait *wait = task_op(L, sizeof(*wait));

	wait->op.cancel = cancel;
	wait->stream = stream;
	wait->for_end = for_end;
	wait->serial = ++stream->serial;
	wait->next = stream->waits;
	stream->waits = wait;
	return task_await(L, &wait->op, next);
}

static struct stream *check(lua_State *L, int index)
{
	return *(struct stream **)luaL_checkudata(L, index, HTTP_STREAM);
}

/* Raise why the request failed: only once it is done. */
static void raise_failure(lua_State *L, struct stream *stream)
{
	if (!stream->done || stream->request.reason == REQUEST_OK)
		return;
	if (stream->request.op.error)
		http_raise(L, &stream->request);
	http_invalid(L, "the stream has failed before");
}

static int read_more(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, 1);
	struct request *request = &stream->request;
	lua_Integer max = luaL_optinteger(L, 2, PIECE);
	size_t length = request->response.body.length;

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 2); /* drop the finished wait */
	if (length == 0 && !stream->done)
		return await(L, stream, false, read_more);
	if (length == 0 || request->reason == REQUEST_STATUS) {
		raise_failure(L, stream);
		return 0;
	}
	if (max > 0 && (size_t)max < length)
		length = (size_t)max;
	lua_pushlstring(L, request->response.body.data, length);
	request_take(request, length);
	return 1;
}

static int l_read(lua_State *L)
{
	check(L, 1);
	luaL_optinteger(L, 2, 0);
	lua_settop(L, 2);
	return read_more(L, LUA_OK, 0);
}

/* A line without its end; very long ones come in pieces. */
static int line_more(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, lua_upvalueindex(1));
	struct request *request = &stream->request;
	struct buf *text = &request->response.body;
	const char *end;
	size_t length;

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 0); /* drop the finished wait */
	end = text->length ? memchr(text->data, '\n', text->length) : NULL;
	if (!end && !stream->done && text->length < PIECE)
		return await(L, stream, false, line_more);
	if (text->length == 0 || request->reason == REQUEST_STATUS) {
		raise_failure(L, stream);
		return 0;
	}
	length = end ? (size_t)(end - text->data) : text->length;
	lua_pushlstring(L, text->data,
			length > 0 && end && end[-1] == '\r' ? length - 1
							     : length);
	request_take(request, length + (end != NULL));
	return 1;
}

static int l_next_line(lua_State *L)
{
	lua_settop(L, 0);
	return line_more(L, LUA_OK, 0);
}

static int l_lines(lua_State *L)
{
	check(L, 1);
	lua_settop(L, 1);
	lua_pushcclosure(L, l_next_line, 1);
	return 1;
}

/* Waits for room, so that a fast writer cannot fill the memory. */
static int wrote(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, 1);

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 1);
	if (!stream->done && !request_room(&stream->request))
		return await(L, stream, false, wrote);
	lua_pushboolean(L, !stream->done);
	return 1;
}

static int l_write(lua_State *L)
{
	struct stream *stream = check(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);

	if (!stream->done)
		request_feed(&stream->request, bytes, length);
	lua_settop(L, 1);
	return wrote(L, LUA_OK, 0);
}

static int l_finish(lua_State *L)
{
	struct stream *stream = check(L, 1);

	if (!stream->done)
		request_feed_end(&stream->request);
	return 0;
}

static int headed(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, 1);

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 1);
	/* Of an error the whole is read, for its message. */
	if (!stream->done && !request_ready(&stream->request))
		return await(L, stream, false, headed);
	if (!stream->done && stream->request.check &&
	    stream->request.response.status >= 400)
		return await(L, stream, true, headed);
	if (stream->request.response.body.length == 0 ||
	    stream->request.reason == REQUEST_STATUS)
		raise_failure(L, stream);
	return 1;
}

static int l_wait_head(lua_State *L)
{
	check(L, 1);
	lua_settop(L, 1);
	return headed(L, LUA_OK, 0);
}

static void set_count(lua_State *L, const char *name, int64_t count)
{
	if (count < 0)
		return;
	lua_pushinteger(L, count);
	lua_setfield(L, -2, name);
}

static int push_state(lua_State *L, const struct stream *stream)
{
	const struct response *response = &stream->request.response;

	lua_createtable(L, 0, 4);
	set_count(L, "received", (int64_t)response->received);
	set_count(L, "sent", (int64_t)response->sent);
	set_count(L, "total", response->total);
	set_count(L, "upload_total", response->upload_total);
	return 1;
}

static int l_state(lua_State *L)
{
	return push_state(L, check(L, 1));
}

/* The next state, once something has changed; nil at the end. */
static int changed(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, lua_upvalueindex(1));

	(void)status;
	task_awaited(L, context);
	return stream->done ? 0 : push_state(L, stream);
}

static int l_next_state(lua_State *L)
{
	struct stream *stream = check(L, lua_upvalueindex(1));

	lua_settop(L, 0);
	return stream->done ? 0 : await(L, stream, false, changed);
}

static int l_progress(lua_State *L)
{
	check(L, 1);
	lua_settop(L, 1);
	lua_pushcclosure(L, l_next_state, 1);
	return 1;
}

static int ended(lua_State *L, int status, lua_KContext context)
{
	struct stream *stream = check(L, 1);

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 1); /* drop the finished wait */
	if (!stream->done)
		return await(L, stream, true, ended);
	raise_failure(L, stream);
	http_push_response(L, &stream->request);
	return 1;
}

/* Of a request whose body is not pulled: the usual response. */
static int l_result(lua_State *L)
{
	if (check(L, 1)->request.stream)
		return http_invalid(L, "the body of a stream is read with "
				       "read, lines or events");
	lua_settop(L, 1);
	return ended(L, LUA_OK, 0);
}

static int l_close(lua_State *L)
{
	struct stream *stream = check(L, 1);

	if (!stream->done)
		stream->request.op.cancel(&stream->request.op);
	return 0;
}

static int l_collect(lua_State *L)
{
	struct stream **slot = luaL_checkudata(L, 1, HTTP_STREAM);
	struct stream *stream = *slot;

	*slot = NULL;
	if (!stream)
		return 0;
	stream->orphan = true;
	if (!stream->done)
		stream->request.op.cancel(&stream->request.op);
	else if (!stream->waking)
		free_stream(stream);
	return 0;
}

/* for event in stream:events(): see stdlib/http/events.lua. */
static int l_events(lua_State *L)
{
	check(L, 1);
	lua_settop(L, 1);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "http.events");
	lua_call(L, 1, 1);
	lua_insert(L, 1);
	lua_call(L, 1, 1);
	return 1;
}

/* status, headers, …: those of the response whose head has come. */
static int l_index(lua_State *L)
{
	struct stream *stream = check(L, 1);

	luaL_getmetatable(L, HTTP_STREAM);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	if (!request_ready(&stream->request))
		return 0;
	http_push_head(L, &stream->request);
	lua_pushvalue(L, 2);
	lua_gettable(L, -2);
	return 1;
}

struct request *http_open(lua_State *L, struct http_options *options)
{
	struct client *client = http_client(L, 1);
	struct stream **slot;
	struct stream *stream;

	slot = lua_newuserdatauv(L, sizeof(struct stream *), 2);
	*slot = NULL;
	luaL_setmetatable(L, HTTP_STREAM);
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, options->kept);
	lua_setiuservalue(L, -2, 2);
	stream = mem_alloc(sizeof(*stream));
	stream->loop = task_loop(L);
	stream->request.op.done = on_done;
	stream->request.op.waiter = stream;
	stream->request.on_change = on_change;
	stream->request.context = stream;
	request_start(&stream->request, client, &options->request);
	*slot = stream;
	return &stream->request;
}

void http_stream_register(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"read", l_read},     {"lines", l_lines},
		{"events", l_events}, {"write", l_write},
		{"finish", l_finish}, {"wait_head", l_wait_head},
		{"state", l_state},   {"progress", l_progress},
		{"result", l_result}, {"close", l_close},
		{"__close", l_close}, {"__gc", l_collect},
		{"__index", l_index}, {NULL, NULL},
	};

	luaL_newmetatable(L, HTTP_STREAM);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
}
