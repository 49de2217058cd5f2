/* Waiting for tasks to end, and for events that a script sets. */
#include "lua/task_join.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/host.h"

struct join {
	struct op op;
	struct ready ready;
	struct host *host;
	struct join_link *links;
	int count, pending;
	int decided; /* index of the task that ended it, from 1; 0: all well */
	bool any;
};

static void unlink_all(struct join *join)
{
	for (int i = 0; i < join->count; i++) {
		struct join_link *link = &join->links[i];
		struct join_link **at;

		if (!link->task)
			continue;
		at = &link->task->joins;
		while (*at && *at != link)
			at = &(*at)->next;
		if (*at)
			*at = link->next;
		link->task = NULL;
	}
}

static void complete(struct join *join)
{
	unlink_all(join);
	host_ready(join->host, &join->ready);
}

static void on_ready(struct ready *ready)
{
	struct join *join =
		(struct join *)((char *)ready - offsetof(struct join, ready));

	join->op.done(&join->op);
}

static void cancel(struct op *op)
{
	struct join *join = (struct join *)op;

	if (join->ready.queued)
		return; /* too late: it is decided */
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	complete(join);
}

/* `index` has ended. Returns true when that decides the join. */
static bool ended(struct join *join, int index, const struct task *task)
{
	join->pending--;
	if (join->decided || join->ready.queued)
		return false;
	if (join->any || task->failed)
		join->decided = index;
	return join->decided || join->pending == 0;
}

void join_notify(struct task *task)
{
	while (task->joins) {
		struct join_link *link = task->joins;
		struct join *join = link->join;

		task->joins = link->next;
		link->task = NULL;
		if (ended(join, (int)(link - join->links) + 1, task))
			complete(join);
	}
}

static void start(lua_State *L, struct join *join, int list)
{
	bool decided = join->count == 0;

	join->op.cancel = cancel;
	join->ready.call = on_ready;
	join->host = host_of(L);
	join->pending = join->count;
	for (int i = 0; i < join->count && !decided; i++) {
		struct join_link *link = &join->links[i];
		struct task *task;

		lua_rawgeti(L, list, i + 1);
		task = lua_touserdata(L, -1); /* checked by the caller */
		lua_pop(L, 1);
		if (task->done) {
			decided = ended(join, i + 1, task);
			continue;
		}
		link->join = join;
		link->task = task;
		link->next = task->joins;
		task->joins = link;
	}
	if (decided)
		complete(join);
}

static int joined(lua_State *L, int status, lua_KContext context)
{
	struct join *join = task_awaited(L, context);

	(void)status;
	lua_pushinteger(L, join->decided);
	return 1;
}

int join_wait(lua_State *L, int list, bool any, lua_KFunction next)
{
	int count = (int)lua_rawlen(L, list);
	struct join *join;

	for (int i = 1; i <= count; i++) {
		lua_rawgeti(L, list, i);
		task_check(L, -1)->observed = true;
		lua_pop(L, 1);
	}
	join = task_op(L, sizeof(*join) +
				  (size_t)count * sizeof(struct join_link));
	join->links = (struct join_link *)(join + 1);
	join->count = count;
	join->any = any;
	start(L, join, list);
	return task_await(L, &join->op, next ? next : joined);
}

/* Events. */

#define EVENT "tidemill.event"

struct event_wait {
	struct op op;
	struct ready ready;
	struct host *host;
	struct event *event;
	struct event_wait *next, *previous;
};

struct event {
	struct event_wait *waiters;
	bool set;
};

static void leave(struct event_wait *wait)
{
	if (!wait->event)
		return;
	if (wait->previous)
		wait->previous->next = wait->next;
	else
		wait->event->waiters = wait->next;
	if (wait->next)
		wait->next->previous = wait->previous;
	wait->event = NULL;
	host_ready(wait->host, &wait->ready);
}

static void on_event(struct ready *ready)
{
	struct event_wait *wait =
		(struct event_wait *)((char *)ready -
				      offsetof(struct event_wait, ready));

	wait->op.done(&wait->op);
}

static void cancel_wait(struct op *op)
{
	struct event_wait *wait = (struct event_wait *)op;

	if (!wait->event)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	leave(wait);
}

static int waited(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	lua_getiuservalue(L, 1, 1);
	return 1;
}

static int l_wait(lua_State *L)
{
	struct event *event = luaL_checkudata(L, 1, EVENT);
	struct event_wait *wait = task_op(L, sizeof(*wait));

	wait->op.cancel = cancel_wait;
	wait->ready.call = on_event;
	wait->host = host_of(L);
	wait->event = event;
	wait->next = event->waiters;
	if (wait->next)
		wait->next->previous = wait;
	event->waiters = wait;
	if (event->set)
		leave(wait);
	return task_await(L, &wait->op, waited);
}

static int l_set(lua_State *L)
{
	struct event *event = luaL_checkudata(L, 1, EVENT);

	lua_settop(L, 2);
	lua_setiuservalue(L, 1, 1);
	event->set = true;
	while (event->waiters) /* the longest waiting first */
	{
		struct event_wait *wait = event->waiters;

		while (wait->next)
			wait = wait->next;
		leave(wait);
	}
	return 0;
}

static int l_clear(lua_State *L)
{
	struct event *event = luaL_checkudata(L, 1, EVENT);

	event->set = false;
	lua_settop(L, 1);
	lua_pushnil(L);
	lua_setiuservalue(L, 1, 1);
	return 0;
}

static int l_is_set(lua_State *L)
{
	struct event *event = luaL_checkudata(L, 1, EVENT);

	lua_pushboolean(L, event->set);
	return 1;
}

int event_new(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"wait", l_wait},     {"set", l_set}, {"clear", l_clear},
		{"is_set", l_is_set}, {NULL, NULL},
	};
	struct event *event = lua_newuserdatauv(L, sizeof(*event), 1);

	memset(event, 0, sizeof(*event));
	if (luaL_newmetatable(L, EVENT)) {
		luaL_newlib(L, methods);
		lua_setfield(L, -2, "__index");
	}
	lua_setmetatable(L, -2);
	return 1;
}
