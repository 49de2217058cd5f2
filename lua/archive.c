/* Binding: the module archive. */
#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/archive/pack.h"
#include "runtime/base/mem.h"
#include "runtime/loop/work.h"
#include "runtime/text/glob.h"

/* Texts are packed to a tenth, repetitive logs to a hundredth. */
enum { RATIO_MAX = 500 };

#define METER "tidemill.archive.meter"

struct packing {
	struct work work;
	struct pack_options options; /* its strings are owned */
	struct pack_totals totals;
	struct pack_list list;
};

static void release(struct op *op)
{
	struct packing *packing = (struct packing *)op;
	struct pack_options *options = &packing->options;

	mem_free((char *)options->path);
	mem_free((char *)options->dir);
	for (size_t i = 0; i < options->glob_count; i++)
		mem_free((char *)options->globs[i]);
	mem_free((void *)options->globs);
	*options = (struct pack_options){0};
	pack_list_release(&packing->list);
}

static lua_Integer number(lua_State *L, int table, const char *name,
			  lua_Integer missing)
{
	lua_Integer value = missing;

	if (lua_getfield(L, table, name) != LUA_TNIL) {
		int exact;

		value = lua_tointegerx(L, -1, &exact);
		if (!exact || value < 0)
			luaL_error(L, "'%s' must be a whole number from 0",
				   name);
	}
	lua_pop(L, 1);
	return value;
}

/* Refuse keys that nobody reads: a typing error must not pass in silence. */
static void check_keys(lua_State *L, int table, const char *const *known)
{
	lua_pushnil(L);
	while (lua_next(L, table)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING
					  ? lua_tostring(L, -2)
					  : "?";
		size_t i = 0;

		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i])
			luaL_error(L, "unknown option '%s'", key);
		lua_pop(L, 1);
	}
}

/* The globs of the list at the top, which is popped. Raises for a bad one. */
static void read_globs(lua_State *L, struct pack_options *options)
{
	lua_Integer count = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
	const char **globs;
	struct error *err = NULL;

	if (!lua_isnil(L, -1) && !lua_istable(L, -1))
		luaL_error(L, "'files' must be a list of globs");
	globs = mem_array((size_t)count + 1, sizeof(*globs));
	options->globs = globs;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, -1, i);
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "'files' must be a list of globs");
		globs[options->glob_count++] = mem_copy(lua_tostring(L, -1));
		if (glob_check(lua_tostring(L, -1), &err) != 0)
			lerror_raise(L, err);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/*
 * The meter of the table at `table`, or NULL. The table stays on the stack of
 * the coroutine that waits, and keeps it.
 */
static struct pack_meter *read_meter(lua_State *L, int table)
{
	struct pack_meter *meter = NULL;

	if (lua_getfield(L, table, "meter") != LUA_TNIL) {
		meter = luaL_testudata(L, -1, METER);
		if (!meter)
			luaL_error(L, "'meter' must be one of archive.meter");
		atomic_store(&meter->entries, 0);
		atomic_store(&meter->bytes, 0);
	}
	lua_pop(L, 1);
	return meter;
}

static int l_meter(lua_State *L)
{
	struct pack_meter *meter = lua_newuserdatauv(L, sizeof(*meter), 0);

	atomic_init(&meter->entries, 0);
	atomic_init(&meter->bytes, 0);
	luaL_setmetatable(L, METER);
	return 1;
}

static int l_read_meter(lua_State *L)
{
	struct pack_meter *meter = luaL_checkudata(L, 1, METER);

	lua_createtable(L, 0, 2);
	lua_pushinteger(L, atomic_load(&meter->entries));
	lua_setfield(L, -2, "entries");
	lua_pushinteger(L, atomic_load(&meter->bytes));
	lua_setfield(L, -2, "bytes");
	return 1;
}

/* A request with what all three have in common; the table is at `table`. */
static struct packing *new_packing(lua_State *L, int table,
				   const char *const *known)
{
	const char *path = luaL_checkstring(L, 1);
	struct packing *packing;
	struct pack_options *options;

	if (!lua_isnoneornil(L, table)) {
		luaL_checktype(L, table, LUA_TTABLE);
		check_keys(L, table, known);
	} else {
		lua_settop(L, table - 1);
		lua_newtable(L);
	}
	packing = task_op(L, sizeof(*packing));
	options = &packing->options;
	packing->work.op.release = release;
	options->path = mem_copy(path);
	options->cancelled = &packing->work.cancelled;
	options->meter = read_meter(L, table);
	lua_getfield(L, table, "files");
	read_globs(L, options);
	options->max_bytes = number(L, table, "max_bytes", 16LL << 30);
	options->max_entries = number(L, table, "max_entries", 1000000);
	options->max_ratio = number(L, table, "max_ratio", RATIO_MAX);
	if (options->max_ratio == 0)
		luaL_error(L, "'max_ratio' must be a whole number from 1");
	options->strip = (unsigned)number(L, table, "strip", 0);
	options->level = (int)number(L, table, "level", -1);
	options->mtime = number(L, table, "mtime", -1000) / 1000;
	options->fixed_time = options->mtime >= 0;
	return packing;
}

