/* proc.spawn: a process whose output is pulled and whose input is written. */
#include <lauxlib.h>
#include <signal.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/proc_options.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/loop/signal.h"
#include "runtime/loop/timer.h"

#define HANDLE "proc.Handle"
enum { BUFFERED = 1024 * 1024, BUFFER_MAX = 4 * BUFFERED };

struct wait;

/* The loop's until the process is done, then the userdata's. */
struct handle {
	struct proc proc;
	struct buf text; /* output that nobody has read yet */
	struct wait *waits;
	uint64_t serial; /* of the latest wait */
	bool done;
	bool dropping; /* nobody will read */
	bool orphan;   /* the userdata is gone */
	bool waking;   /* those who wait are being told */
};

/* Somebody waits for output (or only for the end). */
struct wait {
	struct op op;
	struct handle *handle; /* NULL: completed */
	bool for_end;
	uint64_t serial;
	struct wait *next;
	struct timer later; /* of a cancelled one */
};

static void free_handle(struct handle *handle)
{
	error_free(handle->proc.op.error);
	if (handle->proc.op.release)
		handle->proc.op.release(&handle->proc.op);
	buf_release(&handle->text);
	mem_free(handle);
}

static void detach_wait(struct wait *wait)
{
	struct wait **link = &wait->handle->waits;

	while (*link != wait)
		link = &(*link)->next;
	*link = wait->next;
	wait->handle = NULL;
}

static struct wait *find_wait(struct handle *handle, bool end, uint64_t last)
{
	struct wait *wait = handle->waits;

	while (wait && (wait->serial > last || (!end && wait->for_end)))
		wait = wait->next;
	return wait;
}

/* Each may lead to anything, also to new waits, which are not meant. */
static void wake(struct handle *handle, bool end)
{
	uint64_t last = handle->serial;
	struct wait *wait;

	handle->waking = true;
	while ((wait = find_wait(handle, end, last)) != NULL) {
		detach_wait(wait);
		wait->op.done(&wait->op);
	}
	handle->waking = false;
	if (handle->done && handle->orphan)
		free_handle(handle); /* collected meanwhile */
}

static void on_output(void *context, int stream, const char *bytes,
		      size_t length)
{
	struct handle *handle = context;

	(void)stream;
	if (handle->dropping || handle->orphan)
		return;
	buf_append(&handle->text, bytes, length);
	if (handle->text.length >= BUFFERED)
		proc_pause(&handle->proc, 1, true);
	wake(handle, false);
}

static void on_done(struct op *op)
{
	struct handle *handle = op->waiter;

	handle->done = true;
	wake(handle, true);
}

static void on_cancelled(struct op *op)
{
	struct wait *wait = op->waiter;

	wait->op.done(&wait->op);
}

static void cancel_wait(struct op *op)
{
	struct wait *wait = (struct wait *)op;
	uv_loop_t *loop;

	if (!wait->handle)
		return;
	loop = wait->handle->proc.loop;
	detach_wait(wait);
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	wait->later.op.done = on_cancelled;
	wait->later.op.waiter = wait;
	timer_start(&wait->later, loop, 0);
}

static int await(lua_State *L, struct handle *handle, bool for_end,
		 lua_KFunction next)
{
	struct wait *wait = task_op(L, sizeof(*wait));

	wait->op.cancel = cancel_wait;
	wait->handle = handle;
	wait->for_end = for_end;
	wait->serial = ++handle->serial;
	wait->next = handle->waits;
	handle->waits = wait;
	proc_ref(&handle->proc, true);
	return task_await(L, &wait->op, next);
}

static struct handle *check(lua_State *L, int index)
{
	return *(struct handle **)luaL_checkudata(L, index, HANDLE);
}

static void took(struct handle *handle, size_t length)
{
	buf_consume(&handle->text, length);
	if (handle->text.length < BUFFERED)
		proc_pause(&handle->proc, 1, false);
}

static int read_more(lua_State *L, int status, lua_KContext context)
{
	struct handle *handle = check(L, 1);
	lua_Integer max = luaL_optinteger(L, 2, BUFFERED);
	size_t length = handle->text.length;

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 2); /* drop the finished wait */
	if (length == 0 && !handle->done)
		return await(L, handle, false, read_more);
	if (length == 0)
		return 0;
	if (max > 0 && (size_t)max < length)
		length = (size_t)max;
	lua_pushlstring(L, handle->text.data, length);
	took(handle, length);
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
	struct handle *handle = check(L, lua_upvalueindex(1));
	struct buf *text = &handle->text;
	const char *end;
	size_t length;

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 0); /* drop the finished wait */
	end = text->length ? memchr(text->data, '\n', text->length) : NULL;
	if (!end && !handle->done && text->length < BUFFERED)
		return await(L, handle, false, line_more);
	if (text->length == 0)
		return 0;
	length = end ? (size_t)(end - text->data) : text->length;
	lua_pushlstring(L, text->data, length);
	took(handle, length + (end != NULL));
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

