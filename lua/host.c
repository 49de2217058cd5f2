#include "lua/host.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"

struct host *host_of(lua_State *L)
{
	void *host;

	lua_getallocf(L, &host); /* the allocator's context: see vm.c */
	return host;
}

static void on_idle(uv_idle_t *idle)
{
	struct host *host = idle->data;
	struct ready *ready = host->first;

	/* What becomes ready meanwhile has its turn after the loop's others. */
	host->first = NULL;
	host->last = NULL;
	while (ready) {
		struct ready *next = ready->next;

		ready->queued = false;
		ready->call(ready);
		ready = next;
	}
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
	uv_idle_start(&host->idle, on_idle);
}

int task_raise_cancelled(lua_State *L, struct task *task)
{
	struct error *err = NULL;

	if (task->reason != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, task->reason);
		return lua_error(L);
	}
	error_set(&err, ERROR_CANCELLED, "cancelled");
	return lerror_raise(L, err);
}

static bool has_code(lua_State *L, int index, const char *code)
{
	bool has;

	lua_pushliteral(L, "code");
	has = lua_rawget(L, index) == LUA_TSTRING &&
	      strcmp(lua_tostring(L, -1), code) == 0;
	lua_pop(L, 1);
	return has;
}

int task_on_error(lua_State *L)
{
	if (!lua_istable(L, 1)) {
		struct error *err = NULL;
		const char *text = luaL_tolstring(L, 1, NULL);

		error_set(&err, ERROR_SCRIPT, "%s", text);
		lerror_push(L, err);
		lua_replace(L, 1);
	} else if (!lua_getmetatable(L, 1)) {
		lerror_adorn(L);
	}
	lua_settop(L, 1);
	lua_pushliteral(L, "traceback");
	if (lua_rawget(L, 1) == LUA_TNIL && !has_code(L, 1, "cancelled")) {
		lua_pushliteral(L, "traceback");
		luaL_traceback(L, L, NULL, 1);
		lua_rawset(L, 1);
	}
	lua_settop(L, 1);
	return 1;
}

bool task_merely_cancelled(struct task *task)
{
	lua_State *L = task->thread;

	return task->cancelled && task->reason == LUA_NOREF &&
	       lua_istable(L, SLOT_ERROR) &&
	       has_code(L, SLOT_ERROR, "cancelled");
}
