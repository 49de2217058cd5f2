#include "lua/task.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/host.h"
#include "lua/lerror.h"
#include "runtime/base/clock.h"

#define HOOK_COUNT 100000 /* instructions between two looks at the clock */
#define METATABLE "tidemill.task"

static const char host_key;

struct host *host_of(lua_State *L)
{
	struct host *host;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &host_key);
	host = lua_touserdata(L, -1);
	lua_pop(L, 1);
	return host;
}

static struct task **slot(lua_State *L)
{
	return lua_getextraspace(L);
}

struct task *task_current(lua_State *L)
{
	return *slot(L);
}

uv_loop_t *task_loop(lua_State *L)
{
	return host_of(L)->loop;
}

/* Ready things. */

static void on_idle(uv_idle_t *idle)
{
	struct host *host = idle->data;
	struct ready *last = host->last;
	struct ready *ready;

	do {
		ready = host->first;
		host->first = ready->next;
		if (!host->first)
			host->last = NULL;
		ready->queued = false;
		ready->call(ready);
	} while (ready != last && host->first);
	if (!host->first)
		uv_idle_stop(idle);
}

void host_ready(struct host *host, struct ready *ready)
{
	if (ready->queued)
		return;
	ready->queued = true;
	ready->next = NULL;
	if (host->last)
		host->last->next = ready;
	else
		host->first = ready;
	host->last = ready;
	if (!uv_is_active((uv_handle_t *)&host->idle))
		uv_idle_start(&host->idle, on_idle);
}

/* Raising. */

static int raise_cancelled(lua_State *L, struct task *task)
{
	struct error *err = NULL;

	if (task->reason != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, task->reason);
		return lua_error(L);
	}
	error_set(&err, ERROR_CANCELLED, "cancelled");
	return lerror_raise(L, err);
}

/*
 * Called every HOOK_COUNT instructions. What raises over the time slice or the
 * memory's ceiling raises again at each instruction until the task's body is
 * left, so that no pcall can swallow it.
 */
static void on_count(lua_State *L, lua_Debug *debug)
{
	struct host *host = host_of(L);
	struct task *task = host->running;
	struct error *err = NULL;

	(void)debug;
	if (!task)
		return;
	if (task->killed || host->over ||
	    clock_monotonic() - task->resumed > host->slice) {
		if (host->over)
			error_set(&err, ERROR_LIMIT,
				  "the script needs more than %zu MB of memory",
				  host->ceiling >> 20);
		else
			error_set(&err, ERROR_LIMIT,
				  "the script ran for %lld ms without waiting",
				  (long long)host->slice);
		task->killed = true;
		lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
		lerror_raise(L, err);
	} else if (task->cancelled && !task->shields) {
		raise_cancelled(L, task);
	}
}

/* Errors become tables, and get the traceback of where they were raised. */
static int on_error(lua_State *L)
{
	if (!lua_istable(L, 1)) {
		struct error *err = NULL;

		error_set(&err, ERROR_SCRIPT, "%s", luaL_tolstring(L, 1, NULL));
		lua_settop(L, 1);
		lerror_push(L, err);
		lua_replace(L, 1);
	} else if (!lua_getmetatable(L, 1)) {
		lua_settop(L, 1);
		lerror_adorn(L);
	}
	lua_settop(L, 1);
	lua_pushliteral(L, "traceback");
	if (lua_rawget(L, 1) == LUA_TNIL && !host_of(L)->over) {
		luaL_traceback(L, L, NULL, 1);
		lua_setfield(L, 1, "traceback");
	}
	lua_settop(L, 1);
	return 1;
}

/* A task's life. */

static void unlink_child(struct task *task)
{
	if (task->previous)
		task->previous->next = task->next;
	else if (task->parent)
		task->parent->children = task->next;
	if (task->next)
		task->next->previous = task->previous;
}

