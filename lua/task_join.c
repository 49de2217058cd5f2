/* Waiting for tasks to end: await, all, any, timeout, shield. */
#include <lauxlib.h>
#include <stddef.h>

#include "lua/duration.h"
#include "lua/host.h"
#include "lua/lerror.h"
#include "runtime/loop/timer.h"

enum join_kind {
	JOIN_ONE,   /* await: looks on */
	JOIN_FIRST, /* join: looks on */
	JOIN_ALL,
	JOIN_ANY,
	JOIN_TIMEOUT,
	JOIN_SHIELD,
};

/* The request, and one link a task behind it. */
struct join {
	struct op op;
	struct ready ready;
	struct host *host;
	enum join_kind kind;
	bool started;         /* all tasks have been added */
	bool stopped;         /* cancelled: it only waits for the ends */
	unsigned count;       /* links */
	unsigned pending;     /* tasks that are not done, and the timer */
	struct task *decided; /* the first to end, or (all) to fail */
	struct timer timer;   /* of JOIN_TIMEOUT */
	bool ticking;
	bool late; /* the timer fired first */
	struct join_link links[];
};

/* Where things are on the stack: arguments, then what a join needs. */
enum { SLOT_LIST = 1, SLOT_HANDLES = 2 };

static void on_ready(struct ready *ready)
{
	struct join *join =
		(struct join *)((char *)ready - offsetof(struct join, ready));

	join->op.done(&join->op);
}

static void cancel_all(struct join *join)
{
	for (unsigned i = 0; i < join->count; i++)
		if (join->links[i].task)
			task_cancel(join->links[i].task);
}

static void leave(struct join_link *link)
{
	struct join_link **at = &link->task->joins;

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	link->task = NULL;
}

/* Nothing is left to wait for. */
static void complete(struct join *join)
{
	join->op.passive = false;
	host_ready(join->host, &join->ready);
}

/* Wait no more. */
static void leave_all(struct join *join)
{
	for (unsigned i = 0; i < join->count; i++)
		if (join->links[i].task)
			leave(&join->links[i]);
	join->pending = 0;
	complete(join);
}

/* Who only looks on goes away; who began several waits for their end. */
static void cancel(struct op *op)
{
	struct join *join = (struct join *)op;

	if (join->stopped || join->kind == JOIN_SHIELD || join->decided ||
	    join->pending == 0)
		return;
	join->stopped = true;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	if (join->kind == JOIN_ONE || join->kind == JOIN_FIRST) {
		leave_all(join);
	} else {
		cancel_all(join);
	}
}

static void on_timer(struct op *op)
{
	struct join *join =
		(struct join *)((char *)op - offsetof(struct join, timer));

	join->ticking = false;
	join->late = !op->error; /* else it was stopped */
	error_free(op->error);
	op->error = NULL;
	if (--join->pending == 0)
		join->op.done(&join->op);
	else
		cancel_all(join);
}

/* Does the end of `task` decide what becomes of the others? */
static bool decides(struct join *join, struct task *task)
{
	if (join->decided)
		return false;
	if (join->stopped) /* clean-up that fails must not go unseen */
		return task->failed && !task_merely_cancelled(task);
	return join->kind == JOIN_ANY || join->kind == JOIN_FIRST ||
	       (join->kind == JOIN_ALL && task->failed);
}

static void ended(struct join *join, struct task *task)
{
	join->pending--;
	if (decides(join, task)) {
		join->decided = task;
		error_free(join->op.error);
		join->op.error = NULL;
		if (join->kind != JOIN_FIRST)
			cancel_all(join);
		else if (join->started)
			leave_all(join);
	}
	if (join->ticking)
		join->timer.op.cancel(&join->timer.op);
	if (join->started && join->pending == 0)
		complete(join);
}

void join_notify(struct task *task)
{
	while (task->joins) {
		struct join_link *link = task->joins;

		task->joins = link->next;
		link->task = NULL;
		ended(link->join, task);
	}
}

/* The op for `count` tasks; links are added by `add`. */
static struct join *join_new(lua_State *L, enum join_kind kind, unsigned count)
{
	size_t size = sizeof(struct join) + count * sizeof(struct join_link);
	struct join *join = kind == JOIN_SHIELD ? task_op_shielded(L, size)
						: task_op(L, size);

	join->op.cancel = cancel;
	join->ready.call = on_ready;
	join->host = host_of(L);
	join->kind = kind;
	return join;
}

static void add(struct join *join, struct task *task)
{
	struct join_link *link = &join->links[join->count++];

	join->pending++;
	link->join = join;
	if (task->done) {
		ended(join, task);
		return;
	}
	link->task = task;
	link->next = task->joins;
	task->joins = link;
	if (join->kind == JOIN_FIRST)
		task->observed = true;
	else if (join->decided)
		task_cancel(task);
}

static int await(lua_State *L, struct join *join, lua_KFunction next)
{
	join->started = true;
	join->op.passive = !join->ticking;
	if (join->kind == JOIN_FIRST && join->decided)
		leave_all(join);
	if (join->pending == 0)
		complete(join);
	return task_await(L, &join->op, next);
}

