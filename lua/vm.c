#include "lua/vm.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/embedded.h"
#include "lua/host.h"
#include "lua/modules.h"
#include "runtime/base/mem.h"

#define MEMORY_MAX ((size_t)512 << 20)
#define SLICE_MS 10000
#define EXIT_BUG 70

struct vm {
	struct host host;
};

/* Refuses to pass the ceiling: Lua collects garbage, then raises. */
static void *allocate(void *context, void *block, size_t old, size_t size)
{
	struct host *host = context;

	if (!block)
		old = 0; /* then it is the kind of object */
	if (size == 0) {
		host->used -= old;
		mem_free(block);
		return NULL;
	}
	if (size > old && size - old > host->ceiling - host->used) {
		/* Lua tries again after a collection: twice means it is so. */
		host->over = host->over || host->refused;
		host->refused = true;
		return NULL;
	}
	if (size > old)
		host->refused = false;
	host->used += size - old;
	return mem_grow(block, size);
}

static int on_panic(lua_State *L)
{
	fprintf(stderr, "tidemill: error outside of a task: %s\n",
		luaL_tolstring(L, -1, NULL));
	return 0; /* Lua aborts */
}

void vm_limit(lua_State *L, size_t memory, long slice)
{
	struct host *host = host_of(L);

	host->ceiling = memory > host->used ? memory : host->used;
	host->slice = slice;
}

void vm_load(lua_State *L, const char *name)
{
	const struct embedded *file = embedded_find(name);
	const char *base = getenv("TIDEMILL_STDLIB");
	int status;

	if (base && *base && strncmp(name, "stdlib/", 7) == 0) {
		char *path = mem_printf("%s/%s", base, name + 7);

		status = luaL_loadfilex(L, path, "t");
		mem_free(path);
	} else if (file) {
		lua_pushfstring(L, "@%s", name);
		status = luaL_loadbufferx(L, (const char *)file->bytes,
					  file->length, lua_tostring(L, -1),
					  "bt");
		lua_remove(L, -2);
	} else {
		luaL_error(L, "there is no embedded file '%s'", name);
		return;
	}
	if (status != LUA_OK)
		lua_error(L);
}

static int exists(const char *name)
{
	const char *base = getenv("TIDEMILL_STDLIB");
	char *path;
	FILE *file;

	if (!base || !*base)
		return embedded_find(name) != NULL;
	path = mem_printf("%s/%s", base, name + 7);
	file = fopen(path, "r");
	mem_free(path);
	if (file)
		fclose(file);
	return file != NULL;
}

/* The searcher: module "a.b" is stdlib/a/b.lua or stdlib/a/b/init.lua. */
static int search(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *path = luaL_gsub(L, name, ".", "/");
	const char *file = lua_pushfstring(L, "stdlib/%s.lua", path);

	if (!exists(file)) {
		file = lua_pushfstring(L, "stdlib/%s/init.lua", path);
		if (!exists(file)) {
			lua_pushfstring(L, "no module '%s' in tidemill", name);
			return 1;
		}
	}
	vm_load(L, file);
	lua_pushstring(L, file);
	return 2;
}

static int undeclared(lua_State *L)
{
	const char *verb = lua_gettop(L) == 3 ? "assign to" : "read";

	return luaL_error(L, "cannot %s undeclared global '%s'", verb,
			  luaL_tolstring(L, 2, NULL));
}

static void make_strict(lua_State *L)
{
	lua_pushglobaltable(L);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, undeclared);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, undeclared);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}

static void set_up_modules(lua_State *L)
{
	lua_getglobal(L, "package");
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
	task_install(L, lua_touserdata(L, 1));
	set_up_modules(L);
	make_strict(L);
	return 0;
}

struct vm *vm_open(uv_loop_t *loop)
{
	struct vm *vm = mem_alloc(sizeof(*vm));
	lua_State *L;

	vm->host.loop = loop;
	vm->host.ceiling = MEMORY_MAX;
	vm->host.slice = SLICE_MS;
	L = lua_newstate(allocate, &vm->host);
	lua_atpanic(L, on_panic);
	vm->host.state = L;
	lua_gc(L, LUA_GCSTOP);
	lua_pushcfunction(L, prepare);
	lua_pushlightuserdata(L, &vm->host);
	lua_call(L, 1, 0);
	lua_gc(L, LUA_GCRESTART);
	lua_gc(L, LUA_GCGEN, 0, 0);
	return vm;
}

void vm_close(struct vm *vm)
{
	lua_close(vm->host.state);
	if (!uv_is_closing((uv_handle_t *)&vm->host.idle))
		uv_close((uv_handle_t *)&vm->host.idle, NULL);
	uv_run(vm->host.loop, UV_RUN_DEFAULT);
	mem_free(vm);
}

/* The main task's function: load and call the command line. */
static int start(lua_State *L)
{
	lua_getglobal(L, "require");
	lua_pushliteral(L, "cli");
	lua_call(L, 1, 1);
	return 1;
}

static int report(lua_State *L)
{
	fprintf(stderr, "tidemill: %s\n", luaL_tolstring(L, -1, NULL));
	lua_pop(L, 1);
	if (lua_istable(L, -1) && getenv("TIDEMILL_DEBUG") &&
	    lua_getfield(L, -1, "traceback") == LUA_TSTRING)
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
	return EXIT_BUG;
}

int vm_run(struct vm *vm, int count, char **words)
{
	lua_State *L = vm->host.state;
	struct task *task;
	int code;

	lua_pushcfunction(L, start);
	if (lua_pcall(L, 0, 1, 0) != LUA_OK)
		return report(L);
	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, words[i]);
		lua_rawseti(L, -2, i + 1);
	}
	task = task_new(L, 2); /* its userdata stays on the stack */
	while (!task->done)
		uv_run(vm->host.loop, UV_RUN_ONCE);
	lua_settop(L, 0);
	if (task->failed) {
		lua_xmove(task->thread, L, 1);
		return report(L);
	}
	code = (int)lua_tointeger(task->thread, 2);
	return code;
}