static void fail_parent(struct task *task)
{
	struct task *parent = task->parent;
	lua_State *L = task->thread;

	if (parent->reason == LUA_NOREF && !parent->done &&
	    !(parent->cancelled && !parent->settling)) {
		lua_pushvalue(L, 2);
		parent->reason = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	task_cancel(parent);
}

static void finish(struct task *task)
{
	struct task *parent = task->parent;
	lua_State *L = task->thread;

	task->done = true;
	task->failed = !lua_toboolean(L, 1);
	unlink_child(task);
	if (task->failed && !task->observed && parent &&
	    !(task->cancelled && task->reason == LUA_NOREF))
		fail_parent(task);
	luaL_unref(L, LUA_REGISTRYINDEX, task->reason);
	task->reason = LUA_NOREF;
	join_notify(task);
	if (parent && parent->settling && !parent->children)
		host_ready(parent->host, &parent->ready);
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, task);
}

static void resume(struct task *task, int arguments)
{
	struct host *host = task->host;
	struct task *former = host->running;
	int count, status;

	host->running = task;
	task->resumed = clock_monotonic();
	status = lua_resume(task->thread, NULL, arguments, &count);
	host->running = former;
	if (status == LUA_YIELD)
		return;
	if (status != LUA_OK) { /* not even the body's protection held */
		lua_pushboolean(task->thread, 0);
		lua_insert(task->thread, -2);
		while (lua_gettop(task->thread) > 2)
			lua_remove(task->thread, 1);
	}
	finish(task);
}

static int settled(lua_State *L, int status, lua_KContext context)
{
	struct task *task = task_current(L);

	(void)status;
	(void)context;
	if (task->children)
		return lua_yieldk(L, 0, 0, settled);
	task->settling = false;
	if (task->reason != LUA_NOREF && lua_toboolean(L, 1)) {
		lua_settop(L, 0);
		lua_pushboolean(L, 0);
		lua_rawgeti(L, LUA_REGISTRYINDEX, task->reason);
	}
	return lua_gettop(L);
}

static int body_ran(lua_State *L, int status, lua_KContext context)
{
	struct task *task = task_current(L);
	bool well = status == LUA_OK || status == LUA_YIELD;

	if (task->killed || task->host->over) {
		task->host->over = false;
		lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_COUNT);
	}
	lua_pushboolean(L, well);
	lua_replace(L, 1);
	task->settling = true;
	if (!well)
		for (struct task *child = task->children; child;
		     child = child->next)
			task_cancel(child);
	return settled(L, status, context);
}

static int body(lua_State *L)
{
	struct task *task = task_current(L);
	int arguments = lua_gettop(L) - 1;

	lua_pushcfunction(L, on_error);
	lua_insert(L, 1);
	if (task->cancelled && !task->shields) {
		struct error *err = NULL;

		error_set(&err, ERROR_CANCELLED, "cancelled");
		lua_settop(L, 1);
		lerror_push(L, err);
		return body_ran(L, LUA_ERRRUN, 0);
	}
	return body_ran(
		L, lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, body_ran), 0);
}

static void on_ready(struct ready *ready)
{
	struct task *task = (struct task *)ready;

	resume(task, task->settling ? 0 : lua_gettop(task->thread) - 1);
}

struct task *task_new(lua_State *L, int count)
{
	struct host *host = host_of(L);
	struct task *parent = task_current(L);
	struct task *task = lua_newuserdatauv(L, sizeof(*task), 2);

	memset(task, 0, sizeof(*task));
	luaL_setmetatable(L, METATABLE);
	task->host = host;
	task->reason = LUA_NOREF;
	task->ready.call = on_ready;
	task->thread = lua_newthread(L);
	lua_setiuservalue(L, -2, 1);
	*slot(task->thread) = task;
	lua_sethook(task->thread, on_count, LUA_MASKCOUNT, HOOK_COUNT);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, task);
	lua_insert(L, -count - 1);
	lua_pushcfunction(task->thread, body);
	lua_xmove(L, task->thread, count);
	task->parent = parent;
	if (parent) {
		task->next = parent->children;
		if (task->next)
			task->next->previous = task;
		parent->children = task;
		task->shields = parent->shields ? 1 : 0;
		task->cancelled = parent->cancelled && !parent->shields;
	}
	host_ready(host, &task->ready);
	return task;
}

