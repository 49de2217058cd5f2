#include "lua/limits.h"

#include <lauxlib.h>
#include <stdio.h>
#include <time.h>

#include "lua/lerror.h"

#define INSTRUCTIONS 100000 /* between two looks */
#define HUGE_BYTES ((size_t)16 << 20)
#define GARBAGE_FREE ((size_t)4 << 20) /* bytes without a collector */

static void on_count(lua_State *L, lua_Debug *debug);

static bool refuses(struct host *host, size_t more)
{
	struct limits *limits = &host->limits;

	if (limits->used + more <= limits->ceiling)
		return false;
	if (more >= HUGE_BYTES || limits->used / 2 > limits->ceiling)
		return true;
	if (host->running && !limits->armed) {
		limits->armed = true;
		lua_sethook(host->running->thread, on_count, LUA_MASKCOUNT, 1);
	}
	return false;
}

void *limits_allocate(void *context, void *memory, size_t old, size_t size)
{
	struct host *host = context;
	size_t former = memory ? old : 0; /* else `old` is a type */

	if (size == 0) {
		if (former)
			pool_give(&host->pool, memory, former);
		host->limits.used -= former;
		return NULL;
	}
	if (size > former && refuses(host, size - former))
		return NULL;
	host->limits.used = host->limits.used - former + size;
	return former ? pool_resize(&host->pool, memory, former, size)
		      : pool_take(&host->pool, size);
}

/* CPU time, so that a suspended or busy machine takes nothing away. */
static int64_t cpu_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000 + 1;
}

static bool over_memory(lua_State *L, struct limits *limits)
{
	if (!limits->armed)
		return false;
	if (limits->used > limits->ceiling)
		lua_gc(L, LUA_GCCOLLECT);
	limits->armed = false;
	return limits->used > limits->ceiling - limits->ceiling / 16;
}

static int64_t slice_of(const struct task *task)
{
	return task->slice ? task->slice : task->host->limits.slice;
}

static bool over_slice(struct task *task)
{
	if (!task->slice_began)
		task->slice_began = cpu_time();
	return task->slice_used + cpu_time() - task->slice_began >
	       slice_of(task);
}

static void stop(lua_State *L, struct task *task, struct error *err)
{
	task->killed = true;
	snprintf(task->host->limits.passed, sizeof(task->host->limits.passed),
		 "%s", err->message);
	lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
	if (L != task->thread)
		lua_sethook(task->thread, on_count, LUA_MASKCOUNT, 1);
	lerror_raise(L, err);
}

static void on_count(lua_State *L, lua_Debug *debug)
{
	struct host *host = host_of(L);
	struct task *task = host->running;
	struct error *err = NULL;

	(void)debug;
	if (!task)
		return;
	if (task->killed) {
		error_set(&err, ERROR_LIMIT, "%s", host->limits.passed);
		stop(L, task, err);
	} else if (host->limits.armed && over_memory(L, &host->limits)) {
		error_set(&err, ERROR_LIMIT,
			  "the script needs more than %zu MiB of memory",
			  host->limits.ceiling >> 20);
		stop(L, task, err);
	} else if (over_slice(task)) {
		error_set(&err, ERROR_LIMIT,
			  "the script ran for %lld ms without waiting",
			  (long long)slice_of(task));
		stop(L, task, err);
	}
	limits_collect(host);
	lua_sethook(L, on_count, LUA_MASKCOUNT, INSTRUCTIONS);
	if (task->cancelled)
		task_raise_cancelled(L, task);
	if (!task->preemptible || L != task->thread || !lua_isyieldable(L))
		return;
	if (task->slice)
		task->slice_used += cpu_time() - task->slice_began;
	task_preempt(L, task);
}

void limits_begin(struct task *task)
{
	task->slice_began = task->slice ? cpu_time() : 0;
}

void limits_collect(struct host *host)
{
	if (host->limits.collects || host->limits.used < GARBAGE_FREE)
		return;
	host->limits.collects = true;
	lua_gc(host->state, LUA_GCRESTART);
}

void limits_watch(lua_State *thread)
{
	lua_sethook(thread, on_count, LUA_MASKCOUNT, INSTRUCTIONS);
}

void limits_settle(struct task *task)
{
	if (task->killed)
		limits_watch(task->thread);
	task->killed = false;
	task->slice_began = 0;
	task->slice_used = 0;
}

/* The script's message handler, unless a limit was passed: inside of the hook
 * that raised, nothing could stop it. */
static int handle(lua_State *L)
{
	struct task *task = host_of(L)->running;

	if (task && task->killed)
		return 1;
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* xpcall, as ever. The original is the upvalue. */
static int l_xpcall(lua_State *L)
{
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushvalue(L, 2);
	lua_pushcclosure(L, handle, 1);
	lua_replace(L, 2);
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void limits_install(lua_State *L)
{
	lua_getglobal(L, "xpcall");
	lua_pushcclosure(L, l_xpcall, 1);
	lua_setglobal(L, "xpcall");
}
