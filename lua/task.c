#include "lua/task.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/host.h"
#include "lua/lerror.h"
#include "lua/limits.h"

#define HANDLE "tidemill.task"

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

/* A task's life. */

static void unlink_child(struct task *task)
{
	struct task *parent = task->parent;

	if (task->previous)
		task->previous->next = task->next;
	else if (parent)
		parent->children = task->next;
	if (task->next)
		task->next->previous = task->previous;
	task->parent = NULL;
	if (parent && parent->settling && !parent->children)
		host_ready(parent->host, &parent->ready);
}

/* The parent stops, and fails with the child's error unless it has its own. */
static void fail_parent(struct task *task)
{
	struct task *parent = task->parent;

	if (parent->reason == LUA_NOREF) {
		lua_pushvalue(task->thread, SLOT_ERROR);
		parent->reason = luaL_ref(task->thread, LUA_REGISTRYINDEX);
	}
	task_cancel(parent);
}

static void finish(struct task *task)
{
	lua_State *L = task->thread;

	task->done = true;
	task->failed = !lua_toboolean(L, SLOT_WELL);
	if (task->failed && task->parent && !task->observed && !task->joins &&
	    !task_merely_cancelled(task))
		fail_parent(task);
	unlink_child(task);
	luaL_unref(L, LUA_REGISTRYINDEX, task->reason);
	task->reason = LUA_NOREF;
	join_notify(task);
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, task);
}

static void resume(struct task *task, int arguments)
{
	struct host *host = task->host;
	lua_State *L = task->thread;
	int count;
	int status;

	host->running = task;
	limits_begin(task);
	limits_collect(host);
	status = lua_resume(L, NULL, arguments, &count);
	host->running = NULL;
	if (status == LUA_YIELD)
		return;
	if (status != LUA_OK) { /* raised outside of the protected call */
		lua_pushboolean(L, 0);
		lua_insert(L, -2);
		while (lua_gettop(L) > SLOT_ERROR)
			lua_remove(L, 1);
	}
	finish(task);
}

/* The function has ended; so must the children before the task is done. */
static int settle(lua_State *L, int status, lua_KContext context)
{
	struct task *task = task_current(L);

	(void)status;
	(void)context;
	task->settling = true;
	if (task->children)
		return lua_yieldk(L, 0, 0, settle);
	if (task->reason != LUA_NOREF && lua_toboolean(L, SLOT_WELL)) {
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

	limits_settle(task);
	lua_pushboolean(L, well);
	lua_replace(L, SLOT_WELL);
	for (struct task *child = task->children; child && !well;
	     child = child->next)
		task_cancel(child);
	return settle(L, status, context);
}

static int refuse(lua_State *L)
{
	return task_raise_cancelled(L, task_current(L));
}

/*
 * The function runs in a protected call, not bare: only then does an error
 * close its <close> variables, let them wait, and have a traceback.
 */
static int body(lua_State *L)
{
	int arguments = lua_gettop(L) - 1;
	int status;

	lua_pushcfunction(L, task_on_error);
	lua_insert(L, 1);
	if (task_current(L)->cancelled) {
		lua_settop(L, 1);
		lua_pushcfunction(L, refuse);
		status = lua_pcall(L, 0, 0, 1);
	} else {
		status = lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, body_ran);
	}
	return body_ran(L, status, 0);
}

static void on_ready(struct ready *ready)
{
	struct task *task = (struct task *)ready;
	bool begins = !task->settling && !task->preempted;

	task->preempted = false;
	resume(task, begins ? lua_gettop(task->thread) - 1 : 0);
}

void task_preempt(lua_State *L, struct task *task)
{
	task->preempted = true;
	host_ready(task->host, &task->ready);
	lua_yield(L, 0);
}

static void adopt(struct task *parent, struct task *task)
{
	task->parent = parent;
	task->next = parent->children;
	if (task->next)
		task->next->previous = task;
	parent->children = task;
	task->cancelled = parent->cancelled;
}

struct task *task_new(lua_State *L, int count)
{
	struct task *task = lua_newuserdatauv(L, sizeof(*task), 2);

	memset(task, 0, sizeof(*task));
	luaL_setmetatable(L, HANDLE);
	task->host = host_of(L);
	task->reason = LUA_NOREF;
	task->ready.call = on_ready;
	task->thread = lua_newthread(L);
	lua_setiuservalue(L, -2, 1);
	*slot(task->thread) = task;
	limits_watch(task->thread);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, task);
	lua_insert(L, -count - 1);
	luaL_checkstack(task->thread, count + 8, "too many arguments");
	lua_pushcfunction(task->thread, body);
	lua_xmove(L, task->thread, count);
	if (task_current(L))
		adopt(task_current(L), task);
	host_ready(task->host, &task->ready);
	return task;
}

void task_shield(struct task *task)
{
	task->shielded = true;
	task->cancelled = false;
}

void task_cancel(struct task *task)
{
	if (task->done)
		return;
	task->cancelled = true;
	for (struct task *child = task->children; child; child = child->next)
		if (!child->shielded)
			task_cancel(child);
	if (task->waiting)
		task->waiting->cancel(task->waiting);
}

struct task *task_test(lua_State *L, int index)
{
	return luaL_testudata(L, index, HANDLE);
}

struct task *task_check(lua_State *L, int index)
{
	return luaL_checkudata(L, index, HANDLE);
}

void task_push(lua_State *L, struct task *task)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, task);
}

int task_push_results(lua_State *L, struct task *task, bool first)
{
	lua_State *from = task->thread;
	int count = first ? 1 : lua_gettop(from) - 1;

	luaL_checkstack(L, count + 1, "too many results");
	lua_checkstack(from, 1);
	if (task->failed) {
		lua_pushvalue(from, SLOT_ERROR);
		lua_xmove(from, L, 1);
		return lua_error(L);
	}
	for (int i = 0; i < count; i++) {
		if (SLOT_RESULTS + i > lua_gettop(from))
			lua_pushnil(from);
		else
			lua_pushvalue(from, SLOT_RESULTS + i);
		lua_xmove(from, L, 1);
	}
	return count;
}

/* Waiting. */

static void on_done(struct op *op)
{
	struct task *task = op->waiter;

	task->waiting = NULL;
	task->slice_used = 0;
	resume(task, 0);
}

static int collect(lua_State *L)
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

void *task_op_shielded(lua_State *L, size_t size)
{
	struct op *op;

	if (!task_current(L))
		luaL_error(L, "cannot wait in a coroutine of one's own: use "
			      "task.spawn");
	if (!lua_isyieldable(L))
		luaL_error(L, "cannot wait here: inside require, table.sort, "
			      "a callback of string.gsub or a finalizer");
	op = lua_newuserdatauv(L, size, 1);
	memset(op, 0, size);
	if (luaL_newmetatable(L, "tidemill.op")) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return op;
}

void *task_op(lua_State *L, size_t size)
{
	struct task *task = task_current(L);

	if (task && task->cancelled)
		task_raise_cancelled(L, task);
	return task_op_shielded(L, size);
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
	struct task *task = task_current(L);
	struct error *err = op->error;

	if (!err)
		return op;
	op->error = NULL;
	if (err->code == ERROR_CANCELLED && task->reason != LUA_NOREF) {
		error_free(err);
		task_raise_cancelled(L, task);
	} else {
		lerror_raise(L, err);
	}
	return NULL; /* never reached: both raise */
}

void task_install(lua_State *L)
{
	*slot(L) = NULL;
	luaL_newmetatable(L, HANDLE); /* filled by module task */
	lua_pop(L, 1);
}
