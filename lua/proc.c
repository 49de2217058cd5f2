#include <lauxlib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/proc_options.h"
#include "lua/steplog.h"
#include "lua/task.h"
#include "runtime/loop/process.h"
#include "runtime/loop/signal.h"

#define GUARD "tidemill.guard"

struct running {
	struct proc proc;
	struct steplog *log; /* borrowed while in use; NULL: captured */
	bool captures_out;
	bool captures_err;
};

struct guard *proc_guard(lua_State *L)
{
	struct guard **guard;

	lua_getfield(L, LUA_REGISTRYINDEX, GUARD);
	guard = lua_touserdata(L, -1);
	lua_pop(L, 1);
	return guard ? *guard : NULL;
}

static void log_output(void *context, int stream, const char *bytes,
		       size_t length)
{
	steplog_write(context,
		      stream == STDERR_FILENO ? STEPLOG_STDERR : STEPLOG_STDOUT,
		      bytes, length);
}

/* "'make test' exited with 2", for people; pushes it. */
static void push_why(lua_State *L, const struct proc *proc)
{
	if (lua_getfield(L, 1, "shell") == LUA_TNIL) {
		lua_pop(L, 1);
		lua_geti(L, 1, 1);
	}
	if (proc->timed_out == PROC_TIMEOUT_TOTAL)
		lua_pushfstring(L, "'%s' ran out of time", lua_tostring(L, -1));
	else if (proc->timed_out)
		lua_pushfstring(L, "'%s' printed nothing for too long",
				lua_tostring(L, -1));
	else if (proc->signal)
		lua_pushfstring(L, "'%s' was ended by signal %s",
				lua_tostring(L, -1),
				sigabbrev_np(proc->signal));
	else
		lua_pushfstring(L, "'%s' exited with %d", lua_tostring(L, -1),
				proc->status);
	lua_remove(L, -2);
}

/* The result's table at the top becomes the error. */
static int raise_failure(lua_State *L, const struct proc *proc)
{
	lua_pushstring(L, proc->timed_out ? "timeout" : "exit");
	lua_setfield(L, -2, "code");
	push_why(L, proc);
	lua_setfield(L, -2, "message");
	lerror_adorn(L);
	return lua_error(L);
}

static int ran(lua_State *L, int status, lua_KContext context)
{
	struct running *running = task_awaited_quietly(L, context);
	struct proc *proc = &running->proc;

	(void)status;
	if (running->log) {
		running->log = NULL;
		steplog_use(L, 2, -1);
	}
	task_awaited(L, context);
	proc_result_push(L, proc);
	if (running->captures_out) {
		lua_pushlstring(L, proc->out.captured.data,
				proc->out.captured.length);
		lua_setfield(L, -2, "stdout");
	}
	if (running->captures_err) {
		lua_pushlstring(L, proc->err.captured.data,
				proc->err.captured.length);
		lua_setfield(L, -2, "stderr");
	}
	if (lua_getfield(L, 1, "check") == LUA_TBOOLEAN &&
	    !lua_toboolean(L, -1)) {
		lua_pop(L, 1);
		return 1;
	}
	lua_pop(L, 1);
	if (proc->status != 0 || proc->timed_out)
		return raise_failure(L, proc);
	return 1;
}

static int l_run(lua_State *L)
{
	struct proc_options options;
	struct steplog *log = NULL;
	struct running *running;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	if (lua_getfield(L, 1, "log") != LUA_TNIL)
		log = steplog_check(L, 2);
	proc_options_read(L, &options);
	if (options.input == PROC_INPUT_PIPE)
		options.input = PROC_INPUT_BYTES; /* the word, as text */
	running = task_op(L, sizeof(*running));
	running->captures_out = !log && options.out == PROC_OUTPUT_PIPE;
	running->captures_err =
		!log && options.err == PROC_OUTPUT_PIPE && !options.pty.rows;
	if (log) {
		running->log = log;
		steplog_use(L, 2, 1);
		options.on_output = log_output;
		options.context = log;
	}
	proc_start(&running->proc, task_loop(L), &options);
	lua_replace(L, 3); /* what the options needed may go */
	lua_settop(L, 3);
	return task_await(L, &running->proc.op, ran);
}