void task_cancel(struct task *task)
{
	if (task->done)
		return;
	task->cancelled = true;
	if (task->shields)
		return; /* noticed when the shield ends */
	for (struct task *child = task->children; child; child = child->next)
		task_cancel(child);
	if (task->waiting)
		task->waiting->cancel(task->waiting);
}

struct task *task_check(lua_State *L, int index)
{
	return luaL_checkudata(L, index, METATABLE);
}

int task_push_results(lua_State *L, struct task *task)
{
	int count = lua_gettop(task->thread);

	luaL_checkstack(L, count, "too many results");
	if (task->failed) {
		lua_pushvalue(task->thread, 2);
		lua_xmove(task->thread, L, 1);
		return lua_error(L);
	}
	for (int i = 2; i <= count; i++) {
		lua_pushvalue(task->thread, i);
		lua_xmove(task->thread, L, 1);
	}
	return count - 1;
}

/* Waiting. */

static void on_done(struct op *op)
{
	struct task *task = op->waiter;

	task->waiting = NULL;
	resume(task, 0);
}

static int op_collect(lua_State *L)
{
	struct op *op = lua_touserdata(L, 1);

	if (op->release)
		op->release(op);
	op->release = NULL;
	error_free(op->error);
	op->error = NULL;
	return 0;
}

int task_can_wait(lua_State *L)
{
	return task_current(L) != NULL && lua_isyieldable(L);
}

void *task_op(lua_State *L, size_t size)
{
	struct task *task = task_current(L);
	struct op *op;

	if (!task)
		luaL_error(L, "cannot wait in a coroutine of one's own: "
			      "use task.spawn");
	if (!lua_isyieldable(L))
		luaL_error(L, "cannot wait here (inside require, table.sort, a "
			      "string.gsub callback or a finalizer)");
	if (task->cancelled && !task->shields)
		raise_cancelled(L, task);
	op = lua_newuserdatauv(L, size, 1);
	memset(op, 0, size);
	if (luaL_newmetatable(L, "tidemill.op")) {
		lua_pushcfunction(L, op_collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return op;
}

int task_await(lua_State *L, struct op *op, lua_KFunction next)
{
	struct task *task = task_current(L);
	int index = lua_gettop(L);

	while (index > 0 && lua_touserdata(L, index) != op)
		index--;
	op->waiter = task;
	op->done = on_done;
	task->waiting = op;
	return lua_yieldk(L, 0, index, next);
}

void *task_awaited_quietly(lua_State *L, lua_KContext context)
{
	lua_settop(L, (int)context);
	return lua_touserdata(L, (int)context);
}

void *task_awaited(lua_State *L, lua_KContext context)
{
	struct op *op = task_awaited_quietly(L, context);
	struct error *err = op->error;

	if (!err)
		return op;
	op->error = NULL;
	if (err->code == ERROR_CANCELLED &&
	    task_current(L)->reason != LUA_NOREF) {
		error_free(err);
		raise_cancelled(L, task_current(L));
		return NULL;
	}
	lerror_raise(L, err);
	return NULL;
}

/* coroutine.yield: a task's own function has nobody to yield to. */
static int l_yield(lua_State *L)
{
	if (task_current(L))
		return luaL_error(L, "cannot yield outside of a coroutine");
	return lua_yield(L, lua_gettop(L));
}

void task_install(lua_State *L, struct host *host)
{
	lua_pushlightuserdata(L, host);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &host_key);
	*slot(L) = NULL;
	lua_getglobal(L, "coroutine");
	lua_pushcfunction(L, l_yield);
	lua_setfield(L, -2, "yield");
	lua_pop(L, 1);
	uv_idle_init(host->loop, &host->idle);
	host->idle.data = host;
}
