/* Binding: the database. Opening, closing, settings, and the module. */
#include "lua/store.h"

#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/store/backup.h"
#include "runtime/store/commit.h"
#include "runtime/store/guard.h"
#include "runtime/store/home.h"
#include "runtime/store/poke.h"
#include "runtime/store/settings.h"

#define METATABLE "store.Db"

enum { QUERY_MS = 10000, QUERY_ROWS = 100000, QUERY_BYTES = 64 << 20 };

struct store *store_check(lua_State *L, int index)
{
	struct store *store = luaL_checkudata(L, index, METATABLE);

	luaL_argcheck(L, store->db, index, "the database is closed");
	return store;
}

int store_result(lua_State *L, struct error *err, int count)
{
	return err ? lerror_raise(L, err) : count;
}

static void *push_store(lua_State *L)
{
	struct store *store = lua_newuserdatauv(L, sizeof(*store), 0);

	memset(store, 0, sizeof(*store));
	luaL_setmetatable(L, METATABLE);
	return store;
}

/* Push the home that the options at `index` name, or the default one. */
static const char *push_home(lua_State *L, int index)
{
	char *home;

	if (lua_istable(L, index) && lua_getfield(L, index, "home") != LUA_TNIL)
		return luaL_checkstring(L, -1);
	home = home_default();
	lua_pushstring(L, home);
	mem_free(home);
	return lua_tostring(L, -1);
}

static int64_t number_option(lua_State *L, const char *name, int64_t missing)
{
	int64_t number = missing;
	int exact = 1;

	if (!lua_istable(L, 1))
		return missing;
	if (lua_getfield(L, 1, name) != LUA_TNIL)
		number = lua_tointegerx(L, -1, &exact);
	if (!exact || number <= 0)
		luaL_error(L, "%s must be a positive integer", name);
	lua_pop(L, 1);
	return number;
}

static int l_open(lua_State *L)
{
	struct error *err = NULL;
	struct store *store;
	const char *home;

	if (!lua_isnoneornil(L, 1))
		luaL_checktype(L, 1, LUA_TTABLE);
	home = push_home(L, 1);
	store = push_store(L);
	if (lua_istable(L, 1)) {
		lua_getfield(L, 1, "readonly");
		store->readonly = lua_toboolean(L, -1);
		lua_pop(L, 1);
	}
	store->db =
		db_open(home, store->readonly ? DB_READ_ONLY : DB_WRITE, &err);
	if (!store->db)
		return lerror_raise(L, err);
	if (store->readonly)
		return 1;
	db_keep_log(store->db);
	db_group(store->db, task_loop(L));
	return 1;
}

static int l_readonly(lua_State *L)
{
	int64_t ms = number_option(L, "timeout", QUERY_MS);
	struct error *err = NULL;
	struct store *store;
	const char *home;

	if (!lua_isnoneornil(L, 1))
		luaL_checktype(L, 1, LUA_TTABLE);
	home = push_home(L, 1);
	store = push_store(L);
	store->readonly = true;
	store->rows = number_option(L, "rows", QUERY_ROWS);
	store->bytes = number_option(L, "bytes", QUERY_BYTES);
	store->db = db_open(home, DB_READ_ONLY, &err);
	if (!store->db || db_guard(store->db, ms, &err))
		return lerror_raise(L, err);
	return 1;
}

/* store.query(sql, …): a guarded connection for one statement. */
static int l_query(lua_State *L)
{
	int count = lua_gettop(L) + 1;

	luaL_checkstring(L, 1);
	lua_pushcfunction(L, l_readonly);
	lua_call(L, 0, 1);
	lua_insert(L, 1);
	lua_toclose(L, 1);
	luaL_checkstack(L, count + 1, "too many parameters");
	lua_getfield(L, 1, "query");
	for (int i = 1; i <= count; i++)
		lua_pushvalue(L, i);
	lua_call(L, count, 1);
	return 1;
}

static int l_default_home(lua_State *L)
{
	push_home(L, 1);
	return 1;
}

static int l_close(lua_State *L)
{
	struct store *store = luaL_checkudata(L, 1, METATABLE);
	struct db *db = store->db;

	store->db = NULL;
	db_close(db);
	return 0;
}

static int l_home(lua_State *L)
{
	lua_pushstring(L, db_home(store_check(L, 1)->db));
	return 1;
}

static int l_setting(lua_State *L)
{
	struct store *store = store_check(L, 1);
	const char *key = luaL_checkstring(L, 2);
	struct error *err = NULL;
	char *value;

	if (lua_gettop(L) > 2) {
		setting_set(store->db, key, luaL_optstring(L, 3, NULL), &err);
		return store_result(L, err, 0);
	}
	value = setting_get(store->db, key);
	lua_pushstring(L, value);
	mem_free(value);
	return 1;
}

static int l_backup(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	db_backup(store->db, luaL_checkstring(L, 2), &err);
	return store_result(L, err, 0);
}

static int l_check(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	db_check(store->db, &err);
	return store_result(L, err, 0);
}

static int l_poke_run(lua_State *L)
{
	struct store *store = store_check(L, 1);

	lua_pushboolean(L, poke_run(store->db, luaL_checkinteger(L, 2)));
	return 1;
}

static int l_poke_server(lua_State *L)
{
	lua_pushboolean(L, poke_server(db_home(store_check(L, 1)->db)));
	return 1;
}

static int committed(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static int l_commit(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct commit *commit;

	luaL_argcheck(L, !store->readonly, 1, "it is opened for reading only");
	luaL_argcheck(L, !db_in_transaction(store->db), 1,
		      "a transaction is open");
	commit = task_op(L, sizeof(*commit));
	commit_start(commit, store->db);
	return task_await(L, &commit->op, committed);
}

static int l_patience(lua_State *L)
{
	struct store *store = store_check(L, 1);
	lua_Integer ms = luaL_checkinteger(L, 2);

	luaL_argcheck(L, ms >= 0 && ms <= 1000, 2, "must be 0 to 1000");
	db_group_patience(store->db, ms);
	return 0;
}

int luaopen_store(lua_State *L)
{
	static const luaL_Reg functions[] = {{"open", l_open},
					     {"readonly", l_readonly},
					     {"query", l_query},
					     {"home", l_default_home},
					     {NULL, NULL}};
	static const luaL_Reg methods[] = {
		{"home", l_home},         {"setting", l_setting},
		{"backup", l_backup},     {"check", l_check},
		{"poke_run", l_poke_run}, {"poke_server", l_poke_server},
		{"commit", l_commit},     {"patience", l_patience},
		{"close", l_close},       {NULL, NULL}};
	static const luaL_Reg meta[] = {
		{"__gc", l_close}, {"__close", l_close}, {NULL, NULL}};

	store_query_install(L);
	if (luaL_newmetatable(L, METATABLE)) {
		luaL_setfuncs(L, meta, 0);
		luaL_newlib(L, methods);
		luaL_setfuncs(L, store_query_methods, 0);
		luaL_setfuncs(L, store_run_methods, 0);
		luaL_setfuncs(L, store_record_methods, 0);
		lua_setfield(L, -2, "__index");
	}
	luaL_newlib(L, functions);
	return 1;
}
