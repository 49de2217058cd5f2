/* Binding: the module task. What waits for tasks is in task_join.c. */
#include <lauxlib.h>
#include <signal.h>

#include "lua/host.h"
#include "lua/modules.h"
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

/* Is nothing under way in `task` and below it? */
static bool is_quiet(const struct task *task)
{
	if (task->ready.queued)
		return false;
	if (task->waiting ? !task->waiting->passive : !task->settling)
		return task->done;
	for (task = task->children; task; task = task->next)
		if (!is_quiet(task))
			return false;
	return true;
}

static int l_quiet(lua_State *L)
{
	lua_pushboolean(L, is_quiet(task_check(L, 1)));
	return 1;
}

static int l_observe(lua_State *L)
{
	task_check(L, 1)->observed = true;
	lua_settop(L, 1);
	return 1;
}

static int l_preemptible(lua_State *L)
{
	task_check(L, 1)->preemptible = true;
	lua_settop(L, 1);
	return 1;
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
	task_push(L, task);
	return 1;
}

/* Push the table of `task`, made when it is first asked for. */
static void push_context(lua_State *L, struct task *task)
{
	luaL_checkstack(L, 6, "tasks are nested too deeply");
	task_push(L, task);
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

static void on_poke(void *context, int number)
{
	(void)context;
	(void)number;
}

/*
 * Whoever waits for SIGUSR1 does so again and again; one that comes in between
 * must not end the process, as it does where nobody has a handler.
 */
static void survive_pokes(struct host *host, int number)
{
	if (number != SIGUSR1 || host->poked)
		return;
	host->poked = true;
	host->pokes.callback = on_poke;
	signal_watch_start(&host->pokes, host->loop, &number, 1);
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
		survive_pokes(host_of(L), numbers[i]);
		lua_pop(L, 1);
	}
	wait = task_op(L, sizeof(*wait));
	signal_wait_start(wait, task_loop(L), numbers, count);
	wait->op.passive = true;
	return task_await(L, &wait->op, signalled);
}

/* Set *value to the field `name` of the table at 1, if it is there. */
static void read_limit(lua_State *L, const char *name, lua_Integer *value)
{
	if (lua_getfield(L, 1, name) != LUA_TNIL)
		*value = luaL_checkinteger(L, -1);
	lua_pop(L, 1);
	if (*value <= 0)
		luaL_error(L, "limit '%s' must be above 0", name);
}

static int l_limits(lua_State *L)
{
	struct limits *limits = &host_of(L)->limits;
	lua_Integer memory = (lua_Integer)limits->ceiling;
	lua_Integer slice = limits->slice;

	lua_createtable(L, 0, 2);
	lua_pushinteger(L, memory);
	lua_setfield(L, -2, "memory");
	lua_pushinteger(L, slice);
	lua_setfield(L, -2, "slice");
	if (lua_istable(L, 1)) {
		read_limit(L, "memory", &memory);
		read_limit(L, "slice", &slice);
		limits->ceiling = (size_t)memory;
		limits->slice = slice;
	}
	return 1;
}

static void make_class(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"await", join_await},  {"cancel", l_cancel},
		{"done", l_done},       {"failed", l_failed},
		{"observe", l_observe}, {"preemptible", l_preemptible},
		{"quiet", l_quiet},     {NULL, NULL},
	};

	luaL_newmetatable(L, "tidemill.task");
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

int luaopen_task(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"all", join_all},
		{"any", join_any},
		{"cancelled", l_cancelled},
		{"context", l_context},
		{"current", l_current},
		{"event", event_new},
		{"join", join_first},
		{"limits", l_limits},
		{"shield", join_shield},
		{"signal", l_signal},
		{"spawn", l_spawn},
		{"timeout", join_timeout},
		{NULL, NULL},
	};

	make_class(L);
	luaL_newlib(L, functions);
	return 1;
}