static int totalled(lua_State *L, int status, lua_KContext context)
{
	struct packing *packing = task_awaited(L, context);

	(void)status;
	lua_createtable(L, 0, 2);
	lua_pushinteger(L, packing->totals.entries);
	lua_setfield(L, -2, "entries");
	lua_pushinteger(L, packing->totals.bytes);
	lua_setfield(L, -2, "bytes");
	return 1;
}

static void run_create(struct work *work)
{
	struct packing *packing = (struct packing *)work;

	pack_create(&packing->options, &packing->totals, &work->op.error);
}

static void run_extract(struct work *work)
{
	struct packing *packing = (struct packing *)work;

	pack_extract(&packing->options, &packing->totals, &work->op.error);
}

static void run_list(struct work *work)
{
	struct packing *packing = (struct packing *)work;

	pack_read(&packing->options, &packing->list, &work->op.error);
}

static int l_create(lua_State *L)
{
	static const char *const known[] = {"files", "level", "mtime", "meter",
					    NULL};
	const char *dir = luaL_checkstring(L, 2);
	struct packing *packing;
	struct error *err = NULL;

	if (pack_check(luaL_checkstring(L, 1), &err) != 0)
		return lerror_raise(L, err);
	packing = new_packing(L, 3, known);
	packing->options.dir = mem_copy(dir);
	work_start(&packing->work, task_loop(L), run_create);
	return task_await(L, &packing->work.op, totalled);
}

static int l_extract(lua_State *L)
{
	static const char *const known[] = {
		"files",     "strip", "max_bytes", "max_entries",
		"max_ratio", "meter", NULL};
	const char *dir = luaL_checkstring(L, 2);
	struct packing *packing = new_packing(L, 3, known);

	packing->options.dir = mem_copy(dir);
	work_start(&packing->work, task_loop(L), run_extract);
	return task_await(L, &packing->work.op, totalled);
}

static const char *kind_name(char kind)
{
	switch (kind) {
	case 'f':
		return "file";
	case 'd':
		return "dir";
	case 'l':
		return "link";
	case 'h':
		return "hardlink";
	default:
		return "other";
	}
}

static void push_entry(lua_State *L, const struct pack_entry *entry)
{
	lua_createtable(L, 0, 6);
	lua_pushstring(L, entry->name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, kind_name(entry->kind));
	lua_setfield(L, -2, "kind");
	lua_pushinteger(L, entry->size);
	lua_setfield(L, -2, "size");
	lua_pushinteger(L, entry->mtime * 1000);
	lua_setfield(L, -2, "modified");
	lua_pushinteger(L, entry->mode);
	lua_setfield(L, -2, "mode");
	if (entry->target) {
		lua_pushstring(L, entry->target);
		lua_setfield(L, -2, "target");
	}
}

static int listed(lua_State *L, int status, lua_KContext context)
{
	struct packing *packing = task_awaited(L, context);

	(void)status;
	lua_createtable(L, (int)packing->list.count, 0);
	for (size_t i = 0; i < packing->list.count; i++) {
		push_entry(L, &packing->list.entries[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_list(lua_State *L)
{
	static const char *const known[] = {"files", "max_entries", NULL};
	struct packing *packing = new_packing(L, 2, known);

	work_start(&packing->work, task_loop(L), run_list);
	return task_await(L, &packing->work.op, listed);
}

int luaopen_archive(lua_State *L)
{
	static const luaL_Reg functions[] = {{"create", l_create},
					     {"extract", l_extract},
					     {"list", l_list},
					     {"meter", l_meter},
					     {NULL, NULL}};

	static const luaL_Reg methods[] = {{"read", l_read_meter},
					   {NULL, NULL}};

	if (luaL_newmetatable(L, METER)) {
		luaL_newlib(L, methods);
		lua_setfield(L, -2, "__index");
	}
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
