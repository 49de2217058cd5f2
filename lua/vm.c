#include "lua/vm.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lua/embedded.h"
#include "lua/globals.h"
#include "lua/host.h"
#include "lua/limits.h"
#include "lua/modules.h"
#include "runtime/base/mem.h"

#define EXIT_FAILED 1
#define EXIT_BUG 70

struct vm {
	struct host host;
};

static int on_panic(lua_State *L)
{
	fprintf(stderr, "tidemill: error outside of a task: %s\n",
		luaL_tolstring(L, -1, NULL));
	return 0; /* Lua aborts */
}

/*
 * A library file: compiled and without line numbers, which take a sixth of the
 * time of a short command; or its text, for tracebacks, with TIDEMILL_DEBUG.
 */
static const struct embedded *find_chunk(lua_State *L, const char *name)
{
	const struct embedded *file = NULL;

	if (getenv("TIDEMILL_DEBUG")) {
		file = embedded_find(lua_pushfstring(L, "doc/%s", name));
		lua_pop(L, 1);
	}
	return file ? file : embedded_find(name);
}

void vm_load(lua_State *L, const char *name)
{
	const struct embedded *file = find_chunk(L, name);
	char *path = embedded_disk_path(name);
	int status;

	if (!path && !file) {
		luaL_error(L, "there is no embedded file '%s'", name);
		return;
	}
	if (path) {
		status = luaL_loadfilex(L, path, "t");
		mem_free(path);
	} else {
		lua_pushfstring(L, "@%s", name);
		status = luaL_loadbufferx(L, (const char *)file->bytes,
					  file->length, lua_tostring(L, -1),
					  "bt");
		lua_remove(L, -2);
	}
	if (status != LUA_OK)
		lua_error(L);
}

/* The searcher: module "a.b" is stdlib/a/b.lua or stdlib/a/b/init.lua. */
static int search(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *path = luaL_gsub(L, name, ".", "/");
	const char *file = lua_pushfstring(L, "stdlib/%s.lua", path);

	if (!embedded_has(file)) {
		file = lua_pushfstring(L, "stdlib/%s/init.lua", path);
		if (!embedded_has(file)) {
			lua_pushfstring(L, "no module '%s' in tidemill", name);
			return 1;
		}
	}
	vm_load(L, file);
	lua_pushstring(L, file);
	return 2;
}

static void set_up_modules(lua_State *L)
{
	lua_getglobal(L, "package");
	/* Ours has all of Lua's functions, which the global table keeps. */
	lua_getfield(L, -1, "loaded");
	lua_pushnil(L);
	lua_setfield(L, -2, "table");
	lua_pop(L, 1);
	lua_getfield(L, -1, "preload");
	luaL_setfuncs(L, modules, 0);
	lua_pop(L, 1);
	lua_createtable(L, 2, 0);
	lua_getfield(L, -2, "searchers");
	lua_rawgeti(L, -1, 1); /* package.preload */
	lua_rawseti(L, -3, 1);
	lua_pop(L, 1);
	lua_pushcfunction(L, search);
	lua_rawseti(L, -2, 2);
	lua_setfield(L, -2, "searchers");
	lua_pop(L, 1);
}

static int prepare(lua_State *L)
{
	luaL_openlibs(L);
	coroutine_install(L);
	task_install(L);
	limits_install(L);
	set_up_modules(L);
	globals_install(L);
	return 0;
}

struct vm *vm_open(uv_loop_t *loop)
{
	struct vm *vm = mem_alloc(sizeof(*vm));
	struct host *host = &vm->host;
	lua_State *L;

	host->loop = loop;
	host->limits.ceiling = LIMITS_MEMORY;
	host->limits.slice = LIMITS_SLICE;
	L = lua_newstate(limits_allocate, host);
	lua_atpanic(L, on_panic);
	host->state = L;
	lua_gc(L, LUA_GCSTOP); /* limits_collect starts it */
	lua_pushcfunction(L, prepare);
	lua_call(L, 0, 0);
	return vm;
}

void vm_close(struct vm *vm)
{
	vm->host.pool.ending = true;
	lua_close(vm->host.state);
	pool_release(&vm->host.pool);
	uv_close((uv_handle_t *)&vm->host.idle, NULL);
	if (vm->host.poked)
		signal_watch_stop(&vm->host.pokes, NULL);
	uv_run(vm->host.loop, UV_RUN_DEFAULT);
	mem_free(vm);
}

int vm_warm(struct vm *vm)
{
	lua_State *L = vm->host.state;

	lua_getglobal(L, "require");
	lua_pushliteral(L, "run.warm");
	if (lua_pcall(L, 1, 0, 0) == LUA_OK)
		return 0;
	fprintf(stderr, "tidemill: %s\n", luaL_tolstring(L, -1, NULL));
	return -1;
}

static int reseed(lua_State *L)
{
	lua_Integer seeds[2];

	if (getrandom(seeds, sizeof(seeds), 0) != sizeof(seeds))
		return luaL_error(L, "there are no random numbers");
	lua_getglobal(L, "math");
	lua_getfield(L, -1, "randomseed");
	lua_pushinteger(L, seeds[0]);
	lua_pushinteger(L, seeds[1]);
	lua_call(L, 2, 0);
	return 0;
}

void vm_reseed(struct vm *vm)
{
	lua_pushcfunction(vm->host.state, reseed);
	lua_call(vm->host.state, 0, 0);
}

static int ended(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	(void)context;
	lua_pushinteger(L, lua_tointeger(L, -1));
	return 1;
}

/* The main task's function: load the command line and call it. */
static int start(lua_State *L)
{
	lua_getglobal(L, "require");
	lua_pushliteral(L, "cli");
	lua_call(L, 1, 1);
	lua_insert(L, 1);
	lua_callk(L, 1, 1, 0, ended);
	return ended(L, LUA_OK, 0);
}

/*
 * Print the error at the stack's top that nobody caught. A limit that a recipe
 * passed is the recipe's fault; everything else is a bug.
 */
static int report(lua_State *L)
{
	int code = EXIT_BUG;

	if (lua_istable(L, -1)) {
		lua_getfield(L, -1, "code");
		if (lua_type(L, -1) == LUA_TSTRING &&
		    strcmp(lua_tostring(L, -1), "limit") == 0)
			code = EXIT_FAILED;
		lua_pop(L, 1);
	}
	fprintf(stderr, "tidemill: %s\n", luaL_tolstring(L, -1, NULL));
	lua_pop(L, 1);
	if (getenv("TIDEMILL_DEBUG") && lua_istable(L, -1) &&
	    lua_getfield(L, -1, "traceback") == LUA_TSTRING)
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
	return code;
}

static int result(lua_State *L)
{
	return task_push_results(L, lua_touserdata(L, 1), true);
}

int vm_run(struct vm *vm, int count, char **words)
{
	lua_State *L = vm->host.state;
	struct task *task;

	uv_idle_init(vm->host.loop, &vm->host.idle);
	vm->host.idle.data = &vm->host;
	lua_pushcfunction(L, result);
	lua_pushcfunction(L, start);
	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, words[i]);
		lua_rawseti(L, -2, i + 1);
	}
	task = task_new(L, 2);
	while (!task->done) {
		if (uv_run(vm->host.loop, UV_RUN_ONCE) == 0 && !task->done) {
			fputs("tidemill: all tasks wait for something that "
			      "cannot happen any more\n",
			      stderr);
			return EXIT_BUG;
		}
	}
	if (lua_pcall(L, 1, 1, 0) != LUA_OK)
		return report(L);
	return (int)lua_tointeger(L, -1);
}