/* One. */

static int awaited(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return task_push_results(L, task_check(L, 1), false);
}

int join_await(lua_State *L)
{
	struct task *task = task_check(L, 1);
	struct join *join;

	if (task == task_current(L))
		return luaL_error(L, "a task cannot wait for itself");
	lua_settop(L, 1);
	if (task->done)
		return task_push_results(L, task, false);
	join = join_new(L, JOIN_ONE, 1);
	add(join, task);
	return await(L, join, awaited);
}

/* Several. */

/* Make SLOT_HANDLES: the tasks by the keys of the list. Returns how many. */
static unsigned gather(lua_State *L)
{
	unsigned count = 0;

	luaL_checktype(L, SLOT_LIST, LUA_TTABLE);
	lua_settop(L, SLOT_LIST);
	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, SLOT_LIST)) {
		if (!lua_isfunction(L, -1) && !task_test(L, -1))
			luaL_error(L,
				   "the list has a %s in it: only tasks "
				   "and functions can be waited for",
				   luaL_typename(L, -1));
		if (task_test(L, -1) == task_current(L))
			luaL_error(L, "a task cannot wait for itself");
		lua_pop(L, 1);
		count++;
	}
	return count;
}

static void add_handles(lua_State *L, struct join *join)
{
	lua_pushnil(L);
	while (lua_next(L, SLOT_LIST)) {
		struct task *task = task_test(L, -1);

		if (!task)
			task = task_new(L, 1);
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, SLOT_HANDLES);
		add(join, task);
	}
}

static int wait_for(lua_State *L, enum join_kind kind, lua_KFunction next)
{
	unsigned count = gather(L);
	struct join *join = join_new(L, kind, count);

	luaL_argcheck(L, count > 0 || kind == JOIN_ALL, SLOT_LIST,
		      "has no task in it");
	add_handles(L, join);
	return await(L, join, next);
}

/* Push the key in SLOT_HANDLES of `task`, and its handle. */
static void find_key(lua_State *L, const struct task *task)
{
	lua_pushnil(L);
	while (lua_next(L, SLOT_HANDLES)) {
		if (lua_touserdata(L, -1) == task)
			return;
		lua_pop(L, 1);
	}
}

static int all_ended(lua_State *L, int status, lua_KContext context)
{
	struct join *join = task_awaited(L, context);

	(void)status;
	if (join->decided)
		return task_push_results(L, join->decided, true);
	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, SLOT_HANDLES)) {
		struct task *task = task_check(L, -1);

		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		task_push_results(L, task, true);
		lua_rawset(L, -4);
	}
	return 1;
}

int join_all(lua_State *L)
{
	return wait_for(L, JOIN_ALL, all_ended);
}

static int one_ended(lua_State *L, int status, lua_KContext context)
{
	struct join *join = task_awaited(L, context);

	(void)status;
	find_key(L, join->decided);
	lua_pop(L, 1);
	return 1 + task_push_results(L, join->decided, false);
}

int join_any(lua_State *L)
{
	return wait_for(L, JOIN_ANY, one_ended);
}

static int first_ended(lua_State *L, int status, lua_KContext context)
{
	struct join *join = task_awaited(L, context);

	(void)status;
	find_key(L, join->decided);
	lua_pop(L, 1);
	return 1;
}

int join_first(lua_State *L)
{
	return wait_for(L, JOIN_FIRST, first_ended);
}

/* One that was begun here: its handle is where the function was, at 1. */

static int shielded(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return task_push_results(L, task_check(L, 1), false);
}

int join_shield(lua_State *L)
{
	struct join *join;
	struct task *task;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	join = join_new(L, JOIN_SHIELD, 1);
	lua_insert(L, 1); /* the request, below function and arguments */
	task = task_new(L, lua_gettop(L) - 1);
	lua_insert(L, 1);
	task_shield(task);
	add(join, task);
	return await(L, join, shielded);
}

static int timed(lua_State *L, int status, lua_KContext context)
{
	struct join *join = task_awaited(L, context);
	struct task *task = task_check(L, 1);
	struct error *err = NULL;

	(void)status;
	if (!join->late || !task_merely_cancelled(task))
		return task_push_results(L, task, false);
	error_set(&err, ERROR_TIMEOUT, "not done after %s", lua_tostring(L, 2));
	return lerror_raise(L, err);
}

int join_timeout(lua_State *L)
{
	int64_t delay = duration_check(L, 1);
	struct join *join;
	struct task *task;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	join = join_new(L, JOIN_TIMEOUT, 1);
	lua_insert(L, 2);
	task = task_new(L, lua_gettop(L) - 2);
	lua_insert(L, 1);
	if (lua_type(L, 2) == LUA_TNUMBER) {
		lua_pushfstring(L, "%I ms", (LUAI_UACINT)delay);
		lua_replace(L, 2);
	}
	add(join, task);
	join->timer.op.done = on_timer;
	join->ticking = true;
	join->pending++;
	timer_start(&join->timer, join->host->loop, (uint64_t)delay);
	return await(L, join, timed);
}
