/* Binding: the module `task`. What waits for several is in stdlib/host/. */
#include <lauxlib.h>

#include "lua/embedded.h"
#include "lua/host.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task_join.h"
#include "lua/vm.h"
#include "runtime/loop/signal.h"

static int l_spawn(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	if (!task_current(L))
		return luaL_error(L, "cannot spawn in a coroutine of one's "
				     "own: a task needs a parent");
	task_new(L, lua_gettop(L));
	return 1;
}

static int awaited(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return task_push_results(L, task_check(L, 1));
}

static int l_await(lua_State *L)
{
	struct task *task = task_check(L, 1);

	if (task == task_current(L))
		return luaL_error(L, "a task cannot wait for itself");
	lua_settop(L, 1);
	if (task->done) {
		task->observed = true;
		return task_push_results(L, task);
	}
	lua_createtable(L, 1, 0);
	lua_pushvalue(L, 1);
	lua_rawseti(L, 2, 1);
	return join_wait(L, 2, true, awaited);
}

static int l_cancel(lua_State *L)
{
	task_cancel(task_check(L, 1));
	return 0;
}

static int l_done(lua_State *L)
{
	lua_pushboolean(L, task_check(L, 1)->done);
	return 1;
}

static int l_failed(lua_State *L)
{
	struct task *task = task_check(L, 1);

	lua_pushboolean(L, task->done && task->failed);
	return 1;
}

static int l_observe(lua_State *L)
{
	task_check(L, 1)->observed = true;
	lua_settop(L, 1);
	return 1;
}

static int l_join(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	return join_wait(L, 1, lua_toboolean(L, 2), NULL);
}

static int l_cancelled(lua_State *L)
{
	struct task *task = task_current(L);

	lua_pushboolean(L, task && task->cancelled);
	return 1;
}

static int l_current(lua_State *L)
{
	struct task *task = task_current(L);

	if (!task)
		return 0;
	lua_rawgetp(L, LUA_REGISTRYINDEX, task);
	return 1;
}

/* Push the table of `task`, made when it is first asked for. */
static void push_context(lua_State *L, struct task *task)
{
	luaL_checkstack(L, 6, "tasks are nested too deeply");
	lua_rawgetp(L, LUA_REGISTRYINDEX, task);
	if (lua_getiuservalue(L, -1, 2) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		if (task->parent) {
			lua_createtable(L, 0, 1);
			push_context(L, task->parent);
			lua_setfield(L, -2, "__index");
			lua_setmetatable(L, -2);
		}
		lua_pushvalue(L, -1);
		lua_setiuservalue(L, -3, 2);
	}
	lua_remove(L, -2);
}

static int l_context(lua_State *L)
{
	struct task *task = task_current(L);

	if (!task)
		return luaL_error(L, "only a task has a context");
	push_context(L, task);
	return 1;
}

/* task.protect(true) … task.protect(false): the halves of task.shield. */
static int l_protect(lua_State *L)
{
	struct task *task = task_current(L);

	if (!task)
		return luaL_error(L, "only a task can be shielded");
	if (lua_toboolean(L, 1)) {
		task->shields++;
	} else if (task->shields > 0) {
		task->shields--;
		if (task->cancelled && !task->shields)
			task_cancel(task); /* now it reaches the children */
	}
	return 0;
}

static int signalled(lua_State *L, int status, lua_KContext context)
{
	struct signal_wait *wait = task_awaited(L, context);

	(void)status;
	for (int i = 1;; i++) {
		if (lua_rawgeti(L, 1, i) == LUA_TNIL)
			return 1;
		if (signal_number(lua_tostring(L, -1)) == wait->number)
			return 1;
		lua_pop(L, 1);
	}
}

static int l_signal(lua_State *L)
{
	int numbers[SIGNAL_MAX];
	unsigned count = (unsigned)luaL_len(L, 1);
	struct signal_wait *wait;

	luaL_argcheck(L, count >= 1 && count <= SIGNAL_MAX, 1,
		      "must have 1 to 8 signals");
	for (unsigned i = 0; i < count; i++) {
		lua_rawgeti(L, 1, i + 1);
		numbers[i] = signal_number(luaL_checkstring(L, -1));
		if (numbers[i] == 0)
			return luaL_error(L, "there is no signal '%s'",
					  lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	wait = task_op(L, sizeof(*wait));
	signal_wait_start(wait, task_loop(L), numbers, count);
	return task_await(L, &wait->op, signalled);
}

static void make_class(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"await", l_await},   {"cancel", l_cancel},   {"done", l_done},
		{"failed", l_failed}, {"observe", l_observe}, {NULL, NULL},
	};

	luaL_newmetatable(L, "tidemill.task");
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

int luaopen_task(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"spawn", l_spawn},
		{"join", l_join},
		{"cancelled", l_cancelled},
		{"current", l_current},
		{"context", l_context},
		{"protect", l_protect},
		{"signal", l_signal},
		{"event", event_new},
		{NULL, NULL},
	};

	make_class(L);
	luaL_newlib(L, functions);
	vm_load(L, "stdlib/host/task.lua");
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
	return 1;
}
