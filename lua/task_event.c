/* Events: a value that is set by one task and waited for by others. */
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include "lua/host.h"

#define EVENT "tidemill.event"

struct event;

struct event_wait {
	struct op op;
	struct ready ready;
	struct host *host;
	struct event *event; /* NULL: it has left the list */
	struct event_wait *next;
	struct event_wait *previous;
};

/* The value is the userdata's user value. Who waits keeps it alive. */
struct event {
	struct event_wait *first;
	struct event_wait *last;
	bool set;
};

static void leave(struct event_wait *wait)
{
	struct event *event = wait->event;

	if (wait->previous)
		wait->previous->next = wait->next;
	else
		event->first = wait->next;
	if (wait->next)
		wait->next->previous = wait->previous;
	else
		event->last = wait->previous;
	wait->event = NULL;
	wait->op.passive = false;
	host_ready(wait->host, &wait->ready);
}

static void on_ready(struct ready *ready)
{
	struct event_wait *wait =
		(struct event_wait *)((char *)ready -
				      offsetof(struct event_wait, ready));

	wait->op.done(&wait->op);
}

static void cancel(struct op *op)
{
	struct event_wait *wait = (struct event_wait *)op;

	if (!wait->event)
		return; /* too late: it has been set */
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

	wait->op.cancel = cancel;
	wait->op.passive = true;
	wait->ready.call = on_ready;
	wait->host = host_of(L);
	wait->event = event;
	wait->previous = event->last;
	if (event->last)
		event->last->next = wait;
	else
		event->first = wait;
	event->last = wait;
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
	while (event->first)
		leave(event->first);
	return 0;
}

static int l_clear(lua_State *L)
{
	struct event *event = luaL_checkudata(L, 1, EVENT);

	event->set = false;
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