static int collect_guard(lua_State *L)
{
	struct guard **guard = lua_touserdata(L, 1);

	guard_end(*guard);
	*guard = NULL;
	return 0;
}

static int l_isolate(lua_State *L)
{
	struct guard_options options = {0};
	struct error *err = NULL;
	struct guard **guard;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_getfield(L, 1, "run");
	options.cookie = luaL_checkstring(L, -1);
	if (proc_guard(L))
		return luaL_error(L, "proc.isolate was called before");
	guard = lua_newuserdatauv(L, sizeof(struct guard *), 0);
	*guard = NULL;
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, collect_guard);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	*guard = guard_init(&options, &err);
	if (!*guard)
		return lerror_raise(L, err);
	lua_setfield(L, LUA_REGISTRYINDEX, GUARD);
	lua_pushstring(L, guard_kind(proc_guard(L)) == GUARD_NAMESPACE
				  ? "namespace"
				  : "groups");
	return 1;
}

static int l_release(lua_State *L)
{
	lua_settop(L, 0);
	if (lua_getfield(L, LUA_REGISTRYINDEX, GUARD) == LUA_TNIL)
		return 0;
	lua_pushnil(L);
	lua_setfield(L, LUA_REGISTRYINDEX, GUARD);
	return collect_guard(L);
}

static int l_sweep(lua_State *L)
{
	lua_pushinteger(L, guard_sweep(luaL_checkstring(L, 1)));
	return 1;
}

static int l_describe(lua_State *L)
{
	struct buf text;

	buf_init(&text, 65536);
	guard_describe(&text);
	lua_pushlstring(L, text.data, text.length);
	buf_release(&text);
	return 1;
}

static int l_alive(lua_State *L)
{
	pid_t pid = (pid_t)luaL_checkinteger(L, 1);

	lua_pushboolean(L,
			process_alive(pid, (uint64_t)luaL_checkinteger(L, 2)));
	return 1;
}

static int l_start_time(lua_State *L)
{
	uint64_t start =
		process_start_time((pid_t)luaL_optinteger(L, 1, getpid()));

	if (start)
		lua_pushinteger(L, (lua_Integer)start);
	else
		lua_pushnil(L);
	return 1;
}

static int l_signal(lua_State *L)
{
	pid_t pid = (pid_t)luaL_checkinteger(L, 1);
	uint64_t start = (uint64_t)luaL_checkinteger(L, 2);
	int number = signal_number(luaL_checkstring(L, 3));
	struct error *err = NULL;

	luaL_argcheck(L, number != 0, 3, "no such signal");
	if (process_signal(pid, start, number, &err) != 0)
		return lerror_raise(L, err);
	return 0;
}

static int l_pid(lua_State *L)
{
	lua_pushinteger(L, getpid());
	return 1;
}

static int waited_for(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static int l_wait_for(lua_State *L)
{
	pid_t pid = (pid_t)luaL_checkinteger(L, 1);
	uint64_t start = (uint64_t)luaL_checkinteger(L, 2);
	struct pidwatch *watch = task_op(L, sizeof(*watch));

	pidwatch_start(watch, task_loop(L), pid, start);
	return task_await(L, &watch->op, waited_for);
}

int luaopen_proc(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"run", l_run},           {"spawn", proc_spawn},
		{"isolate", l_isolate},   {"release", l_release},
		{"sweep", l_sweep},       {"describe", l_describe},
		{"alive", l_alive},       {"start_time", l_start_time},
		{"signal", l_signal},     {"pid", l_pid},
		{"wait_for", l_wait_for}, {NULL, NULL},
	};

	proc_handle_register(L);
	luaL_newlib(L, functions);
	return 1;
}