static int wrote(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static int l_write(lua_State *L)
{
	struct handle *handle = check(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	struct proc_write *write = task_op(L, sizeof(*write));

	proc_write_start(write, &handle->proc, bytes, length);
	return task_await(L, &write->op, wrote);
}

static int l_close_stdin(lua_State *L)
{
	proc_close_input(&check(L, 1)->proc);
	return 0;
}

static int ended(lua_State *L, int status, lua_KContext context)
{
	struct handle *handle = check(L, 1);

	(void)status;
	if (context)
		task_awaited(L, context);
	lua_settop(L, 1); /* drop the finished wait */
	if (!handle->done)
		return await(L, handle, true, ended);
	proc_result_push(L, &handle->proc);
	return 1;
}

static int l_wait(lua_State *L)
{
	struct handle *handle = check(L, 1);

	lua_settop(L, 1);
	handle->dropping = true;
	proc_pause(&handle->proc, 1, false);
	return ended(L, LUA_OK, 0);
}

static int l_kill(lua_State *L)
{
	struct handle *handle = check(L, 1);
	int number = signal_number(luaL_optstring(L, 2, "TERM"));

	luaL_argcheck(L, number != 0, 2, "no such signal");
	if (!handle->done)
		proc_kill(&handle->proc, number);
	return 0;
}

static int l_close(lua_State *L)
{
	struct handle *handle = check(L, 1);

	lua_settop(L, 1);
	if (handle->done)
		return 0;
	handle->dropping = true;
	proc_pause(&handle->proc, 1, false);
	proc_kill(&handle->proc, SIGKILL);
	/* A cancelled task must not wait; the loop reaps it all the same. */
	if (!task_can_wait(L))
		return 0;
	return ended(L, LUA_OK, 0);
}

static int l_collect(lua_State *L)
{
	struct handle **slot = luaL_checkudata(L, 1, HANDLE);
	struct handle *handle = *slot;

	*slot = NULL;
	if (!handle)
		return 0;
	handle->orphan = true;
	if (handle->done) {
		if (!handle->waking)
			free_handle(handle);
		return 0;
	}
	proc_pause(&handle->proc, 1, false);
	if (handle->proc.detached)
		proc_abandon(&handle->proc);
	else
		proc_kill(&handle->proc, SIGKILL);
	return 0;
}

static int l_index(lua_State *L)
{
	const char *key = lua_tostring(L, 2);

	if (key && strcmp(key, "pid") == 0) {
		lua_pushinteger(L, check(L, 1)->proc.pid);
		return 1;
	}
	lua_settop(L, 2);
	luaL_getmetatable(L, HANDLE);
	lua_replace(L, 1);
	lua_rawget(L, 1);
	return 1;
}

/* What could not be started is known at once; its end comes with the loop. */
static void raise_start(lua_State *L, struct handle *handle)
{
	struct error *err = handle->proc.op.error;

	if (!err)
		return;
	handle->proc.op.error = NULL;
	lerror_raise(L, err);
}

int proc_spawn(lua_State *L)
{
	struct proc_options options;
	struct handle **slot;
	struct handle *handle;

	lua_settop(L, 1);
	proc_options_read(L, &options);
	if (options.err == PROC_OUTPUT_PIPE)
		options.err = PROC_OUTPUT_MERGE;
	slot = lua_newuserdatauv(L, sizeof(struct handle *), 0);
	*slot = NULL;
	luaL_setmetatable(L, HANDLE);
	handle = *slot = mem_alloc(sizeof(*handle));
	buf_init(&handle->text, BUFFER_MAX);
	options.on_output = on_output;
	options.context = handle;
	handle->proc.op.done = on_done;
	handle->proc.op.waiter = handle;
	proc_start(&handle->proc, task_loop(L), &options);
	raise_start(L, handle);
	if (options.detached)
		proc_ref(&handle->proc, false);
	return 1;
}

void proc_handle_register(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"read", l_read},    {"lines", l_lines},
		{"write", l_write},  {"close_stdin", l_close_stdin},
		{"wait", l_wait},    {"kill", l_kill},
		{"close", l_close},  {"__close", l_close},
		{"__gc", l_collect}, {"__index", l_index},
		{NULL, NULL},
	};

	luaL_newmetatable(L, HANDLE);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
}
